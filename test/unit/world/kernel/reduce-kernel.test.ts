import { describe, expect, test } from '@jest/globals';
import { type Address, addressKey } from '../../../../src/model/address.js';
import type { Input, KernelChange } from '../../../../src/model/input.js';
import type { Turn, World } from '../../../../src/model/world.js';
import { config, link, world } from '../../../../src/testing/builders.js';
import { advance, begin, emptyWorld } from '../../../../src/world/advance.js';
import { subscriptions } from '../../../../src/world/subscriptions.js';
import { newestOfEach } from '../../../../src/sources/kernel/newest-of-each.js';

const eth0 = link(2, 'eth0');
const eth1 = link(3, 'eth1');
const TENTATIVE = 0x40;
const OPTIMISTIC = 0x04;
const DADFAILED = 0x08;
const DEPRECATED = 0x20;

const address = (text: string, changes: Partial<Address> = {}): Address => {
  const [ip = '', prefixLength] = text.split('/');
  const family = ip.includes(':') ? 'ipv6' : 'ipv4';
  const lifetimes = { preferredLifetime: 0xffffffff, validLifetime: 0xffffffff };
  return {
    ifindex: 2,
    family,
    address: ip,
    prefixLength: Number(prefixLength),
    scope: 0,
    flags: 0x80,
    label: '',
    broadcast: '',
    peer: '',
    ...lifetimes,
    ...changes,
  };
};
const v4 = address('192.0.2.5/24');
const v6 = address('2001:db8::5/64');
const kernel = (...changes: readonly KernelChange[]): Input => ({ kind: 'kernel', changes });
const has = (one: Address): KernelChange => ({ what: 'address', address: one });
const lost = (one: Address): KernelChange => ({ what: 'address-gone', address: one });
const dump = (links: readonly (typeof eth0)[], addresses: readonly Address[], afterLoss = false): Input => ({
  kind: 'kernel-dump',
  links,
  addresses,
  afterLoss,
});
const route = (ifindex: number, text: string, ours = false, table = 254): KernelChange => ({
  what: 'route',
  ifindex,
  table,
  change: { action: 'added', route: text },
  ours,
});

const play = (inputs: readonly Input[], start: World): { readonly told: readonly string[]; readonly world: World } => {
  const told: string[] = [];
  const last = inputs.reduce<Turn>((turn, input) => {
    const next = advance(turn, input, 0);
    for (const { event } of next.events) {
      if (event.kind === 'link')
        told.push(`link ${event.name} ${event.action}${event.oldName && ` from ${event.oldName}`}`);
      if (event.kind === 'address') told.push(`address ${event.name} ${addressKey(event.address)} ${event.action}`);
      if (event.kind === 'route')
        told.push(`routes ${event.name} ${event.changes.map(c => `${c.action} ${c.route}`).join(', ')}`);
      if (event.kind === 'rule')
        told.push(`rules ${event.changes.map(({ action, rule }) => `${action} ${rule}`).join(', ')}`);
    }
    return next;
  }, begin(start));
  return { told, world: last.world };
};
const ready = world([eth0, eth1]);
const told = (inputs: readonly Input[], start = ready): readonly string[] => play(inputs, start).told;

