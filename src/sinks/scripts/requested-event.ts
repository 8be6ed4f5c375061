import type { Route, Rule } from '@network-stack/netlink';
import { nearest } from '../../config/nearest.js';
import type { NetworkEvent } from '../../model/event.js';
import type { Link } from '../../model/link.js';
import type { States } from '../../model/states.js';
import type { World } from '../../model/world.js';
import { addressesOf, presentLinks } from '../../world/links.js';
import { linkNamed } from '../../world/links-by-name.js';
import { routeLine, type TableNames } from '../../model/route/route-text.js';
import { ruleLine } from '../../model/route/rule-text.js';
import { choosing, stateWords, wordOf } from '../../model/script-directories.js';

/** An event that somebody asked for, or why there is none. */
export type RequestedEvent = { readonly event: NetworkEvent } | { readonly wrong: string };

const wrong = (text: string): RequestedEvent => ({ wrong: text });
const meant = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known);
  return near === undefined ? `; expected one of ${known.join(', ')}` : `; did you mean ${near}?`;
};

/** Stands for systemd-networkd's own states and for the sleep of this computer. */
export const MANAGER = 'manager';

/** Directories of events that are not states of a link. */
const others = ['addresses.d', 'leases.d', 'links.d', 'routes.d'] as const;

/** What the kernel has: the main table's routes over all links, all rules, and the names of tables. */
export interface Listed {
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
  readonly tables?: TableNames;
}

/** Directories of the computer's own events, other than networkd's states. */
const ofComputer = new Map<string, (listed: Listed) => NetworkEvent>([
  [
    'rules.d',
    ({ rules, tables }) => ({
      kind: 'rule',
      changes: rules.map(rule => ({ action: 'added', rule: ruleLine(rule, tables) })),
    }),
  ],
  ['suspend.d', () => ({ kind: 'sleep', action: 'suspend' })],
  ['resume.d', () => ({ kind: 'sleep', action: 'resume' })],
]);

/** What can be requested: states and directories. */
export const askable: readonly string[] = [...stateWords, ...others, ...ofComputer.keys()];

/** The present link with this name, alternative name or ifindex. */
const linkOf = (world: World, word: string): Link | undefined =>
  linkNamed(world, word) ?? (/^[0-9]+$/.test(word) ? world.kernel.links?.get(Number(word)) : undefined);

/** The properties that have this state, or the named ones: `CarrierState=carrier,OperationalState=off`. */
const statesOf = (text: string): States | undefined => {
  if (text.includes('=')) {
    const parts = text.split(',').map(part => /^([A-Za-z0-9]+)=(.*)$/.exec(part));
    if (parts.includes(null)) return undefined;
    return Object.fromEntries(parts.map(part => [part?.[1] ?? '', part?.[2] ?? '']));
  }
  const word = wordOf(text);
  const properties = [...choosing].filter(([, values]) => values.has(word)).map(([property]) => property);
  return properties.length === 0 ? undefined : Object.fromEntries(properties.map(property => [property, word]));
};

/** Something present, as if it had just appeared. */
const arrivalOf = (
  world: World,
  { ifindex, name }: Link,
  directory: (typeof others)[number],
  { routes, tables }: Listed,
): RequestedEvent => {
  const about = { ifindex, name };
  switch (directory) {
    case 'links.d':
      return { event: { kind: 'link', action: 'added', oldName: '', ...about } };
    case 'routes.d': {
      const own = routes.filter(({ oif }) => oif === ifindex).map(route => routeLine(route, tables));
      return { event: { kind: 'route', changes: own.map(route => ({ action: 'added', route })), ...about } };
    }
    case 'addresses.d': {
      const [address] = addressesOf(world, ifindex);
      if (address === undefined) return wrong(`${name} has no address to run addresses.d for`);
      return { event: { kind: 'address', action: 'added', address, ...about } };
    }
    case 'leases.d': {
      const bound = [...world.leases.bound.values()].find(one => one.ifindex === ifindex);
      if (bound === undefined) return wrong(`${name} has no lease to run leases.d for`);
      const { origin, lease } = bound;
      return { event: { kind: 'lease', origin, action: 'bound', lease, previous: undefined, changes: [], ...about } };
    }
  }
};

/**
 * The event that would run the requested scripts.
 *
 * @param who a link's name, alternative name or ifindex; `manager`: systemd-networkd itself
 * @param what a state (`routable`), properties (`OperationalState=routable`), or a directory (`addresses.d`): of the link's
 *   first address, its lease, itself or its routes, or of this computer all rules, as if they had just come
 */
export const requestedEvent = (
  world: World,
  who: string,
  what: string,
  listed: Listed = { routes: [], rules: [] },
): RequestedEvent => {
  const link = linkOf(world, who);
  if (link === undefined && who !== MANAGER) {
    const names = presentLinks(world).flatMap(({ name, alternativeNames }) => [name, ...alternativeNames]);
    return wrong(`there is no link '${who}'${meant(who, [...names, MANAGER])}`);
  }
  const told = ofComputer.get(what);
  if (told !== undefined)
    return link === undefined
      ? { event: told(listed) }
      : wrong(`${what} is of no link: expected '${MANAGER}', found '${who}'`);
  const other = others.find(each => each === what);
  if (link !== undefined && other !== undefined) return arrivalOf(world, link, other, listed);
  const changed = statesOf(what);
  if (changed === undefined)
    return wrong(`there is no state '${what}'${meant(what, [...stateWords, ...(link ? others : ofComputer.keys())])}`);
  const news = { changed, previous: {}, rerun: false };
  return link === undefined
    ? { event: { kind: 'manager-state', ...news } }
    : { event: { kind: 'link-state', ifindex: link.ifindex, name: link.name, ...news } };
};
