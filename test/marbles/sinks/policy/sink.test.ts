import { describe, expect, test } from '@jest/globals';
import { asyncScheduler, EMPTY, map, NEVER, type Observable, of, tap, throwError } from 'rxjs';
import { type Address, addressKey } from '../../../../src/model/address.js';
import type { Fault } from '../../../../src/model/fault.js';
import type { PolicyState } from '../../../../src/model/outcome.js';
import type { World } from '../../../../src/model/world.js';
import { policyRulesSink } from '../../../../src/sinks/policy/sink.js';
import { address, config, link, world } from '../../../../src/testing/builders.js';
import { type FakeKernel, fakeKernel } from '../../../../src/testing/fake-kernel.js';
import { marbles } from '../../../../src/testing/marbles.js';

const links = [link(2, 'eth0'), link(3, 'eth1')];
const chosen = config({ network: { routingPolicyRules: ['eth1'] } });
const off = config();
const five = address(3, '192.0.2.5/32');
const six = address(3, '192.0.2.6/32');

/** A world with these addresses of eth1; `ownChanges` tells one from the other. */
const w = (addresses: readonly Address[], ownChanges = 0, settings = chosen): World =>
  world(links, settings, {
    kernel: {
      addresses: addresses.length === 0 ? none : new Map([[3, new Map(addresses.map(one => [addressKey(one), one]))]]),
      ownChanges,
    },
  });
const none = new Map();
/** The same world, but for a message about our own rules. */
const echo = (one: World, ownChanges: number): World => ({ ...one, kernel: { ...one.kernel, ownChanges } });

interface Play {
  readonly kernel?: FakeKernel;
  readonly frames?: number;
  readonly lock?: Observable<boolean>;
  /** is it told that eth1 has no default? */
  readonly lacks?: boolean;
  /** what somebody else does, at that time */
  readonly others?: Readonly<Record<number, (kernel: FakeKernel) => void>>;
}

const play = (
  diagram: string,
  worlds: Record<string, World>,
  { kernel = fakeKernel(), frames = 500, lock = of(true), lacks = false, others = {} }: Play = {},
) => {
  const log: string[] = [];
  const faults: string[] = [];
  const applied: string[] = [];
  const states: PolicyState[] = [];
  let isComplete = false;
  marbles(({ hot, expectObservable }) => {
    for (const [time, act] of Object.entries(others)) asyncScheduler.schedule(() => act(kernel), Number(time));
    const spied: FakeKernel = {
      ...kernel,
      apply: changes =>
        kernel
          .apply(changes)
          .pipe(tap(() => log.push(...kernel.done().map(text => `${asyncScheduler.now()} ${text}`)))),
    };
    const sink = policyRulesSink({ rtnetlink: spied, lock: { hold: () => lock } });
    const report = ({ code, message }: Fault) =>
      code === 'policy-no-default' && !lacks ? 0 : faults.push(`${asyncScheduler.now()} ${message}`);
    const outcome$ = sink.consume({ step$: EMPTY, world$: hot(diagram, worlds) }, report).pipe(
      map(outcome =>
        outcome.kind === 'policy'
          ? states.push({ ...outcome, conflicts: outcome.conflicts.filter(text => lacks || !isLack(text)) })
          : applied.push(outcome.kind === 'applied' ? outcome.message : outcome.kind),
      ),
      tap({ complete: () => (isComplete = true) }),
    );
    expectObservable(outcome$, `${frames}ms !`);
  })();
  return { kernel, log, faults, applied, states, isComplete };
};

const isLack = (text: string): boolean => text.includes(' has no IPv4 default');

const rulesOf = (bare: string): readonly string[] =>
  ['from', 'to'].map(word => `9999: ${word} ${bare} lookup 10002 proto ours`);

