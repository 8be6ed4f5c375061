import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { map, merge } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import type { Step } from '../../../src/model/world.js';
import { address, lease, linkNews, linkState, routes } from '../../../src/testing/events.js';
import { marbles } from '../../../src/testing/marbles.js';
import { steps } from '../../../src/testing/steps.js';
import { withValue } from '../../../src/world/with-value.js';

const failure = (run: () => void): string => {
  try {
    run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('expected the marble test to fail, and it passed');
};

describe('a marble test that fails', () => {
  test('shows both diagrams above one another and marks the first difference', () => {
    const message = failure(marbles(({ hot, expectObservable }) => expectObservable(hot('--a--b-|')).toBe('--a-b--|')));
    expect(message.split('\n')).toEqual([
      'the diagrams differ',
      '  expected  --a-b--|',
      '  found     --a--b-|',
      '                ^ first difference, at frame 4',
    ]);
  });

  test('shows steps by their events, not by their worlds', () => {
    const values = steps({ a: linkState('ens33', 'routable'), b: linkState('ens33', 'degraded') });
    const message = failure(
      marbles(({ hot, expectObservable }) => expectObservable(hot('-a', values)).toBe('-b', values)),
    );
    expect(message).toContain('= step 1: ens33 link-state OperationalState=routable');
    expect(message).toContain('= step 2: ens33 link-state OperationalState=degraded');
    expect(message).not.toContain('links:');
  });

  test('keeps the letters of the test, and has others for what the test does not know', () => {
    const values = steps({ r: linkState('ens33', 'routable'), d: linkState('ens33', 'degraded') });
    const message = failure(
      marbles(({ hot, expectObservable }) => {
        const seen = steps({ d: linkState('ens33', 'degraded'), o: linkState('ens34', 'off') });
        expectObservable(hot('r-o|', { ...values, ...seen })).toBe('d-r|', values);
      }),
    );
    expect(message.split('\n')).toEqual([
      'the diagrams differ',
      '  expected  d-r|',
      '  found     r-a|',
      '            ^ first difference, at frame 0',
      '  d = step 2: ens33 link-state OperationalState=degraded',
      '  r = step 1: ens33 link-state OperationalState=routable',
      '  a = step 2: ens34 link-state OperationalState=off',
    ]);
  });

  test('is shown in the manual as it is', () => {
    const page = readFileSync(new URL('../../../docs/writing-an-operator.md', import.meta.url), 'utf8');
    const [, shown] = /```text\n(the diagrams differ\n.*?)\n```/s.exec(page) ?? [];
    const values = steps({
      a: address('ens33', '192.0.2.5/24'),
      b: address('ens33', '192.0.2.6/24'),
      o: address('ens34', '198.51.100.7/24'),
      s: linkState('ens33', 'routable'),
    });
    const message = failure(
      marbles(({ hot, expectObservable }) =>
        expectObservable(hot('-a-b-o-s-----b-|', values)).toBe('-a---o-s-----b-|', values),
      ),
    );
    expect(message).toBe(shown);
  });

  test('shows whole seconds as seconds', () => {
    const message = failure(
      marbles(({ hot, expectObservable }) => expectObservable(hot('a 9s b|')).toBe('a 9s 500ms b|')),
    );
    expect(message).toContain('expected  a 9500ms b|');
    expect(message).toContain('found     a 9s b|');
  });

  test('says it when something comes at another time that a group hides', () => {
    const message = failure(
      marbles(({ hot, expectObservable }) => {
        const found = merge(hot('-(ab)'), hot('---c'));
        expectObservable(found).toBe('-(ab)c');
      }),
    );
    expect(message).toContain('at frame 3');
    expect(message).toContain('c was expected at frame 5 and came at frame 3: a group is as long as it is written');
  });

  test('tells events of every kind apart', () => {
    const values = steps({
      a: address('ens33', '192.0.2.5/24'),
      r: routes('ens33', 'added 10.0.0.0/8 via 192.0.2.1 table main'),
      l: lease('ens33', '192.0.2.6'),
      n: linkNews('lan0', 'renamed', 'ens33'),
    });
    const message = failure(
      marbles(({ hot, expectObservable }) => expectObservable(hot('arln', values)).toBe('a---', values)),
    );
    expect(message).toContain('a = step 1: ens33 address added 192.0.2.5/24');
    expect(message).toContain('r = step 2: ens33 route added 10.0.0.0/8 via 192.0.2.1 table main');
    expect(message).toContain('l = step 3: ens33 lease bound 192.0.2.6');
    expect(message).toContain('n = step 4: lan0 link renamed from ens33');
  });

  test.each<[string, (helpers: RunHelpers, values: Record<string, string>) => void]>([
    ['hot', ({ hot }, values) => hot('-a-x|', values)],
    ['cold', ({ cold }, values) => cold('-a 5ms x|', values)],
    ['an expectation', ({ hot, expectObservable }, values) => expectObservable(hot('-a')).toBe('-a-x|', values)],
  ])('names a letter that stands for nothing, in %s', (_, body) => {
    const message = failure(marbles(helpers => body(helpers, { a: '1', b: '2' })));
    expect(message).toMatch(/^the diagram '-a( 5ms |-)x\|' has x, which stands for nothing: expected one of a, b$/);
  });

  test('says where two values differ that look alike', () => {
    const values = steps({ a: linkState('ens33', 'routable', 'degraded') });
    const message = failure(
      marbles(({ hot, expectObservable }) => {
        const result = hot('-a|', values).pipe(map(step => ({ ...step, event: linkState('ens33', 'routable') })));
        expectObservable(result).toBe('-a|', values);
      }),
    );
    expect(message).toContain(
      "they look alike there, but event.previous.OperationalState: expected 'degraded', found undefined",
    );
  });

  test('says in which state of which link two worlds differ', () => {
    const values = steps({ a: linkState('ens33', 'routable') });
    const knowing = (step: Step, state: string): Step => {
      const states = withValue(new Map([[3, {}]]), 2, { OperationalState: state });
      return { ...step, world: { ...step.world, networkd: { ...step.world.networkd, states } } };
    };
    const message = failure(
      marbles(({ hot, expectObservable }) => {
        const result = hot('-a|', values).pipe(map(step => knowing(step, 'carrier')));
        expectObservable(result).toBe('-a|', { a: knowing(values.a, 'routable') });
      }),
    );
    expect(message).toContain("world.networkd.states.2.OperationalState: expected 'routable', found 'carrier'");
  });
});
