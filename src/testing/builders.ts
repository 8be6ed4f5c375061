import { type ConfigChanges, configure } from '../config/configure.js';
import type { Config, Tree } from '../model/config.js';
import type { LeaseEvent, LinkStateEvent, ManagerStateEvent } from '../model/event.js';
import type { Address } from '../model/address.js';
import { emptyLease, type Lease } from '../model/lease.js';
import type { Link } from '../model/link.js';
import type { States } from '../model/states.js';
import type { Step, World } from '../model/world.js';
import { emptyWorld } from '../world/advance.js';
import { leaseKey } from '../world/leases/wanted.js';

/** A configuration: the defaults, but for what is given; no lease files. */
export const config = (changes: ConfigChanges = {}): Config =>
  configure({ ...changes, network: { dhClientLeaseFiles: [], ...changes.network } });

/** A script tree of our own style, apart from `changes`. */
export const tree = (changes: Partial<Tree> = {}): Tree => ({
  path: [],
  style: 'network-broker',
  user: undefined,
  timeoutSec: undefined,
  links: undefined,
  startup: false,
  directories: [],
  ...changes,
});

/** A link: `link(2, 'eth0')`, `link(2, 'eth0', 'enp1s0')` with alternative names. */
export const link = (ifindex: number, name: string, ...alternativeNames: readonly string[]): Link => ({
  ifindex,
  name,
  alternativeNames,
  flags: 0x11043, // IFF_UP | IFF_BROADCAST | IFF_RUNNING | IFF_MULTICAST | IFF_LOWER_UP
  operState: 6,
  master: 0,
  hardwareType: 1,
  kind: '',
});

/** What is otherwise in the slices of a world. */
export type Slices = { readonly [Slice in Exclude<keyof World, 'config'>]?: Partial<World[Slice]> };

/** A world with these links, configured; in its slices what is given: `world([eth0], config(), { networkd: { manager } })`. */
export const world = (
  links: readonly Link[] = [],
  settings: Config = config(),
  { kernel, networkd, leases, progress }: Slices = {},
): World => ({
  config: settings,
  kernel: { ...emptyWorld.kernel, links: new Map(links.map(one => [one.ifindex, one])), ...kernel },
  networkd: { ...emptyWorld.networkd, ...networkd },
  leases: { ...emptyWorld.leases, ...leases },
  progress: { ...emptyWorld.progress, ...progress },
});

/** States in any words, also in those that no systemd has. */
export const inWords = (words: Readonly<Record<string, string>>): States => words;

/** A link's state event: `linkState(eth0, { OperationalState: 'routable' })`. */
export const linkState = (
  { ifindex, name }: Pick<Link, 'ifindex' | 'name'>,
  changed: States,
  previous: States = {},
  rerun = false,
): LinkStateEvent => ({ kind: 'link-state', ifindex, name, changed, previous, rerun });

export const managerState = (changed: States, previous: States = {}): ManagerStateEvent => ({
  kind: 'manager-state',
  changed,
  previous,
  rerun: false,
});

/** A global address of a link, for ever: `address(2, '192.0.2.5/24')`. */
export const address = (ifindex: number, text: string): Address => {
  const [bare = '', prefixLength] = text.split('/');
  return {
    ifindex,
    family: bare.includes(':') ? 'ipv6' : 'ipv4',
    address: bare,
    prefixLength: Number(prefixLength),
    scope: 0,
    flags: 0,
    label: '',
    broadcast: '',
    peer: '',
    preferredLifetime: 0xffffffff,
    validLifetime: 0xffffffff,
  };
};

/** A lease of eth0 for this address, without end, but for what is given. */
export const lease = (bare: string, changes: Partial<Lease> = {}): Lease => ({
  ...emptyLease,
  family: bare.includes(':') ? 'ipv6' : 'ipv4',
  link: 'eth0',
  addresses: [bare],
  start: 0,
  renew: changes.expire ?? 'never',
  rebind: changes.expire ?? 'never',
  ...changes,
});

/** dhclient's leases that count, by ifindex, the first bound first: `bound([2, lease('192.0.2.5')])`. */
export const bound = (...leases: readonly (readonly [number, Lease])[]): World['leases']['bound'] =>
  new Map(
    leases.map(([ifindex, one]) => [
      leaseKey('dhclient', ifindex, one.family),
      { origin: 'dhclient', ifindex, name: one.link, lease: one, missingSince: undefined },
    ]),
  );

/** An event of dhclient's leases: `leaseEvent(eth0, 'bound', lease('192.0.2.5'))`. */
export const leaseEvent = (
  { ifindex, name }: Pick<Link, 'ifindex' | 'name'>,
  action: LeaseEvent['action'],
  one: Lease,
  rest: Partial<LeaseEvent> = {},
): LeaseEvent => ({
  kind: 'lease',
  origin: 'dhclient',
  ifindex,
  name,
  action,
  lease: one,
  previous: undefined,
  changes: [],
  ...rest,
});

/** An event as a step of this world. */
export const step = (id: number, event: Step['event'], inWorld: World = world()): Step => ({
  id,
  at: 0,
  event,
  world: inWorld,
});
