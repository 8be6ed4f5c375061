import type { LeaseEvent } from '../model/event.js';
import type { Outcome } from '../model/outcome.js';
import type { Acted } from '../model/checkpoint.js';
import type { States } from '../model/states.js';
import type { BoundLease, LeaseNews, Step, World } from '../model/world.js';
import { emptyWorld } from './advance.js';
import { isUsable } from './kernel/addresses.js';
import { isEnd } from './leases/changes.js';
import { had } from './losses.js';
import { isTemporary } from './note-losses.js';
import { leaseKey } from './leases/wanted.js';

const subject = ({ event }: Step): number | 'manager' | undefined =>
  event.kind === 'link-state' ? event.ifindex : event.kind === 'manager-state' ? 'manager' : undefined;

const changedBy = ({ event }: Step): States => ('changed' in event ? event.changed : {});

const isKnownIn = (world: World, ifindex: number): boolean =>
  world.kernel.links === undefined || world.kernel.links.has(ifindex) || world.kernel.departed.has(ifindex);

/** Drops links that are neither present nor recently departed. */
const ofWorld = <T>(links: ReadonlyMap<number, T>, world: World): ReadonlyMap<number, T> => {
  const isKnown = (ifindex: number): boolean => isKnownIn(world, ifindex);
  return [...links.keys()].every(isKnown) ? links : new Map([...links].filter(([ifindex]) => isKnown(ifindex)));
};

/** The addresses of a link with more than this are not saved: the file is written at every event. */
const MOST_ADDRESSES = 256;

const withAddresses = (acted: Acted['addresses'], ifindex: number, world: World): Acted['addresses'] => {
  const there = world.kernel.addresses.get(ifindex);
  const few = there === undefined || there.size > MOST_ADDRESSES ? [] : [...there];
  const now = few.filter(([, address]) => isUsable(address) && !isTemporary(address)).map(([key]) => key);
  const all = new Map(acted);
  if (now.length === 0) all.delete(ifindex);
  else all.set(ifindex, now);
  return ofWorld(all, world);
};

const leaseNews = ({ origin, ifindex, name, action, lease }: LeaseEvent): LeaseNews => ({
  origin,
  ifindex,
  name,
  lease,
  missingSince: undefined,
  action,
});

/** The leases acted on after the scripts of an event have ended. */
const actOnLease = (
  leases: Acted['leases'],
  { origin, ifindex, name, action, lease }: LeaseEvent,
  world: World,
): Acted['leases'] => {
  const isKnown = (key: string): boolean => isKnownIn(world, Number(key.split(' ')[1]));
  const now = new Map([...leases].filter(([key]) => isKnown(key)));
  const key = leaseKey(origin, ifindex, lease.family);
  if (isEnd(action)) now.delete(key);
  else now.set(key, { origin, ifindex, name, lease, missingSince: undefined });
  return now;
};

/** Settings that were made are remembered until they are withdrawn, by this run or a later one. */
const actOnSettings = (made: Acted['made'], settings: Readonly<Record<string, string>>): Acted['made'] => {
  const now = new Map(made);
  for (const [key, contents] of Object.entries(settings))
    if (contents === '') now.delete(key);
    else now.set(key, contents);
  return now;
};

/**
 * What has been acted on after an outcome: an event counts once its last script has ended. For an event that a stage
 * derived, only the id counts.
 */
export const act = (acted: Acted, outcome: Outcome): Acted => {
  if (outcome.kind === 'applied' && outcome.made !== undefined)
    return { ...acted, made: actOnSettings(acted.made, outcome.made) };
  if (outcome.kind !== 'began' && outcome.kind !== 'done') return acted;
  const { event, cause } = outcome.step;
  if (event.kind === 'lease' && cause === undefined) {
    const lastId = Math.max(acted.lastId, outcome.step.id);
    const runningLeases = new Map(acted.runningLeases);
    const key = leaseKey(event.origin, event.ifindex, event.lease.family);
    if (outcome.kind === 'began') return { ...acted, lastId, runningLeases: runningLeases.set(key, leaseNews(event)) };
    runningLeases.delete(key);
    return { ...acted, lastId, leases: actOnLease(acted.leases, event, outcome.step.world), runningLeases };
  }
  const about = cause === undefined ? subject(outcome.step) : undefined;
  const lastId = Math.max(acted.lastId, outcome.step.id);
  if (event.kind === 'address' && outcome.kind === 'done')
    return { ...acted, lastId, addresses: withAddresses(acted.addresses, event.ifindex, outcome.step.world) };
  if (about === undefined) return lastId === acted.lastId ? acted : { ...acted, lastId };
  const changed = changedBy(outcome.step);
  const running = new Map(acted.running);
  if (outcome.kind === 'began') return { ...acted, lastId, running: running.set(about, changed) };
  running.delete(about);
  if (about === 'manager') return { ...acted, lastId, running, manager: { ...acted.manager, ...changed } };
  const links = new Map(acted.links).set(about, { ...acted.links.get(about), ...changed });
  const { world } = outcome.step;
  const addresses = withAddresses(acted.addresses, about, world);
  return { ...acted, lastId, running, addresses, links: ofWorld(links, world) };
};

/** Drops the states in progress when the run was killed: scripts may or may not have seen them, and they may have changed since. */
const untold = (states: States, running: States | undefined): States =>
  running === undefined ? states : Object.fromEntries(Object.entries(states).filter(([name]) => !(name in running)));

/** Scripts may have seen a lease whose event was in progress when the run was killed: it counts, so that its end is reported. */
const withRunning = ({ leases, runningLeases }: Acted): ReadonlyMap<string, BoundLease> =>
  new Map<string, BoundLease>([...runningLeases, ...leases]);

/** The initial World of a run: it knows what the last run acted on, and marks what was in progress. */
export const worldOf = (acted: Acted): World => ({
  ...emptyWorld,
  progress: {
    ...emptyWorld.progress,
    since: new Map([...acted.addresses].map(([ifindex, keys]) => [ifindex, had(keys)])),
    made: acted.made,
  },
  networkd: {
    ...emptyWorld.networkd,
    manager: untold(acted.manager, acted.running.get('manager')),
    states: new Map([...acted.links].map(([ifindex, states]) => [ifindex, untold(states, acted.running.get(ifindex))])),
    interrupted: acted.running,
  },
  leases: {
    ...emptyWorld.leases,
    bound: withRunning(acted),
    acted: acted.leases,
    interrupted: acted.runningLeases,
  },
});
