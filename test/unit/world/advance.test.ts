import { describe, expect, test } from '@jest/globals';
import type { Input, KernelChange } from '../../../src/model/input.js';
import type { Link } from '../../../src/model/link.js';
import type { Turn, World } from '../../../src/model/world.js';
import { config, link, world } from '../../../src/testing/builders.js';
import { advance, begin, emptyWorld } from '../../../src/world/advance.js';
import type { States } from '../../../src/model/states.js';

const eth0 = link(2, 'eth0');
const eth1 = link(3, 'eth1');
const settings: Input = { kind: 'config', config: config() };
const dumpOf = (...links: readonly Link[]): Input => ({ kind: 'kernel-dump', links, addresses: [], afterLoss: false });
const dump = dumpOf(eth0, eth1);
const kernel = (...changes: readonly KernelChange[]): Input => ({ kind: 'kernel', changes });
const came = (link: Link): Input => kernel({ what: 'link', link });
const went = (ifindex: number): Input => kernel({ what: 'link-gone', ifindex });
const up: States = { CarrierState: 'carrier', OperationalState: 'routable' };
const down: States = { CarrierState: 'no-carrier', OperationalState: 'no-carrier' };
const said = (ifindex: number, changed: Readonly<Record<string, string>>): Input => ({
  kind: 'networkd-link',
  ifindex,
  changed,
});
const snapshot = (links: Readonly<Record<number, Readonly<Record<string, string>>>>, manager = {}): Input => ({
  kind: 'networkd-snapshot',
  manager,
  links: new Map(Object.entries(links).map(([ifindex, states]) => [Number(ifindex), states])),
});

/** Folds the inputs and tells every event about states and links in one line: `1 eth0 CarrierState=carrier`. */
const tell = (inputs: readonly Input[], start: World = emptyWorld, lastId = 0): readonly string[] => {
  const lines: string[] = [];
  inputs.reduce<Turn>(
    (turn, input) => {
      const next = advance(turn, input, 0);
      for (const { id, event } of next.events) {
        if (event.kind === 'link')
          lines.push(`${id} ${event.oldName}${event.oldName && ' → '}${event.name} ${event.action}`);
        if (event.kind !== 'link-state' && event.kind !== 'manager-state') continue;
        const who = event.kind === 'link-state' ? event.name || `link ${event.ifindex}` : event.kind;
        const what = Object.entries(event.changed).map(([key, value]) => `${key}=${value}`);
        lines.push(`${id} ${who}${event.rerun ? ' again' : ''} ${what.join(' ')}`);
      }
      lines.push(...next.faults.map(fault => `fault ${fault.code}`));
      return next;
    },
    begin(start, lastId),
  );
  return lines;
};
const ready = world([eth0, eth1]);

