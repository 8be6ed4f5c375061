import { describe, expect, test } from '@jest/globals';
import { asyncScheduler, defer, delay, map, type Observable, of, take, tap, timer } from 'rxjs';
import type { World } from '../../../../src/model/world.js';
import { reconcile } from '../../../../src/sinks/reconcile/reconcile.js';
import {
  type Access,
  type Action,
  patiently,
  type Refused,
  type Target,
} from '../../../../src/sinks/reconcile/target.js';
import { config, world } from '../../../../src/testing/builders.js';
import { marbles } from '../../../../src/testing/marbles.js';

/** A World that calls for these objects: `a=1 b=2`. */
const wants = (...objects: readonly string[]): World => world([], config({ network: { links: objects } }));
const mapOf = (objects: readonly string[]): Map<string, string> =>
  new Map(objects.map(object => object.split('=') as [string, string]));

interface Play {
  /** what is there at first, as anybody's */
  readonly there?: readonly string[];
  readonly inherited?: readonly string[];
  readonly access$?: Observable<Access>;
  /** how long an application takes */
  readonly takes?: number;
  readonly refuses?: (action: string, now: number) => Refused | undefined;
  readonly others?: Readonly<Record<number, (there: Map<string, string>) => void>>;
  readonly frames?: number;
}

/** What is done to a target whose objects are a map, in virtual time. */
const play = (
  diagram: string,
  worlds: Record<string, World>,
  {
    there: first = [],
    inherited = [],
    access$ = of({ id: 'once' }),
    takes = 0,
    refuses = () => undefined,
    others = {},
    frames = 9000,
  }: Play = {},
) => {
  const there = mapOf(first);
  const log: string[] = [];
  const faults: string[] = [];
  let isComplete = false;
  const note = (text: string): void => {
    log.push(`${asyncScheduler.now()} ${text}`);
  };
  const apply = ({ key, contents, text }: Action<undefined>): Refused | undefined => {
    const refused = refuses(text, asyncScheduler.now());
    note(refused === undefined ? text : `${text} refused`);
    if (refused === undefined && contents === '') there.delete(key);
    else if (refused === undefined) there.set(key, contents);
    return refused;
  };
  marbles(({ hot, expectObservable }) => {
    for (const [time, act] of Object.entries(others)) asyncScheduler.schedule(() => act(there), Number(time));
    const target: Target<ReadonlyMap<string, string>, Access, ReadonlyMap<string, string>, undefined> = {
      name: 'a map',
      isSameWorld: (a, b) => a === b,
      desired: ({ config: settings }) => mapOf(settings?.network.links ?? []),
      isSame: (a, b) => JSON.stringify([...a]) === JSON.stringify([...b]),
      isNothing: desired => desired.size === 0,
      inherited: () => mapOf(inherited),
      access: () => access$,
      actual: () => of(new Map(there)),
      diff: ({ desired, actual, ours, access }) => {
        const action = (key: string, contents: string): Action<undefined> => ({
          change: undefined,
          key,
          contents,
          text: contents === '' ? `remove ${key}` : `set ${key}=${contents}`,
        });
        const isSure = (key: string): boolean => ours.get(key)?.by === access.id || !ours.has(key);
        return {
          actions: [
            ...[...desired]
              .filter(([key, value]) => actual.get(key) !== value || !isSure(key))
              .map(set => action(...set)),
            ...[...ours.keys()].filter(key => !desired.has(key)).map(key => action(key, '')),
          ],
          conflicts: [],
          desired,
          told: () => [],
        };
      },
      apply: (_, actions) => defer(() => of(actions.map(apply))).pipe(delay(takes)),
      retry: patiently,
      unread: error => ({ refused: { message: String(error), isFinal: false }, retry: patiently }),
      failed: failures =>
        failures.map(({ action, refused }) => ({
          kind: 'fault',
          severity: 'error',
          code: 'refused',
          message: `${action?.text ?? 'reading'}: ${refused.message}`,
        })),
      undone: actions =>
        actions.map(({ text }) => ({ kind: 'fault', severity: 'warn', code: 'undone', message: `undone: ${text}` })),
    };
    const result$ = hot(diagram, worlds).pipe(
      reconcile(target, ({ message }) => faults.push(`${asyncScheduler.now()} ${message}`)),
      tap({ complete: () => (isComplete = true) }),
    );
    expectObservable(result$, `${frames}ms !`);
  })();
  return { log, faults, there: [...there].map(([key, value]) => `${key}=${value}`), isComplete };
};

