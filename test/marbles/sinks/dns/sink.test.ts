import { describe, expect, test } from '@jest/globals';
import { asyncScheduler, map, type Observable, of, tap } from 'rxjs';
import type { Fault } from '../../../../src/model/fault.js';
import type { Lease } from '../../../../src/model/lease.js';
import type { World } from '../../../../src/model/world.js';
import { resolvedSink } from '../../../../src/sinks/dns/sink.js';
import type { Call, Signal } from '../../../../src/system/bus/bus.js';
import { bound, config, lease, world } from '../../../../src/testing/builders.js';
import { type Answer, fakeBus, fakeConnection, ownerChanged } from '../../../../src/fakes/fake-bus.js';
import { marbles } from '../../../../src/testing/marbles.js';

const use = { useDns: true, useDomain: true } as const;
const one = lease('192.0.2.5', { dns: ['192.0.2.1'], domain: 'a.example' });
const two = lease('192.0.2.6', { dns: ['192.0.2.1', '2001:db8::1'], domain: 'a.example' });
const six = lease('198.51.100.6', { dns: ['198.51.100.1'] });
const inWorld = (...leases: readonly (readonly [number, Lease])[]): World =>
  world([], config({ network: use }), { leases: { bound: bound(...leases) } });
const viaNetworkd = (...leases: readonly (readonly [number, Lease])[]): World =>
  world([], config({ network: { ...use, dnsVia: 'networkd' } }), { leases: { bound: bound(...leases) } });

const bytes = (value: unknown): string => [...(value as Buffer)].join('.');
const shown = ({ destination, member, body = [] }: Call): string => {
  const [ifindex, values] = body as [number, (readonly [unknown, unknown])[] | undefined];
  const list = (values ?? []).map(([a, b]) =>
    member === 'SetLinkDNS' ? bytes(b) : `${String(a)}${b === true ? '!' : ''}`,
  );
  return `${destination.split('.').at(-1) ?? ''} ${member} ${ifindex}: ${list.join(' ')}`.trim();
};

interface Play {
  readonly signals?: (of: (text: string, values: Record<string, Signal>) => Observable<Signal>) => Observable<Signal>;
  /** the error that a call is answered with */
  readonly refuses?: (call: string, now: number) => string | undefined;
  readonly owner?: (now: number) => string | undefined;
  readonly frames?: number;
}

/** The calls that worlds cause, in virtual time. */
const play = (
  diagram: string,
  worlds: Record<string, World>,
  { signals, refuses, owner = () => ':1.5', frames = 9000 }: Play = {},
) => {
  const calls: string[] = [];
  const faults: Fault[] = [];
  const applied: string[] = [];
  let isComplete = false;
  marbles(({ hot, expectObservable }) => {
    const answer: Answer = call => {
      if (call.member === 'GetNameOwner') {
        const name = owner(asyncScheduler.now());
        return name === undefined ? { errorName: 'org.freedesktop.DBus.Error.NameHasNoOwner' } : [name];
      }
      calls.push(`${asyncScheduler.now()} ${shown(call)}`);
      const errorName = refuses?.(shown(call), asyncScheduler.now());
      return errorName === undefined ? [] : { errorName };
    };
    const signal$ = signals?.((text, values) => hot(text, values)) ?? hot<Signal>('-');
    const bus = fakeBus(of(fakeConnection(signal$, answer)));
    const outcome$ = resolvedSink(bus)
      .consume({ step$: hot('-'), world$: hot(diagram, worlds) }, fault => faults.push(fault))
      .pipe(
        tap({ complete: () => (isComplete = true) }),
        map(outcome => applied.push(outcome.kind === 'applied' ? outcome.message : outcome.kind)),
      );
    expectObservable(outcome$, `${frames}ms !`);
  })();
  return { calls, said: faults.map(({ message }) => message), applied, isComplete };
};

const resolvedOwner = (from: string, to: string): Signal => {
  const signal = ownerChanged(from, to);
  return { ...signal, body: ['org.freedesktop.resolve1', from, to] };
};

