import type { Link } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import type { Faults } from '../../faults.js';
import type { Tell } from '../../happening.js';
import type { Random } from '../../random.js';
import type { Time } from '../../time.js';
import type { Reply, SimulatedBus } from '../simulated-bus.js';
import type { Disk } from '../disk.js';
import type { Kernel } from '../kernel/kernel.js';
import { derivedOf } from './derived.js';
import { describe, leaseText, stateText } from './texts.js';

const NAME = 'org.freedesktop.network1';
const PATH = '/org/freedesktop/network1';
const PROPERTIES = 'org.freedesktop.DBus.Properties';

/** How it configures a link; a link without a profile is unmanaged. */
export type Profile =
  { readonly by: 'dhcp'; readonly address: string } | { readonly by: 'static'; readonly address: string };

/** Properties and their values. */
type Words = Readonly<Record<string, string>>;

/** A systemd-networkd of one of these releases. */
export interface Networkd {
  readonly start: () => void;
  readonly stop: () => void;
  readonly isRunning: () => boolean;
  readonly reconfigure: (name: string) => void;
  /** it has these states of this link; undefined: it knows of none */
  readonly states: (ifindex: number) => Words | undefined;
  readonly manager: () => Words;
  /** the DNS settings that somebody made over its Manager, by ifindex */
  readonly dns: ReadonlyMap<number, { servers: readonly string[]; domains: readonly string[] }>;
}

export interface NetworkdSurroundings {
  readonly release: 252 | 257;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly kernel: Kernel;
  readonly bus: SimulatedBus;
  readonly disk: Disk;
  readonly time: Time;
  readonly random: Random;
  readonly faults: Faults;
  readonly tell: Tell;
}

interface Managed {
  states: Record<string, string>;
  /** one more with each carrier: what was begun under another is void */
  epoch: number;
  /** the address that it set */
  address: string | undefined;
}

/** Lifetime of its leases, in seconds. */
const LEASE_S = 3600;
const worst = [
  'missing',
  'off',
  'no-carrier',
  'dormant',
  'degraded-carrier',
  'carrier',
  'degraded',
  'enslaved',
  'routable',
];

const pathOf = (ifindex: number): string => {
  const [first = '', ...rest] = String(ifindex);
  return `${PATH}/link/_3${first}${rest.join('')}`;
};

