import { describe, expect, test } from '@jest/globals';
import type { NetworkEvent, Since } from '../../../../../../src/model/event.js';
import type { States } from '../../../../../../src/model/states.js';
import type { World } from '../../../../../../src/model/world.js';
import { createActions } from '../../../../../../src/sinks/scripts/styles/network-manager/actions.js';
import {
  address,
  bound,
  config,
  lease,
  leaseEvent,
  link,
  linkState,
  managerState,
  step,
  world,
} from '../../../../../../src/testing/builders.js';

const eth0 = link(2, 'eth0');

/** Tells a style one event after the other; what its scripts are told of each, `eth0 up`. */
const told = (...events: readonly (readonly [NetworkEvent, World])[]): readonly (readonly string[])[] => {
  const runsOf = createActions();
  return events.map(([event, inWorld], nth) =>
    runsOf(step(nth + 1, event, inWorld)).map(({ args }) => args.join(' ').trim()),
  );
};

/** A link that goes through these states, each with what it had before; `since`: what it lost before the last of them. */
const through = (changes: readonly States[], since?: Since): readonly (readonly [NetworkEvent, World])[] => {
  let now: States = {};
  return changes.map((changed, nth) => {
    const before = now;
    now = { ...now, ...changed };
    const previous = Object.keys(changed).flatMap(name => {
      const was = before[name];
      return was === undefined ? [] : [[name, was] as const];
    });
    const event = linkState(eth0, changed, Object.fromEntries(previous));
    const isLast = nth === changes.length - 1;
    return [
      isLast && since !== undefined ? { ...event, since } : event,
      world([eth0], config(), { networkd: { states: new Map([[2, now]]) } }),
    ];
  });
};
const carrier: States = { CarrierState: 'carrier', OperationalState: 'degraded', AdministrativeState: 'configured' };
const configuring: States = { AdministrativeState: 'configuring' };
const configured: States = { AdministrativeState: 'configured' };
const routable: States = { OperationalState: 'routable' };
const gone: States = { CarrierState: 'no-carrier', OperationalState: 'no-carrier' };
const lost = (what: Partial<Since>): Since => ({
  had: new Map(),
  carrier: false,
  went: new Map(),
  lease: false,
  ...what,
});

describe('what scripts of NetworkManager’s are told', () => {
  test('a link is up once it is routable and networkd has done with it, and down once it is no longer routable', () => {
    expect(told(...through([carrier, configuring, routable, configured, gone]))).toEqual([
      [],
      [],
      [],
      ['eth0 up'],
      ['eth0 down'],
    ]);
  });

  test('networkd that configures a link again, as at router advertisements, takes nothing back and says nothing twice', () => {
    expect(told(...through([carrier, routable, configuring, configured, configuring, configured]))).toEqual([
      ...[[], ['eth0 up'], [], [], [], []],
    ]);
  });

  test('what was up before the daemon began is not up once more', () => {
    const before: readonly [NetworkEvent, World] = [
      linkState(eth0, configuring, configured),
      world([eth0], config(), { networkd: { states: new Map([[2, { ...carrier, ...routable, ...configuring }]]) } }),
    ];
    expect(told(before, ...through([{ ...carrier, ...routable }]))).toEqual([[], []]);
  });

  test('a link that has lost its carrier in between, and is told again for that, was down', () => {
    expect(told(...through([{ ...carrier, ...routable }, routable], lost({ carrier: true })))).toEqual([
      ['eth0 up'],
      ['eth0 down', 'eth0 up'],
    ]);
  });

  test('one that has only lost an address was not', () => {
    expect(told(...through([{ ...carrier, ...routable }, routable], lost({ lease: true })))).toEqual([['eth0 up'], []]);
  });

  test('a link that is taken away while it is up is down, once', () => {
    const removed: NetworkEvent = { kind: 'link', action: 'removed', ifindex: 2, name: 'eth0', oldName: '' };
    expect(told(...through([{ ...carrier, ...routable }]), [removed, world()], [removed, world()])).toEqual([
      ...[['eth0 up'], ['eth0 down'], []],
    ]);
  });

  test('leases that are bound, renewed or changed are changes, those that end are not', () => {
    const states = new Map([[2, { ...carrier, ...routable }]]);
    const here = world([eth0], config(), { networkd: { states } });
    const origin = 'systemd-networkd';
    expect(
      told(
        [leaseEvent(eth0, 'bound', lease('192.0.2.5'), { origin }), here],
        [leaseEvent(eth0, 'renewed', lease('192.0.2.5'), { origin }), here],
        [leaseEvent(eth0, 'changed', lease('2001:db8::5'), { origin }), here],
        [leaseEvent(eth0, 'lost', lease('192.0.2.5'), { origin }), here],
      ),
    ).toEqual([['eth0 dhcp4-change'], ['eth0 dhcp4-change'], ['eth0 dhcp6-change'], []]);
  });

  describe('with dhclient', () => {
    const settings = config({ system: { generator: ['dhclient', 'rtnetlink'] } });
    const dynamic = new Map([[2, new Map([['192.0.2.5/24', { ...address(2, '192.0.2.5/24'), until: 1 }]])]]);
    const held = lease('192.0.2.5');
    const routableWith = (leases: World['leases']['bound']): World =>
      world([eth0], settings, {
        kernel: { addresses: dynamic },
        networkd: { states: new Map([[2, routable]]) },
        leases: { bound: leases },
      });

    test('a link with an address of limited time waits for its lease, as the routes come in between', () => {
      expect(
        told(
          [linkState(eth0, routable, carrier), routableWith(bound())],
          [leaseEvent(eth0, 'bound', held), routableWith(bound([2, held]))],
          [leaseEvent(eth0, 'renewed', held), routableWith(bound([2, held]))],
        ),
      ).toEqual([[], ['eth0 up', 'eth0 dhcp4-change'], ['eth0 dhcp4-change']]);
    });

    test('where nobody tells states, the lease is all that makes a link up', () => {
      const alone = config({ system: { generator: ['dhclient'] } });
      const withLeases = (leases: World['leases']['bound']): World =>
        world([eth0], alone, { leases: { bound: leases } });
      expect(
        told(
          [leaseEvent(eth0, 'bound', held), withLeases(bound([2, held]))],
          [leaseEvent(eth0, 'expired', held), withLeases(bound())],
        ),
      ).toEqual([['eth0 up', 'eth0 dhcp4-change'], ['eth0 down']]);
    });
  });

  test('connectivity is full while networkd itself is routable, else there is none; it is told only if it is another one', () => {
    const here = world();
    expect(
      told(
        [managerState({ OperationalState: 'carrier' }), here],
        [managerState({ OperationalState: 'degraded' }, { OperationalState: 'carrier' }), here],
        [managerState({ OperationalState: 'routable' }, { OperationalState: 'degraded' }), here],
        [managerState({ OnlineState: 'online' }), here],
      ),
    ).toEqual([['connectivity-change'], [], ['connectivity-change'], []]);
  });

  test('nothing else is told', () => {
    const added: NetworkEvent = { kind: 'link', action: 'added', ifindex: 2, name: 'eth0', oldName: '' };
    expect(told([added, world()], [{ kind: 'sleep', action: 'resume' }, world()])).toEqual([[], []]);
  });
});
