import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../../../src/model/fault.js';
import type { Outcome } from '../../../../src/model/outcome.js';
import type { SleepEvent } from '../../../../src/model/event.js';
import type { World } from '../../../../src/model/world.js';
import { delaySleep } from '../../../../src/sinks/scripts/delay-sleep.js';
import { linkState } from '../../../../src/testing/events.js';
import { step } from '../../../../src/testing/builders.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { emptyWorld } from '../../../../src/world/advance.js';

const world = (scripts: number): World => ({
  ...emptyWorld,
  progress: { ...emptyWorld.progress, scripts: new Map([['suspend.d', scripts]]) },
});
const sleep = (action: SleepEvent['action']) => step(1, { kind: 'sleep', action });
const outcomes: Record<string, Outcome> = {
  b: { kind: 'began', step: sleep('suspend') },
  d: { kind: 'done', step: sleep('suspend') },
  r: { kind: 'began', step: sleep('resume') },
  e: { kind: 'done', step: sleep('resume') },
  l: { kind: 'done', step: step(2, linkState('eth0', 'routable')) },
};
const worlds = { n: world(0), w: world(1), x: world(2) };

describe('delaySleep', () => {
  const held = (diagram: string, told: string, subs: string[]): (() => void) =>
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const inhibit$ = cold<never>('-');
      const outcome$ = hot(told, outcomes);
      expectObservable(outcome$.pipe(delaySleep(inhibit$, hot(diagram, worlds), () => undefined))).toBe(told, outcomes);
      expectSubscriptions(inhibit$.subscriptions).toBe(subs);
    });

  test(
    'the lock is held while there are scripts in suspend.d, and let go when those of a suspend have ended, until the resume',
    held('-w---------------', '---b-l-d----r-e-|', ['-^-----!', '------------^---!']),
  );
  test('without a script in suspend.d there is none', held('n--w-x--n-', '-----l---|', ['---^----!']));
  test(
    'after a suspend without an event of its end, the next resume takes it again',
    held('w-----', '-d-e-|', ['^!', '---^-!']),
  );

  test(
    'one that cannot be had is a fault, is tried again after a resume, and keeps no outcome back',
    marbles(({ hot, cold, expectObservable, expectSubscriptions, flush }) => {
      const faults: Fault[] = [];
      const inhibit$ = cold<never>('-#', undefined, new Error('systemd-inhibit ended (1)'));
      const outcome$ = hot('---b-d-r-|', outcomes);
      expectObservable(outcome$.pipe(delaySleep(inhibit$, hot('w', worlds), one => faults.push(one)))).toBe(
        '---b-d-r-|',
        outcomes,
      );
      expectSubscriptions(inhibit$.subscriptions).toBe(['^!', '-------^!']);
      flush();
      expect(faults.map(({ code, message }) => `${code}: ${message}`)).toEqual(
        Array(2).fill(
          'sleep-undelayed: the computer does not wait with its sleep for the scripts of suspend.d: systemd-inhibit ended (1)',
        ),
      );
    }),
  );
});
