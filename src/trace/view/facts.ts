import {
  IFF_LOWER_UP,
  IFF_UP,
  RT_SCOPE_HOST,
  RT_SCOPE_LINK,
  RT_SCOPE_UNIVERSE,
} from '@network-stack/netlink/constants';
import { addressKey, type Address } from '../../model/address.js';
import type { Instant } from '../../model/lease.js';
import type { Link } from '../../model/link.js';
import type { BoundLease, World } from '../../model/world.js';

/** What is so, by its name, in words for people. */
export type Facts = ReadonlyMap<string, string>;

const linkText = ({ flags, master, mtu, kind }: Link, nameOf: (ifindex: number) => string): string =>
  [
    kind,
    (flags & IFF_UP) === 0 ? 'down' : 'up',
    (flags & IFF_LOWER_UP) === 0 ? 'no carrier' : 'carrier',
    mtu === undefined ? '' : `mtu ${mtu}`,
    master === 0 ? '' : `in ${nameOf(master)}`,
  ]
    .filter(Boolean)
    .join(', ');

const scopes: ReadonlyMap<number, string> = new Map([
  [RT_SCOPE_UNIVERSE, 'global'],
  [RT_SCOPE_LINK, 'link'],
  [RT_SCOPE_HOST, 'host'],
]);
const addressText = ({ scope }: Address): string => `scope ${scopes.get(scope) ?? scope}`;

const instantText = (instant: Instant): string =>
  instant === 'never' ? 'never ends' : Math.abs(instant) > 8.64e15 ? String(instant) : new Date(instant).toISOString();

/** A lease: a fact for each of what scripts and policy rules are made from. */
const leaseFacts = ({ origin, lease }: BoundLease): readonly (readonly [string, string])[] => {
  const of = `lease (${origin}, ${lease.family})`;
  const all: readonly (readonly [string, string])[] = [
    [of, [...lease.addresses, ...lease.prefixes].join(' ')],
    [`${of} server`, lease.server],
    [`${of} routers`, lease.routers.join(' ')],
    [`${of} routes`, lease.routes.join(' ')],
    [`${of} DNS`, lease.dns.join(' ')],
    [`${of} domains`, [lease.domain, ...lease.search].filter(Boolean).join(' ')],
    [`${of} host name`, lease.hostname],
    [`${of} ends`, instantText(lease.expire)],
  ];
  return all.filter(([, value]) => value !== '');
};

/** What the World says of one link; empty if it does not know it. */
const linkFacts = ({ kernel, networkd, leases }: World, ifindex: number): Facts => {
  const link = kernel.links?.get(ifindex);
  if (link === undefined) return new Map();
  const nameOf = (other: number): string => kernel.links?.get(other)?.name ?? `link ${other}`;
  return new Map([
    ['interface', linkText(link, nameOf)],
    ...Object.entries(networkd.states.get(ifindex) ?? {}),
    ...[...(kernel.addresses.get(ifindex)?.values() ?? [])].map(
      address => [`address ${addressKey(address)}`, addressText(address)] as const,
    ),
    ...[...leases.bound.values()].filter(bound => bound.ifindex === ifindex).flatMap(leaseFacts),
  ]);
};

const configFacts = ({ config }: World): Facts =>
  new Map(
    Object.entries(config ?? {}).flatMap(([section, settings]: readonly [string, object]) =>
      Object.entries(settings)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [`${section}.${key}`, JSON.stringify(value)] as const),
    ),
  );

/** What is known of one subject. `of`: what of the World it is made from, the same as long as nothing changed. */
interface Subject {
  readonly name: string;
  readonly of: readonly unknown[];
  readonly facts: () => Facts;
}

/** Everybody of whom the World knows something. */
export const subjectsOf = (world: World): ReadonlyMap<string, Subject> => {
  const { config, kernel, networkd, leases, progress } = world;
  const links = [...(kernel.links ?? [])].map(([ifindex, link]): readonly [string, Subject] => [
    `link ${ifindex}`,
    {
      name: link.name === '' ? `link ${ifindex}` : link.name,
      of: [link, networkd.states.get(ifindex), kernel.addresses.get(ifindex), leases.bound],
      facts: () => linkFacts(world, ifindex),
    },
  ]);
  return new Map<string, Subject>([
    ...links,
    [
      'networkd',
      { name: 'systemd-networkd', of: [networkd.manager], facts: () => new Map(Object.entries(networkd.manager)) },
    ],
    [
      'sources',
      {
        name: 'sources',
        of: [progress.sources],
        facts: () =>
          new Map([...progress.sources].map(([name, { is, why }]) => [name, why === '' ? is : `${is}: ${why}`])),
      },
    ],
    ['configuration', { name: 'configuration', of: [config], facts: () => configFacts(world) }],
  ]);
};

/** One thing that is now otherwise; an empty value: it is no more. */
export interface Change {
  readonly subject: string;
  readonly name: string;
  readonly value: string;
}

const differences = (subject: string, before: Facts, now: Facts): readonly Change[] => [
  ...[...before.keys()].filter(name => !now.has(name)).map(name => ({ subject, name, value: '' })),
  ...[...now].filter(([name, value]) => before.get(name) !== value).map(([name, value]) => ({ subject, name, value })),
];

const isSame = (some: readonly unknown[], others: readonly unknown[]): boolean =>
  some.every((value, nth) => value === others[nth]);

const nothing: Facts = new Map();

/** Tells what of each World is otherwise than in the one before: first of an empty one. */
export const createWorldWatch = (): ((world: World) => readonly Change[]) => {
  let last: World | undefined;
  let known: ReadonlyMap<string, Subject & { readonly told: Facts }> = new Map();
  return world => {
    if (world === last) return [];
    last = world;
    const changes: Change[] = [];
    const next = new Map<string, Subject & { readonly told: Facts }>();
    for (const [key, subject] of subjectsOf(world)) {
      const before = known.get(key);
      const renamed = before !== undefined && before.name !== subject.name;
      if (before !== undefined && !renamed && isSame(subject.of, before.of)) next.set(key, before);
      else {
        const told = subject.facts();
        if (renamed) changes.push(...differences(before.name, before.told, nothing));
        changes.push(...differences(subject.name, renamed ? nothing : (before?.told ?? nothing), told));
        next.set(key, { ...subject, told });
      }
    }
    for (const [key, { name, told }] of known) if (!next.has(key)) changes.push(...differences(name, told, nothing));
    known = next;
    return changes;
  };
};
