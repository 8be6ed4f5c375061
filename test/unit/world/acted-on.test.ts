import { describe, expect, test } from '@jest/globals';
import { IFA_F_SECONDARY, IFA_F_TENTATIVE } from '@network-stack/netlink/constants';
import fc from 'fast-check';
import { type Acted, nothingActed } from '../../../src/model/checkpoint.js';
import { addressKey } from '../../../src/model/address.js';
import type { AddressEvent } from '../../../src/model/event.js';
import type { Input } from '../../../src/model/input.js';
import type { Outcome } from '../../../src/model/outcome.js';
import type { BoundLease } from '../../../src/model/world.js';
import { formatChange, formatState, parseState } from '../../../src/daemon/state/state-json.js';
import { derive } from '../../../src/world/derive.js';
import {
  address,
  config,
  lease,
  leaseEvent,
  link,
  linkState,
  managerState,
  step,
  world,
} from '../../../src/testing/builders.js';
import { advance, begin } from '../../../src/world/advance.js';
import { act, worldOf } from '../../../src/world/acted-on.js';

const eth0 = link(2, 'eth0');
const one = step(7, linkState(eth0, { CarrierState: 'carrier' }), world([eth0]));
const two = step(8, managerState({ OnlineState: 'online' }), world([eth0]));
const began = (of: typeof one): Outcome => ({ kind: 'began', step: of });
const done = (of: typeof one): Outcome => ({ kind: 'done', step: of });

describe('what was acted on', () => {
  test('an event counts when its last script has ended, until then it is running', () => {
    const running = act(nothingActed, began(one));
    expect(running).toEqual({ ...nothingActed, lastId: 7, running: new Map([[2, { CarrierState: 'carrier' }]]) });
    expect(act(running, done(one))).toEqual({
      ...nothingActed,
      lastId: 7,
      links: new Map([[2, { CarrierState: 'carrier' }]]),
    });
  });

  test('what was set is known to the next run until it is withdrawn', () => {
    const applied = (made: Readonly<Record<string, string>>): Outcome => ({
      kind: 'applied',
      ifindex: 2,
      message: '',
      made,
    });
    const set = [applied({ a: '1', b: '2' }), applied({ a: '3' })].reduce(act, nothingActed);
    expect(worldOf(set).progress.made).toEqual(new Map([['a', '3'], ['b', '2']])); // prettier-ignore
    expect(worldOf(act(set, applied({ b: '' }))).progress.made).toEqual(new Map([['a', '3']]));
  });

  test('what the next run knows is what was acted on; what was running is marked', () => {
    const acted = [done(one), began(two)].reduce(act, nothingActed);
    const start = worldOf(acted);
    expect(acted.lastId).toBe(8);
    expect(start.networkd.states).toEqual(new Map([[2, { CarrierState: 'carrier' }]]));
    expect(start.networkd.interrupted).toEqual(new Map([['manager', { OnlineState: 'online' }]]));
  });

  test('what was being told when the last run was killed is told in any case: as it is, or as it has become meanwhile', () => {
    const down = linkState(eth0, { CarrierState: 'no-carrier' });
    const acted = [done(one), done(two), began(step(9, down, world([eth0]))), began(two)].reduce(act, nothingActed);
    const start = worldOf(acted);
    expect(start.networkd.states).toEqual(new Map([[2, {}]]));
    expect(start.networkd.manager).toEqual({});
    const links: Input = { kind: 'kernel-dump', links: [eth0], addresses: [], afterLoss: false };
    const snapshot: Input = {
      kind: 'networkd-snapshot',
      manager: { OnlineState: 'online' },
      links: new Map([[2, { CarrierState: 'carrier' }]]),
    };
    const inputs: readonly Input[] = [{ kind: 'config', config: config() }, links, snapshot];
    let turn = begin(start);
    const told = inputs.flatMap(input => (turn = advance(turn, input, 0)).events.map(({ event }) => event));
    expect(told).toMatchObject([
      { kind: 'link-state', changed: { CarrierState: 'carrier' }, rerun: false },
      { kind: 'manager-state', changed: { OnlineState: 'online' }, rerun: true },
    ]);
  });

  test('nobody is told of the states of a link that went while no daemon ran', () => {
    const routable = linkState(eth0, { OperationalState: 'routable' });
    const ofEth0 = new Map([['192.0.2.5/24', address(2, '192.0.2.5/24')]]);
    const here = world([eth0], config(), { kernel: { addresses: new Map([[2, ofEth0]]) } });
    const start = worldOf(act(nothingActed, done(step(9, routable, here))));
    const inputs: readonly Input[] = [
      { kind: 'config', config: config({ system: { generator: ['rtnetlink'] } }) },
      { kind: 'kernel-dump', links: [], addresses: [], afterLoss: false },
    ];
    let turn = begin(start);
    expect(inputs.flatMap(input => (turn = advance(turn, input, 0)).events)).toEqual([]);
  });

  test('the addresses that a link had are kept: temporary ones, and those that cannot be used, do not count', () => {
    const addresses = [
      address(2, '192.0.2.5/24'),
      { ...address(2, '2001:db8::5/64'), flags: IFA_F_SECONDARY }, // temporary
      { ...address(2, '2001:db8::6/64'), flags: IFA_F_TENTATIVE },
    ];
    const ofEth0 = new Map(addresses.map(each => [addressKey(each), each]));
    const here = world([eth0], config(), { kernel: { addresses: new Map([[2, ofEth0]]) } });
    const acted = act(nothingActed, done({ ...one, world: here }));
    expect(acted.addresses).toEqual(new Map([[2, ['192.0.2.5/24']]]));
    expect(worldOf(acted).progress.since.get(2)).toMatchObject({
      had: new Map([['192.0.2.5/24', true]]),
      went: new Map(),
    });

    const removed: AddressEvent = {
      kind: 'address',
      action: 'removed',
      ifindex: 2,
      name: 'eth0',
      address: address(2, '192.0.2.5/24'),
    };
    expect(act(acted, done(step(8, removed, world([eth0])))).addresses).toEqual(new Map());
  });

  test('links that are gone for good are forgotten', () => {
    const gone = step(9, linkState(link(3, 'eth1'), { CarrierState: 'carrier' }), world([link(3, 'eth1')]));
    expect([done(one), done(gone)].reduce(act, nothingActed).links).toEqual(
      new Map([[3, { CarrierState: 'carrier' }]]),
    );
  });

  test('of events that no state can show again only the id is kept, so that ids go on after a restart', () => {
    const added = step(9, { kind: 'link', action: 'added', ifindex: 2, name: 'eth0', oldName: '' });
    expect([began(one), began(added), done(added)].reduce(act, nothingActed)).toEqual({
      ...nothingActed,
      lastId: 9,
      running: new Map([[2, { CarrierState: 'carrier' }]]),
    });
  });

  test('of what a stage derived only the id is kept: it says nothing of the network', () => {
    const degraded = derive(step(9, two.event, world([eth0])), linkState(eth0, { OperationalState: 'degraded' }));
    const bound = derive(degraded, leaseEvent(eth0, 'bound', lease('192.0.2.5')));
    expect([done(one), began(degraded), done(degraded), done(bound)].reduce(act, nothingActed)).toEqual({
      ...nothingActed,
      lastId: 9,
      links: new Map([[2, { CarrierState: 'carrier' }]]),
    });
  });

  test('other outcomes change nothing', () => {
    expect(act(nothingActed, { kind: 'seen', step: one })).toBe(nothingActed);
  });
});

