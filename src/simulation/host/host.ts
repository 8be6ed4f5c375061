import { createFaults, type Faults } from '../faults.js';
import type { Tell } from '../happening.js';
import type { Plan } from '../day-plan.js';
import type { Random } from '../random.js';
import type { Time } from '../time.js';
import { createBus, type SimulatedBus } from './simulated-bus.js';
import { createDisk, type Disk, SCRIPTS } from './disk.js';
import { createKernel, type Kernel } from './kernel/kernel.js';
import { createDhclient, type Dhclient } from './dhclient.js';
import { createHostnamed, type Hostnamed } from './hostnamed.js';
import { createLogind, type Logind } from './logind.js';
import { createResolved, type Resolved } from './resolved.js';
import { createNetworkd, type Networkd } from './networkd/networkd.js';
import type { Profile } from './networkd/networkd-process.js';

/** Milliseconds since the epoch when a simulation begins: the wall clock is this, what has passed, and what it was set by. */
const BEGIN = Date.UTC(2026, 0, 1);

/** What is configured, and how: eth0 by DHCP, eth1 by a .network file; eth2 and all others are nobody's, or dhclient's. */
const profiles: ReadonlyMap<string, Profile> = new Map<string, Profile>([
  ['eth0', { by: 'dhcp', address: '192.0.2.5/24' }],
  ['eth1', { by: 'static', address: '198.51.100.5/24' }],
]);

/** A host without a daemon of ours. */
export interface Host {
  readonly time: Time;
  readonly random: (stream: string) => Random;
  readonly faults: Faults;
  readonly kernel: Kernel;
  readonly networkd: Networkd;
  readonly bus: SimulatedBus;
  readonly disk: Disk;
  readonly dhclient: Dhclient;
  readonly resolved: Resolved;
  readonly hostnamed: Hostnamed;
  readonly logind: Logind;
  readonly tell: Tell;
  readonly wall: () => number;
  /** milliseconds by which the wall clock goes on or back */
  readonly setClock: (by: number) => void;
}

export const createHost = (plan: Plan, time: Time, random: (stream: string) => Random, tell: Tell): Host => {
  const faults = createFaults(tell);
  const kernel = createKernel(time);
  const bus = createBus(time, random('bus'), faults);
  const disk = createDisk(time, random('disk'), faults);
  kernel.listen((is, object) => tell({ kind: 'kernel', is, object }));
  for (const name of ['eth0', 'eth1', 'eth2']) kernel.ip(`link add ${name} type veth`);
  const networkd = createNetworkd({
    release: plan.release,
    profiles,
    kernel,
    bus,
    disk,
    time,
    random: random('networkd'),
    faults,
    tell,
  });
  for (const path of plan.scripts) disk.write(`${SCRIPTS}/${path}`, '#!/bin/sh');
  networkd.start();
  let offset = 0;
  const wall = (): number => BEGIN + time.now() + offset;
  const resolved = createResolved(kernel, bus, ifindex => profiles.has(kernel.link(ifindex)?.name ?? ''));
  resolved.start();
  return {
    time,
    random,
    faults,
    kernel,
    networkd,
    bus,
    disk,
    tell,
    wall,
    resolved,
    hostnamed: createHostnamed(bus),
    logind: createLogind(bus),
    dhclient: createDhclient(kernel, disk, time, random('dhclient'), wall),
    setClock: by => (offset += by),
  };
};