describe('reconcile', () => {
  test('sets what is called for, and withdraws what is not any more, in the order of the plan', () => {
    const { log, there } = play('a-b', { a: wants('x=1', 'y=1'), b: wants('y=2', 'z=1') }, { there: ['foreign=1'] });
    expect(log).toEqual(['0 set x=1', '0 set y=1', '2 set y=2', '2 set z=1', '2 remove x']);
    expect(there).toEqual(['foreign=1', 'y=2', 'z=1']);
  });

  test('asks nobody while nothing is called for and nothing is ours', () => {
    expect(play('a-b', { a: wants(), b: wants('x=1') }).log).toEqual(['2 set x=1']);
  });

  test('withdraws what an earlier run left and nothing calls for', () => {
    expect(play('a', { a: wants('y=1') }, { inherited: ['x=1'], there: ['x=1'] }).log).toEqual([
      '0 set y=1',
      '0 remove x',
    ]);
  });

  test('never cuts a pass short, and then goes on with the newest World only', () => {
    const { log } = play('a-b-c', { a: wants('x=1'), b: wants('x=2'), c: wants('x=3') }, { takes: 9 });
    expect(log).toEqual(['0 set x=1', '9 set x=3']);
  });

  test('one failure keeps nothing else from being done; it is tried again in its time, and told once', () => {
    const refuses = (action: string, now: number): Refused | undefined =>
      action.includes('x') && now < 5000 ? { message: 'not now', isFinal: false } : undefined;
    const { log, faults } = play('a 4999ms b', { a: wants('x=1', 'y=1'), b: wants('x=1', 'y=2') }, { refuses });
    expect(log).toEqual([
      '0 set x=1 refused',
      '0 set y=1',
      '1000 set x=1 refused',
      '2000 set x=1 refused',
      '5000 set x=1',
      '5000 set y=2',
    ]);
    expect(faults).toEqual(['2000 set x=1: not now']);
  });

  test('what is refused for good waits until something else is called for', () => {
    const refuses = (action: string): Refused | undefined =>
      action === 'set x=1' ? { message: 'never', isFinal: true } : undefined;
    const { log, faults } = play(
      'a-b-c',
      { a: wants('x=1'), b: wants('x=1', 'y=1'), c: wants('x=2', 'y=1') },
      { refuses },
    );
    expect(log).toEqual(['0 set x=1 refused', '2 set y=1', '4 set x=2']);
    expect(faults).toEqual(['0 set x=1: never']);
  });

  test('what could not be withdrawn is tried again', () => {
    const refuses = (action: string, now: number): Refused | undefined =>
      action === 'remove x' && now < 1500 ? { message: 'not now', isFinal: false } : undefined;
    const { log, there } = play('a-b', { a: wants('x=1'), b: wants() }, { refuses });
    expect(log).toEqual(['0 set x=1', '2 remove x refused', '1002 remove x refused', '2002 remove x']);
    expect(there).toEqual([]);
  });

  test('what somebody undoes is put back, and said; a new access takes nothing for granted, and blames nobody', () => {
    const undoing = play(
      'a-b',
      { a: wants('x=1'), b: wants('x=1', 'y=1') },
      { others: { 1: there => there.delete('x') } },
    );
    expect(undoing.log).toEqual(['0 set x=1', '2 set x=1', '2 set y=1']);
    expect(undoing.faults).toEqual(['2 undone: set x=1']);
    const restarted = play(
      'a',
      { a: wants('x=1') },
      {
        access$: timer(0, 3).pipe(
          map(nth => ({ id: String(nth) })),
          take(2),
        ),
      },
    );
    expect(restarted.log).toEqual(['0 set x=1', '3 set x=1']);
    expect(restarted.faults).toEqual([]);
  });

  test('on stop things stay as they are', () => {
    const { there, isComplete } = play('a-|', { a: wants('x=1') });
    expect(there).toEqual(['x=1']);
    expect(isComplete).toBe(true);
  });
});
