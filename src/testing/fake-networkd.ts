import { concat, NEVER, of, Subject } from 'rxjs';
import type { States } from '../model/states.js';
import type { Bus, Signal } from '../system/bus/bus.js';
import { type LinkOrName, theLink } from './events.js';
import {
  fakeBus,
  fakeConnection,
  networkdAnswers,
  type NetworkdHolds,
  ownerChanged,
  propertiesChanged,
} from '../fakes/fake-bus.js';

/** A systemd-networkd on a bus of its own: it answers, and signals every change. */
export interface FakeNetworkd {
  readonly bus: Bus;
  /** These states of a link are now so. */
  readonly link: (of: LinkOrName, states: States) => void;
  /** These states of its own are now so. */
  readonly manager: (states: States) => void;
  /** It leaves the bus, and forgets nothing. */
  readonly stop: () => void;
  /** It comes back, under another unique name. */
  readonly start: () => void;
}

/**
 * A running systemd-networkd that knows no links yet. A link has the ifindex of `theLink(name)`.
 *
 * @experimental
 */
export const fakeNetworkd = (): FakeNetworkd => {
  const holds: NetworkdHolds = { owner: ':1.1', manager: {}, links: {} };
  const signal$ = new Subject<Signal>();
  let starts = 1;
  const tell = (about: number | 'manager', states: States): void => {
    if (holds.owner !== undefined) signal$.next(propertiesChanged(holds.owner, about, states));
  };
  const own = (owner: string | undefined): void => {
    const before = holds.owner ?? '';
    holds.owner = owner;
    signal$.next(ownerChanged(before, owner ?? ''));
  };
  return {
    bus: fakeBus(concat(of(fakeConnection(signal$, networkdAnswers(holds))), NEVER)),
    link: (of, states) => {
      const { ifindex, name } = theLink(of);
      holds.links[ifindex] = { name, states: { ...holds.links[ifindex]?.states, ...states } };
      tell(ifindex, states);
    },
    manager: states => {
      holds.manager = { ...holds.manager, ...states };
      tell('manager', states);
    },
    stop: () => own(undefined),
    start: () => own(`:1.${(starts += 1)}`),
  };
};