describe('policyRulesSink', () => {
  test('rules come with an address and go with it, the new ones first', () => {
    const { log, kernel } = play('a 99ms b 99ms c', { a: w([five]), b: w([six]), c: w([]) });
    expect(log).toEqual([
      '0 rule add 9999: from 192.0.2.5 lookup 10002 proto ours',
      '0 rule add 9999: to 192.0.2.5 lookup 10002 proto ours',
      '100 rule add 9999: from 192.0.2.6 lookup 10002 proto ours',
      '100 rule add 9999: to 192.0.2.6 lookup 10002 proto ours',
      '100 rule delete 9999: from 192.0.2.5 lookup 10002 proto ours',
      '100 rule delete 9999: to 192.0.2.5 lookup 10002 proto ours',
      '200 rule delete 9999: from 192.0.2.6 lookup 10002 proto ours',
      '200 rule delete 9999: to 192.0.2.6 lookup 10002 proto ours',
    ]);
    expect(kernel.show('rule')).toEqual([]);
  });

  test('says that the table has no default once nothing has changed for a second, and not again while it is so', () => {
    const route = 'route add default via 192.0.2.1 dev 3';
    const told = (diagram: string, at: Readonly<Record<number, string>> = {}) =>
      play(
        diagram,
        { a: w([five]), b: w([five, six], 1), c: w([five], 2) },
        {
          lacks: true,
          frames: 9000,
          others: Object.fromEntries(Object.entries(at).map(([time, command]) => [time, k => k.ip(command)])),
        },
      ).faults.map(text => text.split(':', 1)[0]);
    const lack = 'table 10002 of eth1 has no IPv4 default';
    expect(told('a')).toEqual([`1000 ${lack}`]);
    expect(told('a 499ms b 3499ms c')).toEqual([`1500 ${lack}`]);
    expect(told('a 499ms b', { 300: route })).toEqual([]);
    expect(told('a 499ms b 3499ms c 1999ms b', { 3000: route, 5500: route.replace('add', 'delete') })).toEqual([
      `1500 ${lack}`,
      `7000 ${lack}`,
    ]);
  });

  test('says what it did, a line for each link', () => {
    const { applied } = play('a', { a: w([five]) });
    expect(applied).toEqual([
      'policy rules of eth1: rule add from 192.0.2.5 lookup 10002; rule add to 192.0.2.5 lookup 10002',
    ]);
  });

  test('says how they stand when that has changed: what is there, what has its place taken, what the kernel refused', () => {
    const kernel = fakeKernel();
    kernel.ip('route add 192.0.2.0/24 dev 3', 'route add 192.0.2.0/24 dev 2 table 10002 proto static');
    const { states } = play(
      'a 99ms b 99ms c 1800ms d',
      { a: w([five]), b: w([five]), c: w([five, six]), d: w([]) },
      { kernel, frames: 4000 },
    );
    const eth1 = { ifindex: 3, link: 'eth1', table: 10002 };
    const taken = 'route 192.0.2.0/24 dev eth1 table 10002: blocked by existing route';
    expect(states).toEqual([
      {
        kind: 'policy',
        by: 'this',
        wanted: 2,
        tables: [{ ...eth1, addresses: ['192.0.2.5'], rules: 2, routes: 0 }],
        conflicts: [expect.stringContaining(taken)],
        failures: [],
      },
      expect.objectContaining({ tables: [{ ...eth1, addresses: ['192.0.2.5', '192.0.2.6'], rules: 4, routes: 0 }] }),
      { kind: 'policy', by: 'this', wanted: 0, tables: [], conflicts: [], failures: [] },
    ]);
  });

  test('the first change is acted on at once, what follows within 50 ms in one more pass when it is quiet, and echoes end there', () => {
    const worlds = {
      a: w([five]),
      b: echo(w([five]), 1),
      c: w([five, six], 2),
      d: w([five, six, address(3, '192.0.2.7/32')], 3),
    };
    const { log, kernel } = play('a-b-c-d', worlds, { frames: 200 });
    expect(log.map(line => line.split(' ', 1)[0])).toEqual(['0', '0', '11', '11', '11', '11']);
    expect(kernel.passes()).toBe(2);
    expect(play('a-b-c- 45ms d', worlds, { frames: 200 }).log.map(line => line.split(' ', 1)[0])).toEqual(
      ['0', '9', '51'].flatMap(at => [at, at]),
    );
  });

  test('a second after the last change it looks once more, and then every 5 minutes', () => {
    const { kernel } = play('a 99ms b', { a: w([]), b: w([five]) }, { frames: 1500 });
    expect(kernel.passes()).toBe(3);
    expect(play('a', { a: w([]) }, { frames: 302_000 }).kernel.passes()).toBe(3);
  });

  test('a route that vanished unseen is found by the look a second later', () => {
    const kernel = fakeKernel();
    kernel.ip('route add 192.0.2.0/24 dev 3');
    play('a', { a: w([five]) }, { kernel, frames: 1500, others: { 10: k => k.ip('route delete 192.0.2.0/24 dev 3') } });
    expect(kernel.show('route')).toEqual([]);
  });

  test('what an earlier run left is adopted or removed', () => {
    const kernel = fakeKernel();
    kernel.ip(
      'rule add from 192.0.2.5 lookup 10002 proto ours',
      'rule add from 192.0.2.9 lookup 10002 proto ours',
      'rule add from 192.0.2.5 lookup 10002 proto static',
      'route add 10.0.0.0/8 dev 2 table 10001 proto ours',
    );
    const { log, faults } = play('a', { a: w([five]) }, { kernel });
    expect(log).toEqual([
      '0 rule add 9999: to 192.0.2.5 lookup 10002 proto ours',
      '0 rule delete 9999: from 192.0.2.9 lookup 10002 proto ours',
      '0 route delete 10.0.0.0/8 dev 2 table 10001 proto ours',
    ]);
    expect(faults).toEqual([]);
  });

  test('a table that somebody comes to use is emptied and said once; when he goes, it is filled again', () => {
    const kernel = fakeKernel();
    kernel.ip('route add 192.0.2.0/24 dev 3');
    const a = w([five]);
    const { log, faults, states } = play(
      'a 99ms b 99ms c 99ms d',
      { a, b: echo(a, 1), c: echo(a, 2), d: echo(a, 3) },
      {
        kernel,
        others: {
          95: it => it.ip('rule add fwmark 7 lookup 10002 priority 50 proto static'),
          295: it => it.ip('rule delete fwmark 7 lookup 10002 priority 50 proto static'),
        },
      },
    );
    const what =
      'table 10002 of eth1 is left empty: it is used by rule from all fwmark 0x7 lookup 10002 priority 50 (protocol 4)';
    expect(faults).toEqual([
      `100 ${what}, which is not ours and stays: delete it, give it another table, or move ours with TableBase=`,
    ]);
    expect(states.map(({ tables, conflicts }) => [tables.length, conflicts])).toEqual([
      [1, []],
      [0, [what]],
      [1, []],
    ]);
    expect(log.map(line => line.split(' ', 3).join(' '))).toEqual([
      '0 route add',
      '0 rule add',
      '0 rule add',
      '100 rule delete',
      '100 rule delete',
      '100 route delete',
      '300 route add',
      '300 rule add',
      '300 rule add',
    ]);
  });

  test('another TableBase= moves everything', () => {
    const kernel = fakeKernel();
    kernel.ip('route add 192.0.2.0/24 dev 3');
    const moved = config({ network: { routingPolicyRules: ['eth1'], tableBase: 20_000 } });
    play('a 99ms b', { a: w([five]), b: w([five], 0, moved) }, { kernel });
    expect(kernel.show('rule')).toEqual([
      '9999: from 192.0.2.5 lookup 20003 proto ours',
      '9999: to 192.0.2.5 lookup 20003 proto ours',
    ]);
    expect(kernel.show('route')).toEqual([
      '192.0.2.0/24 dev 3 table 254 proto boot',
      '192.0.2.0/24 dev 3 table 20003 proto ours',
    ]);
  });

  test('without RoutingPolicyRules= what an earlier run left is removed, and else nothing is looked at again', () => {
    const kernel = fakeKernel();
    kernel.ip('rule add from 192.0.2.5 lookup 10002 proto ours');
    play('a 99ms b', { a: w([five], 0, off), b: w([six], 1, off) }, { kernel, frames: 400_000 });
    expect(kernel.show('rule')).toEqual([]);
    expect(kernel.passes()).toBe(2);
  });

  test('a reload chooses another link, or none', () => {
    const other = config({ network: { routingPolicyRules: ['eth0'] } });
    const { kernel, log } = play('a 99ms b 99ms c', { a: w([five]), b: w([five], 0, other), c: w([five], 0, off) });
    expect(log.slice(2).map(line => line.split(' ', 3).join(' '))).toEqual(['100 rule delete', '100 rule delete']);
    expect(kernel.show('rule')).toEqual([]);
  });

  describe('when somebody undoes it', () => {
    const all = rulesOf('192.0.2.5').map(rule => `rule delete ${rule.slice(6)}`);

    test('it is put back at once, and the log says who is likely', () => {
      const a = w([five]);
      const { log, faults } = play('a 99ms b', { a, b: echo(a, 1) }, { others: { 90: k => k.ip(...all) } });
      expect(log.slice(2)).toEqual(rulesOf('192.0.2.5').map(rule => `100 rule add ${rule}`));
      expect(faults).toEqual([
        '100 someone deleted or changed rules or routes of ours (rule from 192.0.2.5 lookup 10002; rule to 192.0.2.5 lookup 10002): put back. systemd-networkd does so when it starts or reconfigures a link, unless it is told ManageForeignRoutingPolicyRules=no: see networkd.conf.d/10-network-broker.conf',
      ]);
    });

    test('who does it again and again makes it wait longer and longer; other objects do not wait', () => {
      const a = w([five]);
      const kernel = fakeKernel();
      const worlds: Record<string, World> = { a };
      for (let n = 1; n <= 25; n++) worlds[String.fromCharCode(97 + n)] = echo(a, n);
      // somebody looks every 200 ms and deletes what it finds
      const others = Object.fromEntries(
        Array.from({ length: 150 }, (_, n) => [
          n * 200 + 190,
          (k: FakeKernel) => {
            for (const rule of k.show('rule')) k.ip(`rule delete ${rule.slice(6)}`);
          },
        ]),
      );
      const diagram = Object.keys(worlds).join(' 199ms ');
      const { log, faults } = play(diagram, worlds, { kernel, others, frames: 20_000 });
      const times = [...new Set(log.map(line => Number(line.split(' ', 1)[0])))];
      expect(times).toEqual([0, 200, 1400, 3600, 7800]);
      expect(faults.at(-1)).toContain('put back later, as this keeps happening');
    });

    test("routes that went with an address or the link are nobody's fault", () => {
      const kernel = fakeKernel();
      kernel.ip('route add 192.0.2.0/24 dev 3');
      const a = w([five]);
      const { faults, log } = play(
        'a 99ms b',
        { a, b: { ...w([five]) } },
        {
          kernel,
          others: { 90: k => k.ip('route delete 192.0.2.0/24 table 10002') },
        },
      );
      expect(faults).toEqual([]);
      expect(log.at(-1)).toBe('100 route add 192.0.2.0/24 dev 3 table 10002 proto ours');
    });
  });

  describe('what fails', () => {
    test("is tried again and told in the kernel's words, once, and keeps nothing else from being done", () => {
      const kernel = fakeKernel();
      const message = "add rule: EPERM (operation not permitted): the kernel's own sentence";
      kernel.refuses = text =>
        text.includes(' to ') && asyncScheduler.now() < 1000 ? { code: 'EPERM', errno: 1, message } : undefined;
      const { log, faults, applied } = play('a', { a: w([five]) }, { kernel, frames: 5000 });
      expect(log.map(line => line.split(' ', 4).join(' '))).toEqual([
        '0 rule add 9999:',
        '0 rule add 9999:',
        '100 rule add 9999:',
        '300 rule add 9999:',
        '700 rule add 9999:',
        '1000 rule add 9999:',
      ]);
      expect(faults).toEqual([`100 rule add to 192.0.2.5 lookup 10002: ${message}; trying again`]);
      expect(applied).toHaveLength(2);
    });

    test('is no failure if it was to be deleted and is gone', () => {
      const kernel = fakeKernel();
      kernel.refuses = text =>
        text.startsWith('rule delete') ? { code: 'ENOENT', errno: 2, message: 'gone' } : undefined;
      expect(play('a 99ms b', { a: w([five]), b: w([]) }, { kernel, frames: 140 }).faults).toEqual([]);
    });

    test('a foreign route in our place is told once, left alone, and replaced by ours when it goes', () => {
      const kernel = fakeKernel();
      kernel.ip('route add 192.0.2.0/24 dev 3', 'route add 192.0.2.0/24 dev 2 table 10002 proto static');
      const a = w([five]);
      const { log, faults } = play(
        'a 99ms b 99ms c',
        { a, b: echo(a, 1), c: echo(a, 2) },
        {
          kernel,
          others: { 150: k => k.ip('route delete 192.0.2.0/24 table 10002') },
        },
      );
      expect(faults).toEqual([
        '0 route 192.0.2.0/24 dev eth1 table 10002: blocked by existing route 192.0.2.0/24 dev eth0 table 10002 (protocol 4), which is not ours and stays: delete it, or give it another table',
      ]);
      expect(log.at(-1)).toBe('200 route add 192.0.2.0/24 dev 3 table 10002 proto ours');
    });

    test('a kernel that cannot be read is asked again', () => {
      const kernel = fakeKernel();
      kernel.unreadable = true;
      const { faults } = play(
        'a',
        { a: w([five]) },
        { kernel, frames: 2500, others: { 1500: k => (k.unreadable = false) } },
      );
      expect(faults).toEqual(['0 policy rules are not managed: list rules: ENOBUFS; trying again']);
      expect(kernel.show('rule')).toEqual(rulesOf('192.0.2.5'));
    });
  });

  test('a route that ends is looked at in half its time', () => {
    const kernel = fakeKernel();
    kernel.ip('route add 192.0.2.0/24 dev 3 expires 20');
    play('a', { a: w([five]) }, { kernel, frames: 15_000 });
    expect(kernel.passes()).toBe(3);
  });

  describe('the lock', () => {
    test('whoever does not hold it leaves the kernel alone, says so, and goes on when it gets it', () => {
      const waiting = play('a 99ms b', { a: w([five]), b: w([six]) }, { lock: NEVER });
      expect(waiting.log).toEqual([]);
      const { log, faults } = play('a 99ms b', { a: w([five]), b: w([six]) }, { lock: of(false) });
      expect(log).toEqual([]);
      expect(faults).toEqual([expect.stringContaining('0 another network-broker manages')]);
    });

    test('held by another is no matter any more when a reload takes RoutingPolicyRules= away, and is again later', () => {
      const worlds = { a: w([five]), b: w([five], 0, off), c: w([five]) };
      const { states, faults } = play('a 99ms b 99ms c', worlds, { lock: of(false) });
      expect(states.map(({ by }) => by)).toEqual(['another', 'nobody', 'another']);
      expect(faults).toHaveLength(2);
    });

    test('is not asked for without RoutingPolicyRules=', () => {
      const lock = throwError(() => new Error('asked for'));
      const { faults, isComplete } = play('a 99ms |', { a: w([five], 0, off) }, { lock });
      expect(faults).toEqual([]);
      expect(isComplete).toBe(true);
    });
  });

  test('on stop rules stay, and the sink ends', () => {
    const { isComplete, kernel } = play('a 9ms |', { a: w([five]) });
    expect(isComplete).toBe(true);
    expect(kernel.show('rule')).toEqual(rulesOf('192.0.2.5'));
  });
});
