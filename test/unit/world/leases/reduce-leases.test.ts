import { describe, expect, test } from '@jest/globals';
import { type Acted, nothingActed } from '../../../../src/model/checkpoint.js';
import type { LeaseAction, LeaseEvent } from '../../../../src/model/event.js';
import type { Input } from '../../../../src/model/input.js';
import type { Lease } from '../../../../src/model/lease.js';
import type { Outcome } from '../../../../src/model/outcome.js';
import type { Turn } from '../../../../src/model/world.js';
import { address, config, lease, leaseEvent, link, step, world } from '../../../../src/testing/builders.js';
import { act, worldOf } from '../../../../src/world/acted-on.js';
import { advance, begin } from '../../../../src/world/advance.js';
import { leaseDeadline } from '../../../../src/world/leases/of-dhclient.js';

const eth0 = link(2, 'eth0', 'enp1s0');
const eth1 = link(3, 'eth1');
const start = begin(world([eth0, eth1], config({ system: { generator: ['dhclient'] } })));

/** Input by input, as the broker would: whenever the World asks for the time at once, it is told. */
const play = (...inputs: readonly (Input | { readonly now: number })[]): { turn: Turn; told: readonly string[] } => {
  const told: string[] = [];
  let now = 0;
  const feed = (turn: Turn, input: Input): Turn => {
    const after = advance(turn, input, 0);
    for (const { event } of after.events) {
      if (event.kind !== 'lease') continue;
      const changed = event.changes.map(change => ` ${change.name}: ${change.before} → ${change.now}`).join(',');
      told.push(`${event.name} ${event.lease.family} ${event.action} ${event.lease.addresses.join()}${changed}`);
    }
    return leaseDeadline(after.world) === 0 ? feed(after, { kind: 'clock', now }) : after;
  };
  const turn = inputs.reduce((before, input) => {
    if (!('kind' in input)) now = input.now;
    else if (input.kind === 'leases') now = input.now;
    return feed(before, 'kind' in input ? input : { kind: 'clock', now: input.now });
  }, start);
  return { turn, told };
};
const file = (now: number, ...leases: readonly Lease[]): Input => ({ kind: 'leases', leases, now });
const comes = (text: string, ifindex = 2): Input => ({
  kind: 'kernel',
  changes: [{ what: 'address', address: address(ifindex, text) }],
});
const goes = (text: string, ifindex = 2): Input => ({
  kind: 'kernel',
  changes: [{ what: 'address-gone', address: address(ifindex, text) }],
});
const five = lease('192.0.2.5', { start: 1000, expire: 100_000 });
const six = lease('192.0.2.6', { start: 20_000, expire: 120_000 });
const held = [comes('192.0.2.5/24'), file(2000, five)];

const toInputs = (one: Lease): readonly Input[] => [comes('192.0.2.5/24'), file(3000, one)];

