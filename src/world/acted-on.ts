import type { LeaseEvent } from '../model/event.js';
import type { Outcome } from '../model/outcome.js';
import type { Acted } from '../model/checkpoint.js';
import type { States } from '../model/states.js';
import type { Step, World } from '../model/world.js';
import { emptyWorld } from './advance.js';
import { leaseKey } from './leases/wanted.js';

const subject = ({ event }: Step): number | 'manager' | undefined => {
  switch (event.kind) {
    case 'link-state':
      return event.ifindex;
    case 'manager-state':
      return 'manager';
    case 'link':
    case 'address':
    case 'route':
    case 'lease':
    case 'extension':
      return undefined;
  }
};

const changedBy = ({ event }: Step): States => ('changed' in event ? event.changed : {});

const isKnownIn = (world: World, ifindex: number): boolean =>
  world.kernel.links === undefined || world.kernel.links.has(ifindex) || world.kernel.departed.has(ifindex);

/** Forgets links that neither are there nor went a short while ago. */
const ofWorld = (links: ReadonlyMap<number, States>, world: World): ReadonlyMap<number, States> => {
  const isKnown = (ifindex: number): boolean => isKnownIn(world, ifindex);
  return [...links.keys()].every(isKnown) ? links : new Map([...links].filter(([ifindex]) => isKnown(ifindex)));
};

/** What was acted on of leases, after the scripts of an event have ended. */
const actOnLease = (
  leases: Acted['leases'],
  { origin, ifindex, name, action, lease }: LeaseEvent,
  world: World,
): Acted['leases'] => {
  const isKnown = (key: string): boolean => isKnownIn(world, Number(key.split(' ')[1]));
  const now = new Map([...leases].filter(([key]) => isKnown(key)));
  const key = leaseKey(origin, ifindex, lease.family);
  if (['expired', 'released', 'lost'].includes(action)) now.delete(key);
  else now.set(key, { origin, ifindex, name, lease, missingSince: undefined });
  return now;
};

/** What was acted on after an outcome: an event counts when its last script has ended. Of what a stage derived only the id. */
export const act = (acted: Acted, outcome: Outcome): Acted => {
  if (outcome.kind !== 'began' && outcome.kind !== 'done') return acted;
  const { event, cause } = outcome.step;
  if (event.kind === 'lease' && cause === undefined) {
    const lastId = Math.max(acted.lastId, outcome.step.id);
    const runningLeases = new Map(acted.runningLeases);
    const key = leaseKey(event.origin, event.ifindex, event.lease.family);
    if (outcome.kind === 'began') return { ...acted, lastId, runningLeases: runningLeases.set(key, event.action) };
    runningLeases.delete(key);
    return { ...acted, lastId, leases: actOnLease(acted.leases, event, outcome.step.world), runningLeases };
  }
  const about = cause === undefined ? subject(outcome.step) : undefined;
  const lastId = Math.max(acted.lastId, outcome.step.id);
  if (about === undefined) return lastId === acted.lastId ? acted : { ...acted, lastId };
  const changed = changedBy(outcome.step);
  const running = new Map(acted.running);
  if (outcome.kind === 'began') return { ...acted, lastId, running: running.set(about, changed) };
  running.delete(about);
  if (about === 'manager') return { ...acted, lastId, running, manager: { ...acted.manager, ...changed } };
  const links = new Map(acted.links).set(about, { ...acted.links.get(about), ...changed });
  return { ...acted, lastId, running, links: ofWorld(links, outcome.step.world) };
};

/** The World that a run starts from: what the last one acted on is known, what it was in the midst of is marked. */
export const worldOf = ({ manager, links, running, leases, runningLeases }: Acted): World => ({
  ...emptyWorld,
  networkd: { ...emptyWorld.networkd, manager, states: links, interrupted: running },
  leases: { ...emptyWorld.leases, bound: leases, acted: leases, interrupted: runningLeases },
});