describe('the kernel in the World', () => {
  test('the first dump of a run is no news', () => {
    const { told: events, world: after } = play([dump([eth0], [v4])], { ...emptyWorld, config: config() });
    expect(events).toEqual([]);
    expect(after.kernel.links?.get(2)).toEqual(eth0);
    expect(after.kernel.addresses.get(2)?.get('192.0.2.5/24')).toEqual(v4);
  });

  test('a dump after a loss tells exactly the differences', () => {
    const start = play([kernel(has(v4), has({ ...v4, ifindex: 3, address: '192.0.2.9' }))], ready).world;
    const renamed = link(2, 'lan0');
    const added = link(4, 'veth0');
    expect(told([dump([renamed, added], [{ ...v4, flags: 0x80 | DEPRECATED }, v6], true)], start)).toEqual([
      'address eth1 192.0.2.9/24 removed',
      'link eth1 removed',
      'link lan0 renamed from eth0',
      'link veth0 added',
      'address lan0 192.0.2.5/24 changed',
      'address lan0 2001:db8::5/64 added',
    ]);
  });

  test('a dump that shows nothing new tells nothing', () => {
    const start = play([kernel(has(v4))], ready).world;
    expect(told([dump([eth0, eth1], [v4], true)], start)).toEqual([]);
  });

  test('an IPv6 address is news when duplicate detection is done, or when it is optimistic', () => {
    expect(told([kernel(has({ ...v6, flags: TENTATIVE }))])).toEqual([]);
    expect(told([kernel(has({ ...v6, flags: TENTATIVE })), kernel(has(v6))])).toEqual([
      'address eth0 2001:db8::5/64 added',
    ]);
    expect(told([kernel(has({ ...v6, flags: TENTATIVE | OPTIMISTIC }))])).toEqual([
      'address eth0 2001:db8::5/64 added',
    ]);
    expect(
      told([kernel(has({ ...v6, flags: TENTATIVE })), kernel(has({ ...v6, flags: DADFAILED })), kernel(lost(v6))]),
    ).toEqual([]);
  });

  test('lifetimes alone are no news; deprecated, scope, label and broadcast are', () => {
    const start = play([kernel(has(v4))], ready).world;
    expect(told([kernel(has({ ...v4, validLifetime: 10, preferredLifetime: 5 }))], start)).toEqual([]);
    const changes: readonly Partial<Address>[] = [
      { flags: DEPRECATED },
      { scope: 253 },
      { label: 'eth0:1' },
      { broadcast: '192.0.2.255' },
    ];
    for (const change of changes)
      expect(told([kernel(has({ ...v4, ...change }))], start)).toEqual(['address eth0 192.0.2.5/24 changed']);
  });

  test('another peer is another address', () => {
    const point = { ...v4, prefixLength: 32, peer: '192.0.2.1' };
    expect(told([kernel(has(point)), kernel(lost(point), has({ ...point, peer: '192.0.2.2' }))])).toEqual([
      'address eth0 192.0.2.5/32 peer 192.0.2.1 added',
      'address eth0 192.0.2.5/32 peer 192.0.2.1 removed',
      'address eth0 192.0.2.5/32 peer 192.0.2.2 added',
    ]);
  });

  test('a link that goes takes its addresses along, each told before the link', () => {
    const start = play([kernel(has(v4), has(v6))], ready).world;
    const { told: events, world: after } = play([kernel({ what: 'link-gone', ifindex: 2 })], start);
    expect(events).toEqual([
      'address eth0 192.0.2.5/24 removed',
      'address eth0 2001:db8::5/64 removed',
      'link eth0 removed',
    ]);
    expect(after.kernel.addresses.has(2)).toBe(false);
  });

  test('what a link says of itself without being another is no news', () => {
    expect(told([kernel({ what: 'link', link: { ...eth0, operState: 2 } }, { what: 'link', link: eth0 })])).toEqual([]);
  });

  test('the routes that a batch tells of are one event a link, and count for each', () => {
    const { told: events, world: after } = play(
      [kernel(route(2, 'a'), route(3, 'b'), route(2, 'c'), route(0, 'd'))],
      ready,
    );
    expect(events).toEqual(['routes eth0 added a, added c', 'routes eth1 added b', 'routes  added d']);
    expect(after.kernel.routeChanges).toEqual(
      new Map([
        [2, 2],
        [3, 1],
        [0, 1],
      ]),
    );
  });

  test('routes of table local are events where LocalRoutes= says so, and count in any case', () => {
    const changes = [kernel(route(2, 'local 192.0.2.5', false, 255), route(2, 'a'))];
    expect(told(changes)).toEqual(['routes eth0 added a']);
    const wanted = { ...ready, config: config({ network: { localRoutes: true } }) };
    expect(told(changes, wanted)).toEqual(['routes eth0 added local 192.0.2.5, added a']);
    expect(told([kernel(route(2, 'local 192.0.2.5', false, 255))])).toEqual([]);
    expect(play(changes, ready).world.kernel.routeChanges).toEqual(new Map([[2, 2]]));
  });

  test('routes and rules of our own are no events, but a reconciler is told to look again', () => {
    const { told: events, world: after } = play(
      [kernel(route(2, 'a', true), { what: 'rule', ours: true, change: { action: 'added', rule: 'ours' } })],
      ready,
    );
    expect(events).toEqual([]);
    expect(after.kernel.ownChanges).toBe(2);
  });

  test('the links of several next hops have their names, those of the moment, where these are known', () => {
    const change = {
      action: 'changed' as const,
      route: '10.0.0.0/8 nexthop via 192.0.2.1 ifindex 2 nexthop ifindex 9 table main',
      was: '10.0.0.0/8 nexthop ifindex 3 table main',
    };
    const input = kernel(
      { what: 'link', link: link(3, 'a\u0007b') },
      { what: 'route', ifindex: 0, table: 254, change, ours: false },
    );
    expect(advance(begin(ready), input, 0).events.at(-1)?.event).toMatchObject({
      changes: [
        {
          route: '10.0.0.0/8 nexthop via 192.0.2.1 dev eth0 nexthop ifindex 9 table main',
          was: '10.0.0.0/8 nexthop dev a\\x07b table main',
        },
      ],
    });
  });

  test('rules of others that come and go in one go are one event, of no link', () => {
    const rule = (action: 'added' | 'removed', text: string): KernelChange => ({
      what: 'rule',
      ours: false,
      change: { action, rule: text },
    });
    expect(told([kernel(rule('added', 'one'), rule('removed', 'two'))])).toEqual(['rules added one, removed two']);
  });

  test('after a loss who runs scripts for rules is told so, too', () => {
    const withScripts: World = { ...ready, progress: { ...ready.progress, scripts: new Map([['rules.d', 1]]) } };
    expect(told([dump([eth0, eth1], [], true)], withScripts)).toEqual(['rules lost ']);
    expect(subscriptions(withScripts)).toEqual({ routes: false, rules: true });
  });

  test('after a loss who runs scripts for routes is told that nobody knows what changed', () => {
    const withScripts: World = { ...ready, progress: { ...ready.progress, scripts: new Map([['routes.d', 1]]) } };
    expect(told([dump([eth0, eth1], [], true)], withScripts)).toEqual([
      'routes  lost ',
      'routes eth0 lost ',
      'routes eth1 lost ',
    ]);
  });

  test('a thousand addresses in one input are told one by one', () => {
    const many = Array.from({ length: 1000 }, (_, n) => has({ ...v6, address: `2001:db8::${n.toString(16)}` }));
    expect(told([kernel(...many)])).toHaveLength(1000);
  });
});