describe('state.json', () => {
  const states = fc
    .dictionary(fc.string(), fc.string(), { noNullPrototype: true })
    .filter(d => !Object.hasOwn(d, '__proto__'));
  const ifindex = fc.integer({ min: 1, max: 2 ** 31 - 1 });
  const boundLease: fc.Arbitrary<BoundLease> = fc.record({
    origin: fc.constantFrom('dhclient', 'systemd-networkd'),
    ifindex,
    name: fc.string(),
    lease: fc
      .tuple(
        fc.array(fc.string()),
        fc.array(fc.tuple(fc.string(), fc.string())),
        fc.option(fc.integer(), { nil: undefined }),
      )
      .map(([dns, options, start]) =>
        lease('192.0.2.5', { dns, options: new Map(options), start, expire: start ?? 'never' }),
      ),
    missingSince: fc.constant(undefined),
  });
  const acted: fc.Arbitrary<Acted> = fc.record({
    lastId: fc.nat(),
    manager: states,
    links: fc.array(fc.tuple(ifindex, states)).map(entries => new Map(entries)),
    addresses: fc.array(fc.tuple(ifindex, fc.array(fc.string()))).map(entries => new Map(entries)),
    running: fc
      .array(fc.tuple(fc.oneof(ifindex, fc.constant<'manager'>('manager')), states))
      .map(entries => new Map(entries)),
    leases: fc.array(fc.tuple(fc.string(), boundLease)).map(entries => new Map(entries)),
    runningLeases: fc
      .array(fc.tuple(fc.string(), boundLease))
      .map(entries => new Map(entries.map(([key, bound]) => [key, { ...bound, action: 'changed' as const }]))),
    made: states.map(settings => new Map(Object.entries(settings))),
  });

  test('says back what was written in the same boot', () => {
    fc.assert(fc.property(acted, before => expect(parseState(formatState(before, 'boot'), 'boot')).toEqual(before)));
  });

  test('says back what was changed line by line', () => {
    fc.assert(
      fc.property(acted, fc.array(acted), (first, later) => {
        const all = [first, ...later];
        const lines = later.map((now, nth) => formatChange(all[nth] ?? first, now));
        expect(parseState([formatState(first, 'boot'), ...lines].join(''), 'boot')).toEqual(all.at(-1));
      }),
    );
  });

  test('a line that there was no room for counts as none', () => {
    const first = { ...nothingActed, lastId: 3 };
    const change = formatChange(first, {
      ...first,
      lastId: 4,
      links: new Map([[2, { OperationalState: 'routable' }]]),
    });
    const text = formatState(first, 'boot');
    expect(parseState(text + change, 'boot').lastId).toBe(4);
    for (let length = 0; length < change.length - 1; length += 1)
      expect(parseState(text + change.slice(0, length), 'boot')).toEqual(first);
  });

  test('of another boot counts as none', () => {
    expect(parseState(formatState({ ...nothingActed, lastId: 3 }, 'yesterday'), 'today')).toEqual(nothingActed);
  });

  test.each([
    '',
    '{',
    'null',
    '[]',
    '{"version":2,"bootId":"boot"}',
    '{"version":1,"bootId":"boot","leases":{"a":"text","b":{"origin":"dhclient","ifindex":2,"name":"eth0","lease":{"family":"ipv4"}}}}',
    '{"version":1,"bootId":"boot","links":[1],"manager":7,"running":"x","lastId":"y"}',
  ])('that reads %j counts as none', text => {
    expect(parseState(text, 'boot')).toEqual(nothingActed);
  });
});