describe('a lease counts', () => {
  test('while its address is on the link, whichever comes first', () => {
    expect(play(comes('192.0.2.5/24'), file(2000, five)).told).toEqual(['eth0 ipv4 bound 192.0.2.5']);
    expect(play(file(2000, five), comes('192.0.2.5/24')).told).toEqual(['eth0 ipv4 bound 192.0.2.5']);
  });

  test('not if the file alone says so, or the address is on another link, or its duplicate detection failed', () => {
    expect(play(file(2000, five)).told).toEqual([]);
    expect(play(file(2000, five), comes('192.0.2.5/24', 3)).told).toEqual([]);
    const failed: Input = {
      kind: 'kernel',
      changes: [{ what: 'address', address: { ...address(2, '192.0.2.5/24'), flags: 0x08 } }],
    };
    expect(play(file(2000, five), failed).told).toEqual([]);
  });

  test('on a link of its name that comes later, and by an alternative name', () => {
    const eth2: Input = { kind: 'kernel', changes: [{ what: 'link', link: link(4, 'eth2') }] };
    const later = play(file(2000, { ...five, link: 'eth2' }), comes('192.0.2.5/24', 4), eth2);
    expect(later.told).toEqual(['eth2 ipv4 bound 192.0.2.5']);
    expect(play(file(2000, { ...five, link: 'enp1s0' }), comes('192.0.2.5/24')).told).toEqual([
      'eth0 ipv4 bound 192.0.2.5',
    ]);
  });

  test('not if it expired, also when the address comes long after the file was read', () => {
    expect(play(comes('192.0.2.5/24'), file(100_000, five)).told).toEqual([]);
    expect(play(file(2000, five), { now: 100_000 }, comes('192.0.2.5/24')).told).toEqual([]);
  });

  test('not if it was given back', () => {
    expect(play(comes('192.0.2.5/24'), file(2000, { ...five, released: true })).told).toEqual([]);
  });

  test('only while dhclient is a Generator', () => {
    const without: Input = { kind: 'config', config: config() };
    expect(play(...held, without, { now: 3000 }).told).toEqual([
      'eth0 ipv4 bound 192.0.2.5',
      'eth0 ipv4 lost 192.0.2.5',
    ]);
  });

  test('for each family of a link', () => {
    const v6 = lease('2001:db8::5', { expire: 100_000 });
    expect(play(file(2000, five, v6), comes('192.0.2.5/24'), comes('2001:db8::5/128')).told).toEqual([
      'eth0 ipv4 bound 192.0.2.5',
      'eth0 ipv6 bound 2001:db8::5',
    ]);
  });

  test('of several files the held one with the latest start', () => {
    const both = [comes('192.0.2.5/24'), comes('192.0.2.6/24')];
    expect(play(...both, file(30_000, six, five)).told).toEqual(['eth0 ipv4 bound 192.0.2.6']);
    expect(play(comes('192.0.2.5/24'), file(30_000, six, five)).told).toEqual(['eth0 ipv4 bound 192.0.2.5']);
  });
});

describe('a lease of prefixes alone', () => {
  const pd = (prefix: string, changes: Partial<Lease> = {}): Lease =>
    lease('::', { addresses: [], prefixes: [prefix], start: 1000, expire: 100_000, ...changes });
  const [one, other] = [pd('2001:db8:1ff::/56'), pd('2001:db8:200::/56', { start: 5000, expire: 110_000 })];
  const shortly = (...inputs: readonly (Input | { readonly now: number })[]) =>
    play(...inputs).told.map(text => text.trim());

  test('is held by its prefix: no address of the link tells of it', () => {
    expect(shortly(file(2000, one))).toEqual(['eth0 ipv6 bound']);
    expect(shortly(file(2000, { ...one, link: 'eth9' }))).toEqual([]);
    expect(shortly(file(100_000, one))).toEqual([]);
  });

  test('with another prefix is changed; with the same one renewed', () => {
    expect(shortly(file(2000, one), file(6000, other))).toEqual([
      'eth0 ipv6 bound',
      'eth0 ipv6 changed  prefix: 2001:db8:1ff::/56 → 2001:db8:200::/56',
    ]);
    expect(shortly(file(2000, one), file(6000, { ...one, start: 5000, expire: 110_000 }))).toEqual([
      'eth0 ipv6 bound',
      'eth0 ipv6 renewed',
    ]);
  });

  test('ends when it was given back, or is over', () => {
    expect(shortly(file(2000, one), file(6000, { ...one, released: true }))).toEqual([
      'eth0 ipv6 bound',
      'eth0 ipv6 released',
    ]);
    expect(shortly(file(2000, one), { now: 100_000 })).toEqual(['eth0 ipv6 bound', 'eth0 ipv6 expired']);
  });

  test('is lost with its link', () => {
    const gone: Input = { kind: 'kernel', changes: [{ what: 'link-gone', ifindex: 2 }] };
    expect(shortly(file(2000, one), gone)).toEqual(['eth0 ipv6 bound', 'eth0 ipv6 lost']);
  });
});

describe('a value that is refused', () => {
  const said = (...inputs: readonly Input[]): readonly string[] => {
    const told: string[] = [];
    inputs.reduce((turn, input) => {
      const after = advance(turn, input, 0);
      told.push(...after.faults.map(({ code, message }) => `${code}: ${message}`));
      return after;
    }, start);
    return told;
  };
  const bad = { ...five, domain: 'a.example,b.example' };

  test('is told once, when the lease is bound or says another one', () => {
    const again = { ...bad, start: 5000, expire: 110_000 };
    const worse = { ...again, hostname: '-', options: new Map([['host-name', '"-"']]) };
    expect(said(comes('192.0.2.5/24'), file(2000, bad), file(6000, again), file(7000, worse))).toEqual([
      `lease-value: the dhclient lease of link 'eth0' (ipv4) is used without the domain "a.example,b.example": expected domain names, separated by spaces`,
      `lease-value: the dhclient lease of link 'eth0' (ipv4) is used without the host name "-": expected letters, digits and - between dots, and not localhost`,
    ]);
  });
});

