import { describe, expect, test } from '@jest/globals';
import { map, mergeMap, NEVER, type Observable, of, timer } from 'rxjs';
import type { StartRule } from '../../../../src/model/config.js';
import { createStarts } from '../../../../src/sinks/units/run-starts.js';
import type { Signal } from '../../../../src/system/bus/bus.js';
import { type Answer, fakeBus, fakeConnection } from '../../../../src/fakes/fake-bus.js';
import { config, link, linkState, step, world } from '../../../../src/testing/builders.js';
import { marbles } from '../../../../src/testing/marbles.js';

const eth0 = link(2, 'eth0');
const start = (unit: string, job: StartRule['job'] = 'start'): StartRule => ({
  ...{ on: ['routable'], links: undefined, unit, job },
});
const routable = (starts: readonly StartRule[]) =>
  step(
    7,
    linkState(eth0, { OperationalState: 'routable' }),
    world([eth0], config({ starts, scripts: { timeoutSec: 5 } })),
  );

const ended = (path: string, unit: string, result: string, sender = ':1.1'): Signal => ({
  ...{ sender, path: '/org/freedesktop/systemd1', interface: 'org.freedesktop.systemd1.Manager', member: 'JobRemoved' },
  ...{ signature: 'uoss', body: [1, path, unit, result] },
});

/** What comes of an event: `time job unit result`, and the calls that were made. */
const play = (
  starts: readonly StartRule[],
  signals: string,
  heard: Record<string, Signal>,
  answer: Answer = ({ body = [] }) => [`/job/${String(body[0])}`],
  latency?: (answered$: Observable<readonly unknown[]>) => Observable<readonly unknown[]>,
) => {
  const calls: string[] = [];
  const told: string[] = [];
  marbles(({ hot, expectObservable }) => {
    const signal$ = hot(signals, heard);
    const connection = fakeConnection(
      signal$,
      call => {
        if (call.member === 'GetNameOwner') return [':1.1'];
        calls.push(`${call.member} ${String(call.body?.[0])}`);
        return answer(call);
      },
      (answered$, { member }) => (member.endsWith('Unit') && latency ? latency(answered$) : answered$),
    );
    const outcome$ = createStarts(fakeBus(of(connection)))(routable(starts)) ?? NEVER;
    const shown$ = outcome$.pipe(
      map(outcome => {
        if (outcome.kind === 'unit-job')
          told.push(
            [outcome.duration, outcome.job, outcome.unit, outcome.result, outcome.error]
              .filter(one => one !== undefined)
              .join(' '),
          );
        return '';
      }),
    );
    expectObservable(shown$, '20s !');
  })();
  return { calls, told };
};

describe('units that an event starts', () => {
  test('one after the other, each once the job of the one before has ended', () => {
    expect(
      play([start('a.service'), start('b.service', 'restart')], '-----a----b', {
        a: ended('/job/a.service', 'a.service', 'done'),
        b: ended('/job/b.service', 'b.service', 'failed'),
      }),
    ).toEqual({
      calls: ['StartUnit a.service', 'RestartUnit b.service'],
      told: ['5 start a.service done', '5 restart b.service failed'],
    });
  });

  test('an end that is told before the reply to the call counts', () => {
    const late = (answered$: Observable<readonly unknown[]>) => timer(4).pipe(mergeMap(() => answered$));
    const { told } = play(
      [start('a.service')],
      '--a',
      { a: ended('/job/a.service', 'a.service', 'done') },
      undefined,
      late,
    );
    expect(told).toEqual(['4 start a.service done']);
  });

  test('the end of another job of the unit, or one that a stranger tells, is none of ours', () => {
    const { told } = play([start('a.service')], '-xy----a', {
      x: ended('/job/other', 'a.service', 'canceled'),
      y: ended('/job/a.service', 'a.service', 'failed', ':1.66'),
      a: ended('/job/a.service', 'a.service', 'done'),
    });
    expect(told).toEqual(['7 start a.service done']);
  });

  test('nobody waits longer than for a script; then comes the next', () => {
    const { told, calls } = play([start('a.service'), start('b.service')], '-', {});
    expect(told).toEqual(['5000 start a.service running', '5000 start b.service running']);
    expect(calls).toHaveLength(2);
  });

  test('what is refused is an outcome with advice, and the next one is started', () => {
    const answer: Answer = ({ body = [] }) =>
      body[0] === 'a.service' ? { errorName: 'org.freedesktop.DBus.Error.AccessDenied' } : ['/job/b.service'];
    const { told } = play(
      [start('a.service'), start('b.service')],
      '--b',
      { b: ended('/job/b.service', 'b.service', 'done') },
      answer,
    );
    expect(told).toEqual([
      expect.stringMatching(
        /^0 start a\.service refused .*install the polkit rule that `network-broker polkit` prints$/,
      ),
      '2 start b.service done',
    ]);
  });

  test('an event that starts none has nothing put behind it', () => {
    expect(createStarts(fakeBus(NEVER))(routable([]))).toBeUndefined();
  });
});
