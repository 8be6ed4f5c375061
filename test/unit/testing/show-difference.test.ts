import { describe, expect, test } from '@jest/globals';
import { map } from 'rxjs';
import { linkState } from '../../../src/testing/events.js';
import { marbles } from '../../../src/testing/marbles.js';
import { steps } from '../../../src/testing/steps.js';

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
});
