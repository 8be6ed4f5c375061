import { IFA_F_SECONDARY } from '@network-stack/netlink/constants';
import { type Address, addressKey } from '../model/address.js';
import type { NetworkEvent, Since } from '../model/event.js';
import type { Input } from '../model/input.js';
import type { Link } from '../model/link.js';
import type { States } from '../model/states.js';
import { onceFor } from '../model/values/once-for.js';
import type { ProgressSlice as Progress, World } from '../model/world.js';
import type { Change } from './change.js';
import { isUsable } from './kernel/addresses.js';
import { kernelStates, kernelTells } from './kernel/derived-states.js';
import { hasCarrier } from './kernel/operational-state.js';
import { isEnd } from './leases/changes.js';
import { findLink } from './links.js';
import { had, hasLost, having, isLate, nothing, retold } from './losses.js';
import { withoutKey, withValue } from './with-value.js';

/**
 * Temporary addresses (RFC 8981) come and go daily by themselves. For IPv6 this bit is IFA_F_TEMPORARY
 * (linux/if_addr.h).
 */
export const isTemporary = ({ family, flags }: Address): boolean =>
  family === 'ipv6' && (flags & IFA_F_SECONDARY) !== 0;

const none: readonly never[] = [];
const noStates: World['networkd']['states'] = new Map();

/** The links that lost their carrier, in the kernel's order. */
const carrierLosses = (before: World, input: Input): readonly number[] => {
  if (input.kind !== 'kernel' && input.kind !== 'kernel-dump') return none;
  const links =
    input.kind === 'kernel-dump' ? input.links : input.changes.flatMap(c => (c.what === 'link' ? [c.link] : []));
  const seen = new Map<number, Link>();
  return links.flatMap(link => {
    const was = seen.get(link.ifindex) ?? before.kernel.links?.get(link.ifindex);
    seen.set(link.ifindex, link);
    return was !== undefined && hasCarrier(was) && !hasCarrier(link) ? [link.ifindex] : [];
  });
};

/** Does this input report the states of every link anew? */
const tellsAll = (before: World, input: Input, after: World): boolean =>
  input.kind === 'networkd-snapshot' || (kernelTells(after) && (input.kind === 'kernel-dump' || !kernelTells(before)));

/** Addresses that the last run acted on and that the first dump lacks. */
const lostMeanwhile = (before: World, input: Input, after: World): readonly (readonly [number, string])[] => {
  if (input.kind !== 'kernel-dump' || before.kernel.links !== undefined) return none;
  return [...before.progress.since].flatMap(([ifindex, { had }]) => {
    const now = after.kernel.addresses.get(ifindex);
    const isThere = (key: string): boolean => {
      const address = now?.get(key);
      return address !== undefined && isUsable(address);
    };
    return [...had.keys()].filter(key => !isThere(key)).map(key => [ifindex, key] as const);
  });
};

const keysIn = onceFor((addresses: ReadonlyMap<string, Address>): Since['had'] => had(addresses.keys()).had);
const keysOf = (addresses: ReadonlyMap<string, Address> | undefined): Since['had'] =>
  addresses === undefined || addresses.size === 0 ? nothing.had : keysIn(addresses);

/** What each link had and has lost, as a draft for one input: what is changed is copied once. */
const draft = (before: Progress['since'], world: World) => {
  const noted = new Map<number, (Since & { readonly went: Map<string, unknown> }) | undefined>();
  const of = (ifindex: number): Since => (noted.has(ifindex) ? noted.get(ifindex) : before.get(ifindex)) ?? nothing;
  const set = (ifindex: number, more: Partial<Since>): void => {
    const since = { ...of(ifindex), ...more };
    noted.set(ifindex, { ...since, went: new Map(since.went) });
  };
  return {
    of,
    set,
    forget: (ifindex: number): void => {
      noted.set(ifindex, undefined);
    },
    went: (ifindex: number, key: string): void => {
      const { had, went } = of(ifindex);
      if (!had.has(key) || went.has(key)) return;
      if (noted.get(ifindex) === undefined) set(ifindex, {});
      noted.get(ifindex)?.went.set(key, true);
    },
    /** The link's states have been reported: start anew with its present addresses. */
    told: (ifindex: number): void => {
      const had = keysOf(world.kernel.addresses.get(ifindex));
      const since = of(ifindex);
      if (had.size === 0 || world.kernel.links?.has(ifindex) !== true) noted.set(ifindex, undefined);
      else if (since.had !== had || hasLost(since)) set(ifindex, { ...nothing, had });
    },
    end: (): Progress['since'] =>
      [...noted].reduce(
        (since, [ifindex, now]) =>
          now !== undefined ? withValue(since, ifindex, now) : since.has(ifindex) ? withoutKey(since, ifindex) : since,
        before,
      ),
  };
};

/**
 * Records what links lose by an input, and attaches it to the next event about their states. Where the input reports
 * all states, what came back is reported as well.
 */
export const noteLosses = (before: World, input: Input, change: Change): Change => {
  const { world } = change;
  const isAll = tellsAll(before, input, world);
  const carriers = carrierLosses(before, input);
  const missing = lostMeanwhile(before, input, world);
  if (change.events.length + carriers.length + missing.length === 0 && !isAll) return change;
  const note = draft(before.progress.since, world);
  const allStates = isAll ? world.networkd.states : noStates;
  const isOutdated = (ifindex: number, states: States): boolean => {
    const kernel = kernelStates(world, ifindex);
    return kernel === undefined || isLate(states, kernel);
  };
  for (const ifindex of carriers) note.set(ifindex, { carrier: true });
  for (const [ifindex, key] of missing) note.went(ifindex, key);
  const events = change.events.map((event): NetworkEvent => {
    switch (event.kind) {
      case 'link-state': {
        const since = note.of(event.ifindex);
        note.told(event.ifindex);
        const states = event.rerun ? undefined : allStates.get(event.ifindex);
        if (states !== undefined && !isOutdated(event.ifindex, states))
          return { ...event, ...retold(event, states, since), ...having(since) };
        return since.had.size === 0 && !hasLost(since) ? event : { ...event, since };
      }
      case 'link':
        if (event.action === 'removed') note.forget(event.ifindex);
        return event;
      case 'address':
        if (event.action === 'removed' && !isTemporary(event.address))
          note.went(event.ifindex, addressKey(event.address));
        return event;
      case 'lease':
        if (isEnd(event.action)) note.set(event.ifindex, { lease: true });
        return event;
      case 'manager-state':
      case 'route':
      case 'rule':
      case 'sleep':
      case 'extension':
        return event;
    }
  });
  for (const [ifindex, now] of allStates) {
    const since = note.of(ifindex);
    if (!hasLost(since) || isOutdated(ifindex, now)) continue;
    const { changed, previous } = retold({ changed: {}, previous: {} }, now, since);
    if (Object.keys(changed).length === 0) continue;
    const name = findLink(world, ifindex)?.name ?? '';
    events.push({ kind: 'link-state', ifindex, name, changed, previous, rerun: false, since });
    note.told(ifindex);
  }
  const since = note.end();
  if (since === before.progress.since) return { ...change, events };
  return { ...change, events, world: { ...world, progress: { ...world.progress, since } } };
};