describe('resolvedSink', () => {
  test('sets, changes and withdraws what leases say, each link on its own', () => {
    const { calls, applied } = play('a-b-c-d-e', {
      a: inWorld(),
      b: inWorld([2, one]),
      c: inWorld([2, one], [3, six]),
      d: inWorld([2, two], [3, six]),
      e: inWorld([3, six]),
    });
    expect(calls).toEqual([
      '2 resolve1 SetLinkDNS 2: 192.0.2.1',
      '2 resolve1 SetLinkDomains 2: a.example',
      '4 resolve1 SetLinkDNS 3: 198.51.100.1',
      '6 resolve1 SetLinkDNS 2: 192.0.2.1 32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1',
      '8 resolve1 SetLinkDNS 2:',
      '8 resolve1 SetLinkDomains 2:',
    ]);
    expect(applied.at(-1)).toBe('DNS domains of link 2: withdrawn');
  });

  test('withdraws what the last run set, if its lease went meanwhile, and sets again what did not', () => {
    const { leases, ...rest } = inWorld([3, six]);
    const acted = bound([2, one], [3, six]);
    expect(play('a', { a: { ...rest, leases: { ...leases, acted } } }).calls).toEqual([
      '0 resolve1 SetLinkDNS 2:',
      '0 resolve1 SetLinkDomains 2:',
      '0 resolve1 SetLinkDNS 3: 198.51.100.1',
    ]);
  });

  test('withdraws what the last run had set and not withdrawn, whatever was told of its lease and is configured by now', () => {
    const a = world([], config({ network: {} }), {
      progress: {
        made: new Map([
          ['resolved servers 2', '192.0.2.1'],
          ['host name', 'a'],
        ]),
      },
    });
    const { calls } = play('a', { a });
    expect(calls).toEqual(['0 resolve1 SetLinkDNS 2:']);
  });

  test('opens no bus while nothing is wanted, and ends with the worlds', () => {
    const { calls, isComplete } = play('a-b-|', {
      a: inWorld(),
      b: world([], config(), { leases: { bound: bound([2, one]) } }),
    });
    expect(calls).toEqual([]);
    expect(isComplete).toBe(true);
    expect(play('a-|', { a: inWorld([2, one]) }).isComplete).toBe(true);
  });

  test('sets again what is still valid when resolved restarts, and withdraws what is not', () => {
    const { calls } = play(
      'a---b-----',
      { a: inWorld([2, one], [3, six]), b: inWorld([2, one]) },
      {
        signals: hot => hot('--g--o----', { g: resolvedOwner(':1.5', ''), o: resolvedOwner('', ':1.9') }),
      },
    );
    expect(calls.slice(3)).toEqual([
      '5 resolve1 SetLinkDNS 2: 192.0.2.1',
      '5 resolve1 SetLinkDomains 2: a.example',
      '5 resolve1 SetLinkDNS 3:',
    ]);
  });

  test('waits for resolved, and does not start it', () => {
    const { calls } = play(
      'a-----',
      { a: inWorld([2, one]) },
      {
        owner: () => undefined,
        signals: hot => hot('---o--', { o: resolvedOwner('', ':1.9') }),
      },
    );
    expect(calls[0]).toBe('3 resolve1 SetLinkDNS 2: 192.0.2.1');
  });

  test('LinkBusy is explained once, not retried, and nothing is withdrawn that was never set', () => {
    const { calls, said } = play(
      'a-b-c',
      { a: inWorld([2, six]), b: inWorld([2, six], [3, six]), c: inWorld([3, six]) },
      {
        refuses: call => (call.includes(' 2:') ? 'org.freedesktop.resolve1.LinkBusy' : undefined),
      },
    );
    expect(calls).toEqual(['0 resolve1 SetLinkDNS 2: 198.51.100.1', '2 resolve1 SetLinkDNS 3: 198.51.100.1']);
    expect(said).toEqual([
      'DNS servers of link 2: 198.51.100.1: refused by systemd-resolved (org.freedesktop.resolve1.LinkBusy): systemd-networkd configures this link, so set DNSVia="networkd" in [Network]',
    ]);
  });

  const INVALID = 'org.freedesktop.DBus.Error.InvalidArgs';
  const next = lease('192.0.2.5', { dns: ['192.0.2.9'], domain: 'b.example' });

  test('what is outdated goes although what comes in its place is refused, and is not withdrawn twice', () => {
    const { calls, said } = play(
      'a-b-c',
      { a: inWorld([2, one]), b: inWorld([2, next]), c: inWorld() },
      { refuses: call => (/192\.0\.2\.9|b\.example/.test(call) ? INVALID : undefined) },
    );
    expect(calls.slice(2)).toEqual([
      '2 resolve1 SetLinkDNS 2: 192.0.2.9',
      '2 resolve1 SetLinkDNS 2:',
      '2 resolve1 SetLinkDomains 2: b.example',
      '2 resolve1 SetLinkDomains 2:',
    ]);
    expect(said).toHaveLength(2);
  });

  test('so it does over networkd, which keeps what was not refused', () => {
    const { calls } = play(
      'a-b-c',
      { a: viaNetworkd([2, one]), b: viaNetworkd([2, { ...next, domain: one.domain }]), c: viaNetworkd() },
      { refuses: call => (call.includes('192.0.2.9') ? INVALID : undefined) },
    );
    expect(calls.slice(2)).toEqual([
      '2 network1 SetLinkDNS 2: 192.0.2.9',
      '2 network1 RevertLinkDNS 2:',
      '2 network1 SetLinkDomains 2: a.example',
      '4 network1 RevertLinkDNS 2:',
    ]);
  });

  test('what could not be withdrawn at once is withdrawn when its lease goes', () => {
    const { calls } = play(
      'a-b-c',
      { a: inWorld([2, six]), b: inWorld([2, { ...six, dns: ['192.0.2.9'] }]), c: inWorld() },
      { refuses: (_, now) => (now === 2 ? INVALID : undefined) },
    );
    expect(calls.slice(1)).toEqual([
      '2 resolve1 SetLinkDNS 2: 192.0.2.9',
      '2 resolve1 SetLinkDNS 2:',
      '4 resolve1 SetLinkDNS 2:',
    ]);
  });

  test('a server that no resolver takes is left out, and the others are set', () => {
    const { calls } = play('a', { a: inWorld([2, { ...six, dns: ['0.0.0.0', '198.51.100.1', '::'] }]) });
    expect(calls).toEqual(['0 resolve1 SetLinkDNS 2: 198.51.100.1']);
  });

  test('a link that is gone needs no withdrawing', () => {
    const { said } = play(
      'a-b',
      { a: inWorld([2, six]), b: inWorld() },
      {
        refuses: (_, now) => (now > 0 ? 'org.freedesktop.resolve1.NoSuchLink' : undefined),
      },
    );
    expect(said).toEqual([]);
  });

  test('without permission it says what to install', () => {
    const { said } = play(
      'a',
      { a: inWorld([2, six]) },
      {
        refuses: () => 'org.freedesktop.DBus.Error.AccessDenied',
      },
    );
    expect(said).toEqual([expect.stringContaining('install polkit and the polkit rules')]);
  });

  test('what may pass is tried three times, and again at the next change', () => {
    const { calls, said } = play(
      'a 4999ms b',
      { a: inWorld([2, six]), b: inWorld([2, six], [3, six]) },
      {
        refuses: (_, now) => (now < 5000 ? 'org.freedesktop.DBus.Error.NoReply' : undefined),
      },
    );
    expect(calls.map(call => call.split(' ', 1)[0])).toEqual(['0', '1000', '2000', '5000', '5000']);
    expect(said).toHaveLength(1);
  });

  test('what nobody answered may have been done: withdrawn, it is set again; set, it is withdrawn', () => {
    const lost = (_: string, now: number) => (now === 2 ? 'org.freedesktop.DBus.Error.NoReply' : undefined);
    const again = play('a-b-c', { a: inWorld([2, six]), b: inWorld(), c: inWorld([2, six]) }, { refuses: lost });
    expect(again.calls).toEqual([
      '0 resolve1 SetLinkDNS 2: 198.51.100.1',
      '2 resolve1 SetLinkDNS 2:',
      '4 resolve1 SetLinkDNS 2: 198.51.100.1',
    ]);
    const gone = play('a-b-c', { a: inWorld(), b: inWorld([2, six]), c: inWorld() }, { refuses: lost });
    expect(gone.calls).toEqual(['2 resolve1 SetLinkDNS 2: 198.51.100.1', '4 resolve1 SetLinkDNS 2:']);
  });

  test('over networkd, where withdrawing is RevertLinkDNS; a reload to it withdraws from resolved', () => {
    const { calls } = play('a-b-c', { a: inWorld([2, one]), b: viaNetworkd([2, one]), c: viaNetworkd() });
    expect(calls).toEqual([
      '0 resolve1 SetLinkDNS 2: 192.0.2.1',
      '0 resolve1 SetLinkDomains 2: a.example',
      '2 resolve1 SetLinkDNS 2:',
      '2 resolve1 SetLinkDomains 2:',
      '2 network1 SetLinkDNS 2: 192.0.2.1',
      '2 network1 SetLinkDomains 2: a.example',
      '4 network1 RevertLinkDNS 2:',
    ]);
  });
});