describe('advance', () => {
  test('the present state of every link at start is an event, in the order of the ifindexes, the manager last', () => {
    expect(tell([settings, dump, snapshot({ 3: down, 2: up }, { OnlineState: 'online' })])).toEqual([
      '1 eth0 CarrierState=carrier OperationalState=routable',
      '2 eth1 CarrierState=no-carrier OperationalState=no-carrier',
      '3 manager-state OnlineState=online',
    ]);
  });

  test('states from before this run are marked, whoever tells them; what comes later is not', () => {
    const marks = (...inputs: readonly Input[]): readonly unknown[] => {
      const found: unknown[] = [];
      inputs.reduce<Turn>((turn, input) => {
        const next = advance(turn, input, 0);
        for (const { event } of next.events) if (event.kind === 'link-state') found.push([event.name, event.atStart]);
        return next;
      }, begin(emptyWorld));
      return found;
    };
    const first: Input = { kind: 'networkd-snapshot', manager: {}, links: new Map([[2, up]]), atStart: true };
    expect(marks(settings, dump, first, said(2, down), snapshot({ 2: up }))).toEqual([
      ['eth0', true],
      ['eth0', undefined],
      ['eth0', undefined],
    ]);
    const both: Input = {
      kind: 'config',
      config: config({ system: { generator: ['systemd-networkd', 'rtnetlink'] } }),
    };
    const source = (is: 'waiting' | 'serving'): Input => ({
      kind: 'source',
      name: 'systemd-networkd',
      state: { is, why: '' },
    });
    const kernels = marks(both, dumpOf(eth0), source('waiting'));
    expect(kernels).toEqual([['eth0', true]]);
    expect(marks(both, source('waiting'), dumpOf(eth0))).toEqual(kernels);
    expect(marks(both, dumpOf(eth0), source('waiting'), came(eth1)).slice(1)).toEqual([['eth1', undefined]]);
    expect(marks(both, dumpOf(eth0), source('serving'), source('waiting'))).toEqual([['eth0', undefined]]);
  });

  test('inputs that come before the configuration and the kernel’s dump wait for both, in their order', () => {
    expect(tell([snapshot({ 2: down }), said(2, up), dump])).toEqual([]);
    expect(tell([snapshot({ 2: down }), said(2, up), dump, settings])).toEqual([
      '1 eth0 CarrierState=no-carrier OperationalState=no-carrier',
      '2 eth0 CarrierState=carrier OperationalState=routable',
    ]);
  });

  test('only what differs is an event, and the event says what was before', () => {
    const turn = [said(2, up), said(2, { ...up, OperationalState: 'degraded' })].reduce<Turn>(advance, begin(ready));
    expect(turn.events.map(step => step.event)).toEqual([
      {
        kind: 'link-state',
        ifindex: 2,
        name: 'eth0',
        changed: { OperationalState: 'degraded' },
        previous: { OperationalState: 'routable' },
        rerun: false,
      },
    ]);
    expect(tell([said(2, up), said(2, up)], ready)).toHaveLength(1);
  });

  test('a snapshot after a reconnect tells the differences and nothing else', () => {
    expect(tell([snapshot({ 2: up, 3: up }), snapshot({ 2: up, 3: down })], ready)).toEqual([
      '1 eth0 CarrierState=carrier OperationalState=routable',
      '2 eth1 CarrierState=carrier OperationalState=routable',
      '3 eth1 CarrierState=no-carrier OperationalState=no-carrier',
    ]);
  });

  test('a restart of networkd that ends where it began tells nothing, though it passes through configuring again', () => {
    const configured = { ...up, AdministrativeState: 'configured' };
    const passing = (state: string): Input => snapshot({ 2: { ...up, AdministrativeState: state } });
    const { world: start, lastId } = [snapshot({ 2: configured })].reduce<Turn>(advance, begin(ready));
    for (const state of ['pending', 'initialized', 'configuring'])
      expect(tell([passing(state), said(2, { AdministrativeState: 'configured' })], start)).toEqual([]);
    expect(tell([passing('configuring'), said(2, { AdministrativeState: 'failed' })], start, lastId)).toEqual([
      '2 eth0 AdministrativeState=failed',
    ]);
    expect(tell([said(2, { AdministrativeState: 'configuring' })], start, lastId)).toEqual([
      '2 eth0 AdministrativeState=configuring',
    ]);
  });

  test('each step sees the world after it', () => {
    const turn = advance(begin(ready), said(2, up), 0);
    expect(turn.events[0]?.world.networkd.states.get(2)).toEqual(up);
    expect(turn.events[0]?.world).toBe(turn.world);
  });

  test('a name is the one the link has when the event happens', () => {
    const renamed = came(link(2, 'lan0'));
    expect(tell([said(2, up), renamed, said(2, down)], ready)).toEqual([
      '1 eth0 CarrierState=carrier OperationalState=routable',
      '2 eth0 → lan0 renamed',
      '3 lan0 CarrierState=no-carrier OperationalState=no-carrier',
    ]);
  });

  test('the last words about a link that has gone still carry its name', () => {
    const gone = went(3);
    expect(tell([gone, said(3, { AdministrativeState: 'linger' })], ready)).toEqual([
      '1 eth1 removed',
      '2 eth1 AdministrativeState=linger',
    ]);
  });

  test('a link that comes back under its old ifindex is a new one', () => {
    const inputs: readonly Input[] = [said(2, up), went(2), came(eth0), said(2, up)];
    expect(tell(inputs, ready)).toEqual([
      '1 eth0 CarrierState=carrier OperationalState=routable',
      '2 eth0 removed',
      '3 eth0 added',
      '4 eth0 CarrierState=carrier OperationalState=routable',
    ]);
  });

  test('what departed is forgotten by and by, states and all', () => {
    const inputs = Array.from({ length: 1000 }, (_, n): Input[] => [
      came(link(n + 10, `veth${n}`)),
      said(n + 10, up),
      went(n + 10),
    ]).flat();
    const { world: after } = inputs.reduce<Turn>(advance, begin(ready));
    expect(after.kernel.departed.size).toBe(256);
    expect(after.networkd.states.size).toBe(256);
  });

  describe('a link that the kernel has not named yet', () => {
    test('waits for its name, every word in order', () => {
      expect(tell([said(7, up), said(7, down), said(2, up), came(link(7, 'new0'))], ready)).toEqual([
        '1 eth0 CarrierState=carrier OperationalState=routable',
        '2 new0 added',
        '3 new0 CarrierState=carrier OperationalState=routable',
        '4 new0 CarrierState=no-carrier OperationalState=no-carrier',
      ]);
    });

    test('goes on without a name when the wait is over, with a fault', () => {
      const over: Input = { kind: 'link-overdue', ifindex: 7, since: 1 };
      expect(tell([said(7, up), over, over], ready)).toEqual([
        '1 link 7 CarrierState=carrier OperationalState=routable',
        'fault link-unnamed',
      ]);
    });

    test('is not hurried by the end of an earlier wait', () => {
      const inputs: readonly Input[] = [
        said(7, up),
        came(link(7, 'new0')),
        went(7),
        ...Array.from({ length: 300 }, (_, n): Input[] => [came(link(n + 10, 'x')), went(n + 10)]).flat(),
        said(7, down),
        { kind: 'link-overdue', ifindex: 7, since: 1 },
      ];
      expect(tell(inputs, ready).filter(line => line.includes('='))).toEqual([
        '2 new0 CarrierState=carrier OperationalState=routable',
      ]);
    });

    test('is one of at most 256: systemd-networkd is not heard about more, which is said once', () => {
      const many = Array.from({ length: 1000 }, (_, n) => n + 10);
      const over = many.map((ifindex, n): Input => ({ kind: 'link-overdue', ifindex, since: n + 1 }));
      const isState = (line: string): boolean => line.includes('=');
      const heard = advance(begin(ready), snapshot({ 2: up, 3: up }), 0).world;
      const all = [...many.map(n => said(n, up)), ...over, ...many.map(n => said(n, down)), ...over];
      const told = tell(all, heard);
      expect(new Set(told.filter(isState).map(line => line.split(' ')[2])).size).toBe(256);
      expect(told.filter(line => line === 'fault links-unnamed')).toHaveLength(1);
      const shot = tell([snapshot(Object.fromEntries([2, 3, ...many].map(n => [n, up]))), ...over], heard);
      expect(shot.filter(isState)).toHaveLength(256);
      expect(shot.filter(line => line === 'fault links-unnamed')).toHaveLength(1);
      // Links that the kernel has named are heard about all the same.
      const named = [...all, came(link(2000, 'new0')), said(2000, up), said(2, down)];
      expect(tell(named, heard).slice(told.length).filter(isState)).toEqual([
        expect.stringContaining('new0 CarrierState'),
        expect.stringContaining('eth0 CarrierState'),
      ]);
    });

    test('has at most 64 words waiting; of what comes on top the newest of each property counts', () => {
      const words = Array.from({ length: 10_000 }, (_, n) =>
        said(7, { OperationalState: `state${n}`, [`P${n % 2}`]: `${n}` }),
      );
      const told = tell([...words, came(link(7, 'new0'))], ready);
      expect(told).toHaveLength(1 + 64);
      expect(told.at(-1)).toContain('OperationalState=state9999');
      expect(told.at(-1)).toContain('P0=9998');
    });

    test('in a snapshot waits as well, and the others do not', () => {
      expect(tell([snapshot({ 2: up, 7: up }), dumpOf(eth0, eth1, link(7, 'new0'))], ready)).toEqual([
        '1 eth0 CarrierState=carrier OperationalState=routable',
        '2 new0 added',
        '3 new0 CarrierState=carrier OperationalState=routable',
      ]);
    });
  });

  test('a link, or systemd-networkd, has at most 64 properties: news of more are not taken', () => {
    const names = (from: number) =>
      Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`P${from + n}`, 'x'] as const));
    const told = tell([said(2, names(0)), said(2, names(40)), said(2, up)], ready);
    expect(told).toEqual([
      expect.stringContaining('eth0 P0=x'),
      'fault state-unknown',
      '2 eth0 CarrierState=carrier OperationalState=routable',
    ]);
    const manager = (changed: States): Input => ({ kind: 'networkd-manager', changed });
    expect(tell([manager(names(0)), manager(names(40))], ready)).toEqual([
      expect.stringContaining('manager-state P0=x'),
      'fault state-unknown',
    ]);
    expect(tell([snapshot({ 2: { ...names(0), ...names(40) }, 3: up })], ready)).toEqual([
      '1 eth1 CarrierState=carrier OperationalState=routable',
      'fault state-unknown',
    ]);
  });

  describe('after a restart of the daemon', () => {
    const acted: World = {
      ...emptyWorld,
      networkd: { ...emptyWorld.networkd, states: new Map([[2, up]]), manager: { OnlineState: 'online' } },
    };

    test('what was acted on is no event, what changed meanwhile is, and the ids go on', () => {
      expect(tell([settings, dump, snapshot({ 2: up, 3: down }, { OnlineState: 'online' })], acted, 40)).toEqual([
        '41 eth1 CarrierState=no-carrier OperationalState=no-carrier',
      ]);
    });

    test('what was in progress and still holds runs again, on its own and marked', () => {
      const interrupted: World = {
        ...acted,
        networkd: {
          ...acted.networkd,
          states: new Map([[2, down]]),
          interrupted: new Map([[2, { CarrierState: 'carrier' }]]),
        },
      };
      expect(tell([settings, dump, snapshot({ 2: up })], interrupted, 40)).toEqual([
        '41 eth0 again CarrierState=carrier',
        '42 eth0 OperationalState=routable',
      ]);
    });

    test('what was in progress but holds no more does not run again', () => {
      const interrupted: World = { ...acted, networkd: { ...acted.networkd, interrupted: new Map([[2, down]]) } };
      expect(tell([settings, dump, snapshot({ 2: up }), said(2, down)], interrupted, 40)).toEqual([
        '41 eth0 CarrierState=no-carrier OperationalState=no-carrier',
      ]);
    });
  });

  test('a source’s state is remembered and is no event', () => {
    const turn = advance(begin(ready), { kind: 'source', name: 'kernel', state: { is: 'serving', why: '' } }, 0);
    expect(turn.events).toEqual([]);
    expect(turn.world.progress.sources.get('kernel')).toEqual({ is: 'serving', why: '' });
  });
});

test('events are of the moment at which their input was taken in, also one that had waited', () => {
  const bare = begin(emptyWorld);
  const early = advance(bare, said(2, up), 1000);
  const configured = advance(early, { kind: 'config', config: config() }, 2000);
  const dumped = advance(
    configured,
    { kind: 'kernel-dump', links: [link(2, 'eth0')], addresses: [], afterLoss: false },
    3000,
  );
  const later = advance(dumped, said(2, { OperationalState: 'degraded' }), 4000);
  expect([early, configured, dumped, later].map(({ events }) => events.map(({ at }) => at))).toEqual([
    [],
    [],
    [3000],
    [4000],
  ]);
});