describe('a bound lease', () => {
  test('read again changes nothing', () => {
    expect(play(...held, file(3000, { ...five }), { now: 4000 }).told).toEqual(['eth0 ipv4 bound 192.0.2.5']);
  });

  test('is renewed if only its times are others', () => {
    const { told } = play(...held, file(50_000, { ...five, start: 2000, expire: 101_000 }));
    expect(told.slice(1)).toEqual(['eth0 ipv4 renewed 192.0.2.5']);
  });

  test('is changed if a value is another, which is named with both', () => {
    const now = { ...five, start: 50_000, options: new Map([['domain-name', '"b.example"']]) };
    expect(play(...held, file(50_000, now)).told.slice(1)).toEqual([
      'eth0 ipv4 changed 192.0.2.5 domain-name:  → "b.example"',
    ]);
  });

  test('is changed, not lost and bound, if another address follows within a second', () => {
    const moves = [goes('192.0.2.5/24'), comes('192.0.2.6/24'), file(2400, { ...six, start: 2300 })];
    expect(play(...held, ...moves, { now: 9000 }).told.slice(1)).toEqual([
      'eth0 ipv4 changed 192.0.2.6 address: 192.0.2.5 → 192.0.2.6',
    ]);
  });

  test('survives its address going and coming back', () => {
    const flap = [goes('192.0.2.5/24'), { now: 2500 }, comes('192.0.2.5/24'), { now: 9000 }];
    expect(play(...held, ...flap).told).toEqual(['eth0 ipv4 bound 192.0.2.5']);
  });

  test('is lost a second after its address went', () => {
    const { turn, told } = play(...held, goes('192.0.2.5/24'));
    expect(told).toEqual(['eth0 ipv4 bound 192.0.2.5']);
    expect(leaseDeadline(turn.world)).toBe(3000);
    expect(play(...held, goes('192.0.2.5/24'), { now: 3000 }).told.slice(1)).toEqual(['eth0 ipv4 lost 192.0.2.5']);
  });

  test('is lost at once with its link, or with its link’s name', () => {
    const gone: Input = { kind: 'kernel', changes: [{ what: 'link-gone', ifindex: 2 }] };
    expect(play(...held, gone).told.slice(1)).toEqual(['eth0 ipv4 lost 192.0.2.5']);
    const renamed: Input = { kind: 'kernel', changes: [{ what: 'link', link: link(2, 'wan') }] };
    expect(play(...held, renamed).told.slice(1)).toEqual(['eth0 ipv4 lost 192.0.2.5']);
  });

  test('expires by the wall clock', () => {
    const { turn } = play(...held);
    expect(leaseDeadline(turn.world)).toBe(100_000);
    expect(play(...held, { now: 99_999 }).told).toHaveLength(1);
    expect(play(...held, { now: 100_000 }).told.slice(1)).toEqual(['eth0 ipv4 expired 192.0.2.5']);
  });

  test('that is given back is released, whether its address goes before or after that is recorded', () => {
    const back = { ...five, start: 5000, expire: 5000, released: true };
    expect(play(...held, file(5000, back)).told.slice(1)).toEqual(['eth0 ipv4 released 192.0.2.5']);
    expect(play(...held, goes('192.0.2.5/24'), file(2300, { ...back, start: 2300 })).told.slice(1)).toEqual([
      'eth0 ipv4 released 192.0.2.5',
    ]);
  });

  test('outlives a file that lacks it, or that shows an older one, while it is rewritten', () => {
    const older = lease('192.0.2.5', { start: 500, expire: 90_000, options: new Map([['domain-name', '"old"']]) });
    expect(play(...held, file(3000), file(4000, older), file(5000, five)).told).toEqual(['eth0 ipv4 bound 192.0.2.5']);
  });

  test('gives way to one that began earlier by a clock that has been set back', () => {
    const future = { ...five, start: 500_000, expire: 900_000 };
    const now = { ...five, start: 2000, options: new Map([['routers', '192.0.2.9']]) };
    expect(play(comes('192.0.2.5/24'), file(500_000, future), file(2000, now)).told).toEqual([
      'eth0 ipv4 bound 192.0.2.5',
      'eth0 ipv4 changed 192.0.2.5 routers:  → 192.0.2.9',
    ]);
  });
});

