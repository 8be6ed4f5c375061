import { isDeepStrictEqual } from 'node:util';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { showDifference } from './show-difference.js';

/**
 * Runs a marble test in virtual time. Returns a plain function, so it suits any test runner:
 * `test('drops what …', marbles(({ hot, expectObservable }) => { … }))`. One character is one frame is one millisecond.
 * On failure the expected and the found diagram stand above one another, the first difference marked.
 */
export const marbles =
  (body: (helpers: RunHelpers) => void): (() => void) =>
  () => {
    const scheduler = new TestScheduler((found: unknown, expected: unknown) => {
      if (!isDeepStrictEqual(found, expected)) throw new Error(showDifference(expected, found));
    });
    scheduler.run(body);
  };
