import { isDeepStrictEqual } from 'node:util';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { showDifference, type Values } from './show-difference.js';

const isNoLetter = (sign: string): boolean => ' -()^!|#'.includes(sign);
const isTime = /(^|\s)[\d.]+(ms|s|m)(?=\s|$)/g;

/** A letter that stands for nothing would be undefined, and fail far from here. */
const check = (diagram: string, values: unknown): void => {
  if (typeof values !== 'object' || values === null) return;
  const unknown = Array.from(diagram.replace(isTime, ' ')).find(sign => !isNoLetter(sign) && !(sign in values));
  if (unknown === undefined) return;
  const known = Object.keys(values).join(', ');
  throw new Error(`the diagram '${diagram.trim()}' has ${unknown}, which stands for nothing: expected one of ${known}`);
};

/** The same helpers, which know the letters of the test. */
const withLetters = (helpers: RunHelpers, learn: (values: unknown) => void): RunHelpers => ({
  ...helpers,
  hot: (diagram, values, error) => {
    check(diagram, values);
    return helpers.hot(diagram, values, error);
  },
  cold: (diagram, values, error) => {
    check(diagram, values);
    return helpers.cold(diagram, values, error);
  },
  expectObservable: (observable, subscription) => {
    const expectation = helpers.expectObservable(observable, subscription);
    return {
      ...expectation,
      toBe: (diagram, values: unknown, error) => {
        check(diagram, values);
        learn(values);
        expectation.toBe(diagram, values, error);
      },
    };
  },
});

/**
 * Runs a marble test in virtual time. Returns a plain function, so it suits any test runner:
 * `test('drops what …', marbles(({ hot, expectObservable }) => { … }))`. One character is one frame is one millisecond.
 * On failure the expected and the found diagram stand above one another, in the letters of the test, the first difference
 * marked.
 */
export const marbles =
  (body: (helpers: RunHelpers) => void): (() => void) =>
  () => {
    let letters: Values = {};
    const scheduler = new TestScheduler((found: unknown, expected: unknown) => {
      if (!isDeepStrictEqual(found, expected)) throw new Error(showDifference(expected, found, letters));
    });
    scheduler.run(helpers =>
      body(
        withLetters(helpers, values => {
          letters = { ...letters, ...(typeof values === 'object' ? values : {}) };
        }),
      ),
    );
  };
