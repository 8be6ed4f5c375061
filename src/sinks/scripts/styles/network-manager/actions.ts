import type { LeaseEvent, LinkStateEvent, ManagerStateEvent } from '../../../../model/event.js';
import type { States } from '../../../../model/states.js';
import type { Step, World } from '../../../../model/world.js';
import { addressesOf } from '../../../../world/links.js';
import { passing } from '../../../../world/networkd/changed-states.js';
import { isEnd } from '../../../../world/leases/changes.js';
import type { Run } from '../style.js';

/** The actions of NetworkManager-dispatcher(8) that our events are; the others have no event, or come too early for one. */
export const actions = ['up', 'down', 'dhcp4-change', 'dhcp6-change', 'connectivity-change'] as const;
export type Action = (typeof actions)[number];

/** A script's arguments: the link, and what happened to it. */
export const run = (link: string, action: Action): Run => ({ directory: '', args: [link, action] });

/** The link's states before and after the event. */
const statesAround = (
  { changed, previous, ifindex }: LinkStateEvent,
  { networkd }: World,
): readonly [States, States] => {
  const now = { ...networkd.states.get(ifindex), ...changed };
  const before = Object.entries(now).flatMap(([name, value]): readonly (readonly [string, string])[] => {
    const was = name in changed ? previous[name] : value;
    return was === undefined ? [] : [[name, was]];
  });
  return [Object.fromEntries(before), now];
};

const hasLease = ({ leases }: World, ifindex: number): boolean =>
  [...leases.bound.values()].some(one => one.ifindex === ifindex);

/** dhclient gives the link its address first, then its routes, and then writes the lease. */
const awaitsLease = (world: World, ifindex: number): boolean =>
  world.config?.system.generator.includes('dhclient') === true &&
  addressesOf(world, ifindex).some(({ family, until }) => family === 'ipv4' && until !== undefined) &&
  !hasLease(world, ifindex);

/** Where nobody tells states, a lease does. */
const isRoutable = ({ OperationalState }: States, world: World, ifindex: number): boolean =>
  OperationalState === undefined ? hasLease(world, ifindex) : OperationalState === 'routable';

/** networkd calls a link routable as soon as it has an address; its routes are there when it has configured it. */
const isReady = ({ AdministrativeState }: States, world: World, ifindex: number): boolean =>
  !passing.has(AdministrativeState) && !awaitsLease(world, ifindex);

const isUp = (states: States, world: World, ifindex: number): boolean =>
  isRoutable(states, world, ifindex) && isReady(states, world, ifindex);

const connectivity = ({ OperationalState: state }: States): 'FULL' | 'NONE' | undefined =>
  state === undefined ? undefined : state === 'routable' ? 'FULL' : 'NONE';

/** `CONNECTIVITY_STATE`: as NetworkManager has it while it probes nothing. */
export const connectivityOf = ({ changed }: ManagerStateEvent): string => connectivity(changed) ?? 'UNKNOWN';

/**
 * What scripts of NetworkManager's are told of each event, asked in the order of the events of each link. `up` once a
 * link is routable and its configuration is done, `down` once it is no longer routable: networkd goes back to
 * configuring at router advertisements and DHCPv6 answers, so it is remembered what was said of each link.
 */
export const createActions = (): ((step: Step) => readonly Run[]) => {
  const saidUp = new Map<number, boolean>();

  const updown = (
    { ifindex, name }: LinkStateEvent | LeaseEvent,
    before: boolean,
    now: { readonly isRoutable: boolean; readonly isReady: boolean; readonly interrupted: boolean },
  ): readonly Run[] => {
    const wasUp = saidUp.get(ifindex) ?? before;
    const stayedUp = wasUp && now.isRoutable && !now.interrupted;
    const is = stayedUp || (now.isRoutable && now.isReady);
    saidUp.set(ifindex, is);
    return [...(wasUp && !stayedUp ? [run(name, 'down')] : []), ...(is && !stayedUp ? [run(name, 'up')] : [])];
  };

  const ofLinkState = (event: LinkStateEvent, world: World): readonly Run[] => {
    const { ifindex, changed, since } = event;
    const [before, now] = statesAround(event, world);
    return updown(event, isUp(before, world, ifindex), {
      isRoutable: isRoutable(now, world, ifindex),
      isReady: isReady(now, world, ifindex),
      interrupted: since?.carrier === true && 'OperationalState' in changed,
    });
  };

  const ofLease = (event: LeaseEvent, world: World): readonly Run[] => {
    const { ifindex, name, origin, action, lease } = event;
    const now = world.networkd.states.get(ifindex) ?? {};
    const bindsNow = origin === 'dhclient' && action === 'bound';
    const upOrDown = updown(event, !bindsNow && isUp(now, world, ifindex), {
      isRoutable: isRoutable(now, world, ifindex),
      isReady: isReady(now, world, ifindex),
      interrupted: false,
    });
    return isEnd(action)
      ? upOrDown
      : [...upOrDown, run(name, lease.family === 'ipv4' ? 'dhcp4-change' : 'dhcp6-change')];
  };

  return ({ event, world }) => {
    switch (event.kind) {
      case 'link-state':
        return ofLinkState(event, world);
      case 'lease':
        return ofLease(event, world);
      case 'link': {
        if (event.action !== 'removed') return [];
        const wasUp = saidUp.get(event.ifindex) === true;
        saidUp.delete(event.ifindex);
        return wasUp ? [run(event.name, 'down')] : [];
      }
      case 'manager-state': {
        const now = connectivity(event.changed);
        return now === undefined || now === connectivity(event.previous) ? [] : [run('', 'connectivity-change')];
      }
      case 'address':
      case 'route':
      case 'rule':
      case 'sleep':
      case 'extension':
        return [];
    }
  };
};
