import { instanceOf } from '../../model/names/unit-name.js';
import type { Link } from '../../model/link.js';
import type { States } from '../../model/states.js';
import type { World } from '../../model/world.js';
import { onceFor } from '../../model/values/once-for.js';
import { choosesLink } from '../../world/link-patterns.js';
import { presentLinks } from '../../world/links.js';

/** What is called for. */
export interface Wanted {
  readonly world: World;
  /** the states that count, by ifindex: those of the World, but for links that are not quiet yet (`DebounceSec`) */
  readonly states: ReadonlyMap<number, States>;
}

/** Targets of which each requires the one before it, by the word that their key begins with. */
const chains = {
  reach: ['link-carrier', 'link-degraded', 'link-routable'],
  configured: ['link-configured'],
  online: ['link-online'],
  profile: ['network-profile'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
type Chain = keyof typeof chains;

/** One chain of targets of one link, or of one .network file. */
export interface Wish {
  readonly key: string;
  /** how many of its targets are to be active, the lowest first */
  readonly level: number;
  /** a target that somebody has stopped stays so until this is another */
  readonly contents: string;
  readonly ifindex: number;
}

const isChain = (word: string): word is Chain => word in chains;
const keyOf = (chain: Chain, instance: string): string => `${chain} ${instance}`;

const chainsOfLink: readonly Chain[] = ['reach', 'configured', 'online'];
/** The keys of all targets of a link. */
export const keysOfLink = (instance: string): readonly string[] => chainsOfLink.map(chain => keyOf(chain, instance));

/** Keys of the files that describe a link begin with this word. */
const FILES = 'files';
export const filesKey = (instance: string): string => `${FILES} ${instance}`;

/** The targets that a key stands for, the lowest first; none: it stands for files. */
export const unitsOf = (key: string): readonly string[] => {
  const [word = '', instance = ''] = key.split(' ');
  return isChain(word) ? chains[word].map(name => `${name}@${instance}.target`) : [];
};
/** The targets of all chains. */
export const allTargets = (instance: string): readonly string[] =>
  Object.values(chains).flatMap(names => names.map(name => `${name}@${instance}.target`));
/** The instance of a key. */
export const instanceIn = (key: string): string => key.slice(key.indexOf(' ') + 1);
export const isOfProfile = (key: string): boolean => key.startsWith('profile ');
export const isOfLink = (key: string): boolean => !isOfProfile(key);
export const isOfFiles = (key: string): boolean => key.startsWith(`${FILES} `);

/** The key of the chain that a target belongs to; undefined: it is none of these. */
export const keyOfUnit = (unit: string): string | undefined => {
  const [, name = '', instance = ''] = /^([a-z-]+)@(.*)\.target$/.exec(unit) ?? [];
  for (const [word, names] of Object.entries(chains))
    if (isChain(word) && names.some(one => one === name)) return keyOf(word, instance);
  return undefined;
};

const isChosen = onceFor((link: Link, patterns: readonly string[]): boolean => choosesLink(patterns, link));

/** The links that have targets. */
export const linksOf = ({ config, kernel }: World): readonly Link[] => {
  const patterns = config?.units.links;
  return patterns === undefined ? [] : presentLinks({ kernel }).filter(link => isChosen(link, patterns));
};

/** What `%i` is in the names of its targets. */
export const instanceOfLink = onceFor(({ name }: Link): string => instanceOf(name));

const withCarrier: ReadonlySet<string | undefined> = new Set(['degraded-carrier', 'carrier', 'enslaved']);

/** How far a link reaches: 1 with carrier, 2 with an address of its own, 3 routable. A word of a newer systemd counts as less. */
const reachOf = ({ CarrierState: carrier, OperationalState: operational }: States): number => {
  if (operational === 'routable') return 3;
  if (operational === 'degraded') return 2;
  return withCarrier.has(carrier) || withCarrier.has(operational) ? 1 : 0;
};

const levelsOf = (states: States): Readonly<Record<Exclude<Chain, 'profile'>, number>> => ({
  reach: reachOf(states),
  configured: states.AdministrativeState === 'configured' ? 1 : 0,
  online: states.OnlineState === 'online' ? 1 : 0,
});

/** The words that make a link's state. */
const wordsOf = (states: States): string =>
  [states.OperationalState, states.CarrierState, states.AdministrativeState, states.OnlineState].join('/');

/** Does systemd-networkd configure the link at present? While it is about to, the file may still be an earlier one. */
const isManaged = ({ AdministrativeState: state }: States): boolean =>
  state === 'configuring' || state === 'configured';

/** `/etc/systemd/network/10-home.network` → `10-home` */
const profileOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1).replace(/\.network$/, '');

/** The key of the target of a .network file; undefined: of none. */
export const profileKey = (file: string): string | undefined =>
  file === '' ? undefined : keyOf('profile', instanceOf(profileOf(file)));

const wishesOfLink = onceFor((link: Link, now: States, file: string): readonly Wish[] => {
  const { ifindex } = link;
  const contents = wordsOf(now);
  const own = Object.entries(levelsOf(now)).flatMap(([word, level]) =>
    isChain(word) && level > 0 ? [{ key: keyOf(word, instanceOfLink(link)), level, contents, ifindex }] : [],
  );
  const key = isManaged(now) ? profileKey(file) : undefined;
  return key === undefined ? own : [...own, { key, level: 1, contents: String(ifindex), ifindex }];
});

/**
 * The targets that are to be active. What is so of a link is worked out when it changes.
 *
 * @param networkFiles the .network file of each link, by ifindex, as far as it has one
 */
export const wishesOf = (
  { world, states }: Wanted,
  networkFiles: ReadonlyMap<number, string>,
): ReadonlyMap<string, Wish> => {
  const wishes = new Map<string, Wish>();
  for (const link of linksOf(world)) {
    const now = states.get(link.ifindex);
    if (now === undefined) continue;
    for (const wish of wishesOfLink(link, now, networkFiles.get(link.ifindex) ?? '')) {
      const before = wishes.get(wish.key); // of another link, by the same .network file
      wishes.set(wish.key, before === undefined ? wish : { ...wish, contents: `${before.contents} ${wish.contents}` });
    }
  }
  return wishes;
};