describe('subscriptions', () => {
  test('routes for stages and sinks that want them, and after a loss they are told so', () => {
    const wanted: World = { ...ready, progress: { ...ready.progress, routesWanted: true } };
    expect(subscriptions(wanted)).toEqual({ routes: true, rules: true });
    expect(told([dump([eth0, eth1], [], true)], wanted)).toHaveLength(4); // of both links, of none, and of rules
    expect(told([dump([eth0, eth1], [], true)])).toEqual([]);
  });

  test('routes for scripts in routes.d, routes and rules for policy rules, else nothing', () => {
    expect(subscriptions(ready)).toEqual({ routes: false, rules: false });
    expect(subscriptions({ ...ready, progress: { ...ready.progress, scripts: new Map([['routes.d', 2]]) } })).toEqual({
      routes: true,
      rules: false,
    });
    expect(subscriptions(world([], config({ network: { routingPolicyRules: ['eth1'] } })))).toEqual({
      routes: true,
      rules: true,
    });
  });
});

describe('newestOfEach', () => {
  test('keeps the newest word on each object, in order, and every word on routes', () => {
    const routes = [route(2, 'a'), route(2, 'a')];
    const newer: KernelChange = { what: 'link', link: link(2, 'new') };
    expect(newestOfEach([{ what: 'link', link: eth0 }, has(v4), ...routes, lost(v4), newer])).toEqual([
      ...routes,
      lost(v4),
      newer,
    ]);
  });
});

test('a link that goes with 200,000 addresses is as many events, and no overflow of the stack', () => {
  const many = Array.from({ length: 200_000 }, (_, n) => has(address(`2001:db8::${n.toString(16)}/128`)));
  const there = advance(begin(ready), { kind: 'kernel', changes: many }, 0);
  const gone = advance(there, kernel({ what: 'link-gone', ifindex: 2 }), 0);
  expect(gone.events).toHaveLength(200_001);
});

test('addresses of a link cost the same, however many it has: eight times as many less than 24 times as much, where squares would be 64', () => {
  const cpu = (count: number): number => {
    const all = Array.from({ length: count }, (_, n) => address(`2001:db8::${n.toString(16)}/128`));
    const inputs = [has, lost].flatMap(what =>
      Array.from({ length: count / 5 }, (_, n) => kernel(...all.slice(5 * n, 5 * n + 5).map(what))),
    );
    const before = process.cpuUsage();
    expect(inputs.reduce(advance, begin(ready)).world.kernel.addresses.get(2)?.size).toBe(0);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const least = (count: number): number => Math.min(...[1, 2, 3].map(() => cpu(count))); // without collections of garbage
  expect(least(16_000) / least(2000)).toBeLessThan(24);
});
