import { addressKey } from '../model/address.js';
import { addressChanges } from '../model/address-changes.js';
import type { Config } from '../model/config.js';
import type { NetworkEvent } from '../model/event.js';
import type { Link } from '../model/link.js';
import type { Step, World } from '../model/world.js';
import { config, link, world } from './builders.js';

/** The links and states of a world after an event, as far as the event tells. */
const after = (before: World, event: NetworkEvent, given: ReadonlyMap<number, Link>): World => {
  if (event.kind === 'manager-state')
    return { ...before, networkd: { ...before.networkd, manager: { ...before.networkd.manager, ...event.changed } } };
  if (event.kind === 'extension' || event.kind === 'sleep' || event.kind === 'rule' || event.ifindex === 0)
    return before;
  const { ifindex, name } = event;
  const links = new Map(before.kernel.links);
  if (event.kind === 'link' && event.action === 'removed') links.delete(ifindex);
  else if (links.get(ifindex)?.name !== name)
    links.set(ifindex, { ...(links.get(ifindex) ?? given.get(ifindex) ?? link(ifindex, name)), name });
  const now: World = { ...before, kernel: { ...before.kernel, links } };
  if (event.kind === 'link-state')
    return {
      ...now,
      networkd: {
        ...now.networkd,
        states: new Map(now.networkd.states).set(ifindex, {
          ...now.networkd.states.get(ifindex),
          ...event.previous,
          ...event.changed,
        }),
      },
    };
  if (event.kind !== 'address') return now;
  const addresses = new Map(now.kernel.addresses.get(ifindex));
  for (const { action, address } of addressChanges(event))
    if (action === 'removed') addresses.delete(addressKey(address));
    else addresses.set(addressKey(address), address);
  return { ...now, kernel: { ...now.kernel, addresses: new Map(now.kernel.addresses).set(ifindex, addresses) } };
};

/**
 * The values of a marble diagram: each event as a step, under the same letter. Ids count from 1. Each step's world knows
 * the links, states and addresses that the events up to this one told, in the order in which they are written. What else is to be
 * known of links, their `master` or `kind`, is in `links`: they are there from the beginning, but for those that an event adds.
 *
 * @example
 * const values = steps({ a: linkState('ens33', 'routable'), b: linkState('ens33', 'degraded') });
 * const source = hot('-a-b-|', values);
 *
 * @example
 * const br0 = { ...theLink('br0'), kind: 'bridge' };
 * const port = { ...theLink('ens33'), master: br0.ifindex };
 * const values = steps({ a: linkState(port, 'enslaved') }, { links: [br0, port] });
 */
export const steps = <Letter extends string>(
  events: Readonly<Record<Letter, NetworkEvent>>,
  { links = [], config: settings = config() }: { readonly links?: readonly Link[]; readonly config?: Config } = {},
): Readonly<Record<Letter, Step>> => {
  const isAdded = ({ ifindex }: Link): boolean =>
    Object.values<NetworkEvent>(events).some(
      event => event.kind === 'link' && event.action === 'added' && event.ifindex === ifindex,
    );
  const given = new Map(links.map(one => [one.ifindex, one]));
  let now = world(
    links.filter(one => !isAdded(one)),
    settings,
  );
  let id = 0;
  const step = (event: NetworkEvent): Step => {
    now = after(now, event, given);
    id += 1;
    return { id, at: 0, event, world: now };
  };
  const made: Partial<Record<Letter, Step>> = {};
  for (const letter in events) made[letter] = step(events[letter]);
  const isWhole = (some: Partial<Record<Letter, Step>>): some is Record<Letter, Step> =>
    Object.keys(some).length === Object.keys(events).length;
  if (!isWhole(made)) throw new TypeError('expected one event for each letter');
  return made;
};