describe('the wall clock', () => {
  test('is not asked for while nothing is bound, whatever the files say', () => {
    expect(leaseDeadline(play(file(2000, five, six)).turn.world)).toBeUndefined();
    expect(leaseDeadline(play(...held, { now: 100_000 }).turn.world)).toBeUndefined();
  });

  test('is not asked for by a lease that never ends', () => {
    const never = lease('192.0.2.5', { start: undefined, expire: 'never' });
    expect(leaseDeadline(play(comes('192.0.2.5/24'), file(2000, never)).turn.world)).toBeUndefined();
  });
});

describe('a lease that the last run acted on', () => {
  const acted = (action: LeaseEvent['action'], one: Lease): Acted =>
    act(nothingActed, { kind: 'done', step: step(1, leaseEvent(eth0, action, one), start.world) });
  /** What is told after a start with these inputs. */
  const again = (before: Acted, ...inputs: readonly Input[]): readonly string[] => {
    const told: string[] = [];
    const settle = (turn: Turn): Turn => {
      for (const { event } of turn.events)
        if (event.kind === 'lease')
          told.push(
            [event.action, event.previous?.addresses.join() ?? '', event.rerun === true ? 'rerun' : '']
              .filter(word => word !== '')
              .join(' '),
          );
      return leaseDeadline(turn.world) === 0
        ? settle(advance(turn, { kind: 'clock', now: turn.world.leases.now }, 0))
        : turn;
    };
    inputs.reduce<Turn>(
      (turn, input) => settle(advance(turn, input, 0)),
      begin({
        ...worldOf(before),
        config: start.world.config,
        kernel: { ...worldOf(before).kernel, links: start.world.kernel.links },
      }),
    );
    return told;
  };

  test('is no news while it is held', () => {
    expect(again(acted('bound', five), ...toInputs(five))).toEqual([]);
    expect(again(acted('lost', five), ...toInputs(five))).toEqual(['bound']);
  });

  test('and was renewed or changed meanwhile is told as such, with what it said before', () => {
    expect(again(acted('bound', five), ...toInputs({ ...five, start: 2000, expire: 200_000 }))).toEqual([
      'renewed 192.0.2.5',
    ]);
    const other = { ...five, options: new Map([['routers', '192.0.2.9']]) };
    expect(again(acted('bound', five), ...toInputs(other))).toEqual(['changed 192.0.2.5']);
  });

  test('and whose scripts were running when the daemon was killed is told again, marked, once', () => {
    const killed = act(acted('bound', five), {
      kind: 'began',
      step: step(2, leaseEvent(eth0, 'changed', six), start.world),
    });
    const reruns: (boolean | undefined)[] = [];
    const inputs = [comes('192.0.2.6/24'), file(30_000, six), file(40_000, { ...six, expire: 200_000 })];
    inputs.reduce<Turn>(
      (turn, input) => {
        const after = advance(turn, input, 0);
        for (const { event } of after.events) if (event.kind === 'lease') reruns.push(event.rerun);
        return after;
      },
      begin({
        ...worldOf(killed),
        config: start.world.config,
        kernel: { ...worldOf(killed).kernel, links: start.world.kernel.links },
      }),
    );
    expect(reruns).toEqual([true, undefined]);
    const done = act(killed, { kind: 'done', step: step(2, leaseEvent(eth0, 'changed', six), start.world) });
    expect(worldOf(done).leases.interrupted.size).toBe(0);
  });

  describe('and that the daemon was killed in the midst of telling', () => {
    const midst = (before: Acted, action: LeaseAction, now: Lease): Acted =>
      act(before, { kind: 'began', step: step(2, leaseEvent(eth0, action, now), start.world) });
    const over: Input = { kind: 'clock', now: 3000 };

    test('bound: is bound again, or lost if it went meanwhile, for scripts may have heard of it', () => {
      const killed = midst(nothingActed, 'bound', five);
      expect(again(killed, ...toInputs(five))).toEqual(['bound rerun']);
      const renewed = { ...five, start: 2000, expire: 200_000 };
      expect(again(killed, ...toInputs(renewed))).toEqual(['bound rerun']);
      expect(again(killed, file(2000, five), over)).toEqual(['lost 192.0.2.5']);
    });

    test('lost: is lost again, or bound if it is held, with what scripts may still know, for they may have heard that it went', () => {
      const killed = midst(acted('bound', five), 'lost', five);
      expect(again(killed, file(2000), over)).toEqual(['lost 192.0.2.5 rerun']);
      expect(again(killed, ...toInputs(five))).toEqual(['bound 192.0.2.5']);
      expect(again(midst(killed, 'bound', five), ...toInputs(five))).toEqual(['bound 192.0.2.5 rerun']);
    });

    test('lost: is told as released or expired if that is what it was, and marked, for they may have heard of the end', () => {
      const killed = midst(acted('bound', five), 'lost', five);
      expect(again(killed, file(2000, { ...five, released: true }))).toEqual(['released 192.0.2.5 rerun']);
      expect(again(killed, file(100_000, five))).toEqual(['expired 192.0.2.5 rerun']);
    });

    test('changed: is changed again, also if it is again what it was before', () => {
      const other = { ...five, options: new Map([['routers', '192.0.2.9']]) };
      const killed = midst(acted('bound', five), 'changed', other);
      expect(again(killed, ...toInputs(other))).toEqual(['changed 192.0.2.5 rerun']);
      expect(again(killed, ...toInputs(five))).toEqual(['changed 192.0.2.5 rerun']);
    });

    test('of systemd-networkd: is told as well', () => {
      const origin = 'systemd-networkd';
      const began = (action: LeaseAction): Outcome => ({
        kind: 'began',
        step: step(2, { ...leaseEvent(eth0, action, five), origin }, start.world),
      });
      const done: Outcome = {
        kind: 'done',
        step: step(1, { ...leaseEvent(eth0, 'bound', five), origin }, start.world),
      };
      const now = (...leases: readonly Lease[]): Input => ({ kind: 'networkd-leases', ifindex: 2, leases, now: 2000 });
      expect(again(act(nothingActed, began('bound')), now(five))).toEqual(['bound rerun']);
      expect(again(act(nothingActed, began('bound')), now())).toEqual(['lost 192.0.2.5']);
      expect(again(act(act(nothingActed, done), began('lost')), now(five))).toEqual(['bound 192.0.2.5']);
      expect(again(act(act(nothingActed, done), began('lost')), now())).toEqual(['lost 192.0.2.5 rerun']);
    });
  });

  test('is not looked at before the kernel has told of its links', () => {
    const before = worldOf(acted('bound', five));
    expect(leaseDeadline({ ...before, config: start.world.config })).toBeUndefined();
    expect(
      leaseDeadline({
        ...before,
        config: start.world.config,
        kernel: { ...before.kernel, links: start.world.kernel.links },
      }),
    ).toBe(0);
  });

  test('and went meanwhile is told with the reason', () => {
    expect(again(acted('bound', five), file(2000), { kind: 'clock', now: 3000 })).toEqual(['lost 192.0.2.5']);
    expect(again(acted('bound', five), file(2000, { ...five, released: true }))).toEqual(['released 192.0.2.5']);
    expect(again(acted('bound', five), file(100_000, five))).toEqual(['expired 192.0.2.5']);
  });
});

test('leases that were read before the first kernel dump wait for it', () => {
  const bare = begin({ ...start.world, kernel: { ...start.world.kernel, links: undefined } });
  const early = advance(bare, file(2000, five), 0);
  expect(early.world.leases.recorded).toEqual([]);
  const dumped = advance(
    early,
    { kind: 'kernel-dump', links: [eth0], addresses: [address(2, '192.0.2.5/24')], afterLoss: false },
    0,
  );
  expect(dumped.events.map(({ event }) => event.kind)).toEqual(['lease']);
});
