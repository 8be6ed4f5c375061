import { describe, expect, test } from '@jest/globals';
import { asyncScheduler, of } from 'rxjs';
import type { Fault } from '../../../../src/model/fault.js';
import type { Lease } from '../../../../src/model/lease.js';
import type { World } from '../../../../src/model/world.js';
import { hostnameSink } from '../../../../src/sinks/hostname/sink.js';
import { bound, config, lease, world } from '../../../../src/testing/builders.js';
import { type Answer, fakeBus, fakeConnection } from '../../../../src/fakes/fake-bus.js';
import { marbles } from '../../../../src/testing/marbles.js';

const inWorld = (...leases: readonly (readonly [number, Lease])[]): World =>
  world([], config({ network: { useHostname: true } }), { leases: { bound: bound(...leases) } });
const one = lease('192.0.2.5', { hostname: 'one' });
const two = lease('198.51.100.5', { hostname: 'two' });

/** The calls that worlds cause; the host has the name that was last set, unless somebody else names it. */
const play = (
  diagram: string,
  worlds: Record<string, World>,
  somebody?: string,
  refuses?: (call: string, now: number) => string | undefined,
) => {
  const calls: string[] = [];
  const faults: Fault[] = [];
  let present: unknown = 'localhost';
  marbles(({ hot, expectObservable }) => {
    const answer: Answer = ({ member, body = [], autoStart }) => {
      const call = `${member} ${body.join(' ')}${autoStart === true ? '' : ' NO_AUTO_START'}`;
      calls.push(`${asyncScheduler.now()} ${call}`);
      const errorName = refuses?.(call, asyncScheduler.now());
      if (errorName !== undefined) return { errorName };
      if (member === 'Get') return [somebody ?? present];
      present = body[0];
      return [];
    };
    const bus = fakeBus(of(fakeConnection(hot('-'), answer)));
    const sink = hostnameSink(bus).consume({ step$: hot('-'), world$: hot(diagram, worlds) }, fault =>
      faults.push(fault),
    );
    expectObservable(sink, '9s !');
  })();
  return { calls, said: faults.map(({ message }) => message) };
};

describe('hostnameSink', () => {
  test('a name that cannot be set for a while is set once it can be, however long that takes', () => {
    const refuses = (_: string, now: number) => (now < 6000 ? 'org.freedesktop.DBus.Error.Disconnected' : undefined);
    expect(play('a', { a: inWorld([2, one]) }, undefined, refuses)).toEqual({
      calls: [0, 1000, 2000, 6000].map(at => `${at} SetHostname one false`),
      said: [expect.stringContaining('the host name one was not set')],
    });
  });

  test('sets the transient name, moves on to the next lease, and withdraws it with the last', () => {
    const worlds = {
      a: inWorld(),
      b: inWorld([2, one]),
      c: inWorld([2, one], [3, two]),
      d: inWorld([3, two]),
      e: inWorld(),
    };
    expect(play('a-b-c-d-e', worlds).calls).toEqual([
      '2 SetHostname one false',
      '6 SetHostname two false',
      '8 Get org.freedesktop.hostname1 Hostname',
      '8 SetHostname  false',
    ]);
  });

  test('withdraws what the last run set, if its lease went meanwhile and the name is still that', () => {
    const afterwards = ({ leases, ...rest }: World): World => ({
      ...rest,
      leases: { ...leases, acted: bound([2, one]) },
    });
    const gone = { a: afterwards(inWorld([2, one])), b: afterwards(inWorld()) };
    expect(play('(ab)', gone).calls.slice(-2)).toEqual([
      '0 Get org.freedesktop.hostname1 Hostname',
      '0 SetHostname  false',
    ]);
    expect(play('b', gone, 'one').calls).toEqual(['0 Get org.freedesktop.hostname1 Hostname', '0 SetHostname  false']);
    expect(play('b', gone, 'other').calls).toEqual(['0 Get org.freedesktop.hostname1 Hostname']);
  });

  test('leaves a name alone that somebody else has set meanwhile', () => {
    expect(play('a-b', { a: inWorld([2, one]), b: inWorld() }, 'other').calls).toEqual([
      '0 SetHostname one false',
      '2 Get org.freedesktop.hostname1 Hostname',
    ]);
  });

  test('an invalid or absent name changes nothing', () => {
    const worlds = { a: inWorld([2, { ...one, hostname: '$(id)' }]), b: inWorld([2, { ...one, hostname: '' }]) };
    expect(play('a-b', worlds).calls).toEqual([]);
  });

  test('a name that is outdated goes although the one in its place is refused', () => {
    const worlds = { a: inWorld([2, one]), b: inWorld([2, two]), c: inWorld() };
    const refusal = 'org.freedesktop.DBus.Error.InvalidArgs';
    const refusesTwo = (call: string) => (call.includes('two') ? refusal : undefined);
    expect(play('a-b-c', worlds, undefined, refusesTwo).calls.slice(1)).toEqual([
      '2 SetHostname two false',
      '2 Get org.freedesktop.hostname1 Hostname',
      '2 SetHostname  false',
    ]);
    const refusesThen = (_: string, now: number) => (now === 2 ? refusal : undefined);
    expect(play('a-b-c', worlds, undefined, refusesThen).calls.slice(3)).toEqual([
      '4 Get org.freedesktop.hostname1 Hostname',
      '4 SetHostname  false',
    ]);
  });

  test('a refusal is explained', () => {
    const { calls, said } = play(
      'a',
      { a: inWorld([2, one]) },
      undefined,
      () => 'org.freedesktop.DBus.Error.AccessDenied',
    );
    expect(calls).toHaveLength(1);
    expect(said).toEqual([
      'the host name one was not set: org.freedesktop.DBus.Error.AccessDenied: install polkit and the polkit rules that come with network-broker',
    ]);
  });

  test('what may pass is tried again, ever more slowly', () => {
    const { calls } = play('a', { a: inWorld([2, one]) }, undefined, () => 'org.freedesktop.DBus.Error.NoReply');
    expect(calls.map(call => call.split(' ', 1)[0])).toEqual(['0', '1000', '2000', '6000']);
  });
});