export const createNetworkd = (around: NetworkdSurroundings): Networkd => {
  const { release, profiles, kernel, bus, disk, time, random, faults, tell } = around;
  const links = new Map<number, Managed>();
  const dns = new Map<number, { servers: readonly string[]; domains: readonly string[] }>();
  let manager: Record<string, string> = {};
  let unique: string | undefined;
  /** one more with each start */
  let run = 0;
  let isWaking = false;

  const profileOf = (link: Link): Profile | undefined => profiles.get(link.name);
  const signal = (path: string, of: string, changed: Words): void => {
    if (unique === undefined) return;
    const body = [`${NAME}.${of}`, changed, []];
    bus.signal({ sender: unique, path, interface: PROPERTIES, member: 'PropertiesChanged', body });
  };
  const later = (delay: number, then: () => void): void => {
    const during = run;
    time.after(delay, () => {
      if (during === run) then();
    });
  };
  /** Its files: in place before a signal of what came, and a little after one of what went. */
  const save = (ifindex: number, isWorse: boolean): void => {
    const write = (): void => {
      const known = links.get(ifindex);
      disk.write(`/run/systemd/netif/links/${ifindex}`, known && stateText(known.states));
    };
    const late = faults.take('networkd');
    if (late !== undefined) later(random.within(50, 400), write);
    else if (isWorse) later(random.within(1, 3), write);
    else write();
  };
  const told = (ifindex: number, changed: Words): void => {
    const isWorse =
      worst.indexOf(changed.OperationalState ?? 'routable') <
      worst.indexOf(links.get(ifindex)?.states.OperationalState ?? 'missing');
    Object.assign(links.get(ifindex)?.states ?? {}, changed);
    tell({ kind: 'states', ifindex, states: changed });
    save(ifindex, isWorse);
    signal(pathOf(ifindex), 'Link', changed);
  };
  const differing = (ifindex: number, now: Words, names: readonly string[]): Words => {
    const before = links.get(ifindex)?.states ?? {};
    return Object.fromEntries(
      names.flatMap(name => {
        const value = now[name];
        return value === undefined || value === before[name] ? [] : [[name, value]];
      }),
    );
  };
  const say = (ifindex: number, now: Words, names: readonly string[]): void => {
    const changed = differing(ifindex, now, names);
    if (Object.keys(changed).length > 0) told(ifindex, changed);
  };
  const tellManager = (): void => {
    const all = [...links.entries()].filter(([ifindex]) => ifindex > 1).map(([, { states }]) => states);
    const best = (name: string): string =>
      all.reduce(
        (a, states) => (worst.indexOf(states[name] ?? '') > worst.indexOf(a) ? (states[name] ?? a) : a),
        'off',
      );
    const online = all.map(({ OnlineState = '' }) => OnlineState).filter(word => word !== '');
    const now: Record<string, string> = {
      OperationalState: best('OperationalState'),
      CarrierState: best('CarrierState'),
      AddressState: best('AddressState'),
      IPv4AddressState: best('IPv4AddressState'),
      IPv6AddressState: best('IPv6AddressState'),
      OnlineState:
        online.length === 0
          ? ''
          : online.every(word => word === 'online')
            ? 'online'
            : online.includes('online')
              ? 'partial'
              : 'offline',
    };
    const changed = Object.fromEntries(Object.entries(now).filter(([name, value]) => manager[name] !== value));
    if (Object.keys(changed).length === 0) return;
    manager = now;
    disk.write('/run/systemd/netif/state', stateText(manager));
    tell({ kind: 'states', ifindex: 0, states: changed });
    signal(PATH, 'Manager', changed);
  };
  const admin = (ifindex: number, word: string): void =>
    say(ifindex, { AdministrativeState: word }, ['AdministrativeState']);

  const lease = (ifindex: number, address: string | undefined): void =>
    disk.write(`/run/systemd/netif/leases/${ifindex}`, address === undefined ? undefined : leaseText(address, release));

  const configure = (link: Link, managed: Managed): void => {
    const profile = profileOf(link);
    if (profile === undefined) return;
    const epoch = (managed.epoch += 1);
    const still = (then: () => void) => (): void => {
      if (links.get(link.ifindex) === managed && managed.epoch === epoch) then();
    };
    admin(link.ifindex, 'configuring');
    const isLeased = profile.by === 'dhcp';
    later(
      isLeased ? random.within(20, 3000) : random.within(1, 10),
      still(() => {
        const name = kernel.link(link.ifindex)?.name ?? link.name;
        const bare = profile.address.split('/')[0] ?? '';
        const network = bare.split('.').slice(0, 3).join('.');
        if (isLeased) lease(link.ifindex, profile.address);
        kernel.ip(`address add ${profile.address} dev ${name}${isLeased ? ` valid_lft ${LEASE_S}` : ''}`);
        if (isLeased) kernel.renew(link.ifindex, bare, LEASE_S); // of one that was there (257), the kernel tells anew
        managed.address = bare;
        if (isLeased) {
          kernel.ip(`route add default via ${network}.1 dev ${name} proto dhcp src ${bare} metric 1024`);
          renew(link.ifindex, still);
        }
        later(
          random.within(1, 5),
          still(() => admin(link.ifindex, 'configured')),
        );
      }),
    );
  };
  const renew = (ifindex: number, still: (then: () => void) => () => void): void =>
    later(
      (LEASE_S / 2) * 1000,
      still(() => {
        const { address } = links.get(ifindex) ?? {};
        if (address !== undefined) kernel.renew(ifindex, address, LEASE_S);
        renew(ifindex, still);
      }),
    );
  const drop = (link: Link, managed: Managed): void => {
    managed.epoch += 1;
    const { address } = managed;
    managed.address = undefined;
    if (address !== undefined) kernel.ip(`address delete ${address} dev ${link.name}`);
    later(random.within(1, 3), () => {
      if (managed.address === undefined) lease(link.ifindex, undefined);
    });
  };
  /** Others' rules and routes do not outlast its start (ManageForeignRoutes=, ManageForeignRoutingPolicyRules=). */
  const dropForeign = (): void => {
    for (const rule of kernel.rules())
      if (rule.protocol !== k.RTPROT_KERNEL) kernel.change({ action: 'delete', object: rule });
    for (const route of kernel.routes())
      if (
        route.protocol !== k.RTPROT_KERNEL &&
        route.protocol !== k.RTPROT_DHCP &&
        route.oif !== undefined &&
        profiles.has(kernel.link(route.oif)?.name ?? '')
      )
        kernel.change({ action: 'delete', object: route });
  };

  /** Looks at a link as it is now. `isQuiet`: it is only just getting to know it. */
  const look = (link: Link): void => {
    const addresses = kernel.addresses().filter(({ ifindex }) => ifindex === link.ifindex);
    const ports = kernel.links().filter(({ master }) => master === link.ifindex);
    const derived = derivedOf(link, addresses, ports);
    const managed = links.get(link.ifindex);
    if (managed === undefined) {
      links.set(link.ifindex, { states: {}, epoch: 0, address: undefined });
      appear(link, { ...derived });
      return;
    }
    const hadCarrier = ['carrier', 'degraded-carrier', 'enslaved'].includes(managed.states.CarrierState ?? '');
    const hasCarrier = ['carrier', 'degraded-carrier', 'enslaved'].includes(derived.CarrierState);
    const online = (operational: string): Words =>
      profileOf(link) === undefined
        ? {}
        : { OnlineState: ['degraded', 'routable', 'enslaved'].includes(operational) ? 'online' : 'offline' };
    const now: Words = { ...derived, ...online(derived.OperationalState) };
    if (derived.CarrierState !== managed.states.CarrierState)
      say(link.ifindex, now, ['CarrierState', 'OperationalState', 'OnlineState']);
    say(link.ifindex, now, ['AddressState', 'IPv4AddressState', 'IPv6AddressState', 'OperationalState', 'OnlineState']);
    if (profileOf(link) === undefined || managed.states.AdministrativeState === 'initialized') return;
    if (!hadCarrier && hasCarrier) configure(link, managed);
    if (hadCarrier && !hasCarrier) drop(link, managed);
  };
  const appear = (link: Link, derived: Readonly<Record<string, string>>): void => {
    lease(link.ifindex, undefined); // link_save: without a lease there is no file of one
    told(link.ifindex, { CarrierState: derived.CarrierState ?? '', OperationalState: derived.OperationalState ?? '' });
    told(link.ifindex, {
      AdministrativeState: 'initialized',
      AddressState: derived.AddressState ?? '',
      IPv4AddressState: derived.IPv4AddressState ?? '',
      IPv6AddressState: derived.IPv6AddressState ?? '',
    });
    later(random.within(1, 20), () => {
      const managed = links.get(link.ifindex);
      const present = kernel.link(link.ifindex);
      if (managed === undefined || present === undefined) return;
      if (profileOf(present) === undefined) {
        admin(link.ifindex, 'unmanaged');
        return;
      }
      dropForeign();
      kernel.ip(`link set ${present.name} up`);
      const hasCarrier = (present.flags & k.IFF_LOWER_UP) !== 0;
      if (hasCarrier) configure(present, managed);
      else admin(link.ifindex, 'configuring');
    });
  };
  const go = (ifindex: number): void => {
    if (!links.has(ifindex)) return;
    told(ifindex, { AdministrativeState: 'linger' });
    links.delete(ifindex);
    tell({ kind: 'states', ifindex, states: {} });
    later(2, () => {
      if (links.has(ifindex)) return;
      disk.write(`/run/systemd/netif/links/${ifindex}`, undefined);
      lease(ifindex, undefined);
    });
  };
  const lookAtAll = (): void => {
    isWaking = false;
    const there = new Map(kernel.links().map(link => [link.ifindex, link]));
    for (const ifindex of [...links.keys()]) if (!there.has(ifindex)) go(ifindex);
    for (const link of there.values()) look(link);
    tellManager();
  };
  const wake = (): void => {
    if (unique === undefined || isWaking) return;
    isWaking = true;
    later(random.isOdds(0.05) ? random.within(5, 100) : random.within(0, 2), lookAtAll);
  };
  kernel.listen((kind, object) => {
    if (unique === undefined || object.kind === 'route' || object.kind === 'rule') return;
    // An ifindex that is used again at once is another link.
    if (object.kind === 'link' && kind === 'delete')
      later(0, () => {
        if (kernel.link(object.ifindex) === undefined) go(object.ifindex);
      });
    wake();
  });

  const answer = ({
    path,
    member,
    body = [],
  }: {
    readonly path: string;
    readonly member: string;
    readonly body?: readonly unknown[];
  }): Reply => {
    const unknown = { errorName: 'org.freedesktop.DBus.Error.UnknownObject' };
    switch (member) {
      case 'ListLinks':
        return [[...links.keys()].map(ifindex => [ifindex, kernel.link(ifindex)?.name ?? '', pathOf(ifindex)])];
      case 'GetAll': {
        if (path === PATH) return [{ ...manager }];
        const found = [...links].find(([ifindex]) => pathOf(ifindex) === path);
        return found === undefined ? unknown : [{ ...found[1].states, BitRates: [0n, 0n] }];
      }
      case 'Describe': {
        const found = [...links].find(([ifindex]) => pathOf(ifindex) === path);
        const link = found && kernel.link(found[0]);
        if (found === undefined || link === undefined) return unknown;
        const isLeased = profileOf(link)?.by === 'dhcp';
        return [describe(link, found[1].states, isLeased ? found[1].address : undefined, LEASE_S)];
      }
      case 'SetLinkDNS':
      case 'SetLinkDomains':
      case 'RevertLinkDNS': {
        const ifindex = Number(body[0]);
        const link = kernel.link(ifindex);
        if (link === undefined) return { errorName: 'org.freedesktop.network1.NoSuchLink' };
        if (profileOf(link) === undefined) return { errorName: 'org.freedesktop.network1.UnmanagedInterface' };
        return [];
      }
      default:
        return { errorName: 'org.freedesktop.DBus.Error.UnknownMethod' };
    }
  };
  return {
    isRunning: () => unique !== undefined,
    states: ifindex => links.get(ifindex)?.states,
    manager: () => manager,
    dns,
    start: () => {
      if (unique !== undefined) return;
      run += 1;
      isWaking = false;
      links.clear();
      unique = bus.own({ name: NAME, answer });
      tell({ kind: 'networkd', isThere: true });
      dropForeign();
      if (release === 252)
        for (const { ifindex, address, flags } of kernel.addresses())
          if ((flags & k.IFA_F_PERMANENT) === 0) {
            const name = kernel.link(ifindex)?.name ?? '';
            if (profiles.has(name)) kernel.ip(`address delete ${address} dev ${name}`);
          }
      lookAtAll();
    },
    stop: () => {
      if (unique === undefined) return;
      run += 1;
      unique = undefined;
      bus.leave(NAME);
      tell({ kind: 'networkd', isThere: false });
    },
    reconfigure: name => {
      const link = kernel.links().find(one => one.name === name);
      const managed = link && links.get(link.ifindex);
      if (unique === undefined || link === undefined || managed === undefined || !profiles.has(name)) return;
      dropForeign();
      drop(link, managed);
      if ((link.flags & k.IFF_LOWER_UP) !== 0) configure(link, managed);
    },
  };
};
