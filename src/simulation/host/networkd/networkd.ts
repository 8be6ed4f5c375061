import type { Link } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import { answering } from './answering.js';
import { createConfiguring } from './configuring.js';
import { derivedOf } from './derived.js';
import { NAME } from './networkd-names.js';
import { createProcess, type NetworkdSurroundings, type Words } from './networkd-process.js';
import { createTelling } from './telling.js';

/** A systemd-networkd of one of these releases. */
export interface Networkd {
  readonly start: () => void;
  readonly stop: () => void;
  readonly isRunning: () => boolean;
  readonly reconfigure: (name: string) => void;
  /** it has these states of this link; undefined: it knows of none */
  readonly states: (ifindex: number) => Words | undefined;
}

export const createNetworkd = (around: NetworkdSurroundings): Networkd => {
  const { release, profiles, kernel, bus, disk, random, tell } = around;
  const process = createProcess(around);
  const { links } = process;
  const telling = createTelling(around, process);
  const { told, say, admin, tellManager } = telling;
  const { configure, drop, dropForeign, lease } = createConfiguring(around, process, telling);
  let isWaking = false;

  /** Looks at a link as it is now. */
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
      profiles.get(link.name) === undefined
        ? {}
        : { OnlineState: ['degraded', 'routable', 'enslaved'].includes(operational) ? 'online' : 'offline' };
    const now: Words = { ...derived, ...online(derived.OperationalState) };
    if (derived.CarrierState !== managed.states.CarrierState)
      say(link.ifindex, now, ['CarrierState', 'OperationalState', 'OnlineState']);
    say(link.ifindex, now, ['AddressState', 'IPv4AddressState', 'IPv6AddressState', 'OperationalState', 'OnlineState']);
    if (profiles.get(link.name) === undefined || managed.states.AdministrativeState === 'initialized') return;
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
    process.later(random.within(1, 20), () => {
      const managed = links.get(link.ifindex);
      const present = kernel.link(link.ifindex);
      if (managed === undefined || present === undefined) return;
      if (profiles.get(present.name) === undefined) {
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
    process.later(2, () => {
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
    if (process.unique === undefined || isWaking) return;
    isWaking = true;
    process.later(random.isOdds(0.05) ? random.within(5, 100) : random.within(0, 2), lookAtAll);
  };
  kernel.listen((kind, object) => {
    if (process.unique === undefined || object.kind === 'route' || object.kind === 'rule') return;
    // An ifindex that is used again at once is another link.
    if (object.kind === 'link' && kind === 'delete')
      process.later(0, () => {
        if (kernel.link(object.ifindex) === undefined) go(object.ifindex);
      });
    wake();
  });

  return {
    isRunning: () => process.unique !== undefined,
    states: ifindex => links.get(ifindex)?.states,
    start: () => {
      if (process.unique !== undefined) return;
      process.run += 1;
      isWaking = false;
      links.clear();
      process.unique = bus.own({ name: NAME, answer: answering(around, process) });
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
      if (process.unique === undefined) return;
      process.run += 1;
      process.unique = undefined;
      bus.leave(NAME);
      tell({ kind: 'networkd', isThere: false });
    },
    reconfigure: name => {
      const link = kernel.links().find(one => one.name === name);
      const managed = link && links.get(link.ifindex);
      if (process.unique === undefined || link === undefined || managed === undefined || !profiles.has(name)) return;
      dropForeign();
      drop(link, managed);
      if ((link.flags & k.IFF_LOWER_UP) !== 0) configure(link, managed);
    },
  };
};
