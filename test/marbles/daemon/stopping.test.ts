import { expect, test } from '@jest/globals';
import { TestScheduler } from 'rxjs/testing';
import { giveUp } from '../../../src/daemon/stopping.js';

const values = { r: 'signalled again', t: 'took too long' };
const diagram = (ask: string, expected: string, subscription = '^'): void => {
  new TestScheduler((a, b) => expect(a).toEqual(b)).run(({ hot, expectObservable }) => {
    expectObservable(giveUp(hot(ask)), subscription).toBe(expected, values);
  });
};

test('asked once, it waits 80 seconds', () => {
  diagram('a', '80s (t|)');
  diagram('-- a', '-- 80s (t|)');
});

test('asked again, it waits no longer', () => {
  diagram('a 4999ms a', '5s (r|)');
});

test('what comes within a second of the first time is its echo', () => {
  diagram('a 200ms a 700ms a', '80s (t|)');
  diagram('a 200ms a 1s a 1s a', '1202ms (r|)');
});

test('asked with nothing after it, it still gives up', () => {
  diagram('a|', '80s (t|)');
});

test('never asked, it never gives up; an empty stream and an error pass', () => {
  diagram('-', '-');
  diagram('|', '|');
  diagram('--#', '--#');
});

test('unsubscribed, it gives up its timers', () => {
  diagram('a', '-', '^ 10s !');
  new TestScheduler((a, b) => expect(a).toEqual(b)).run(({ hot, expectSubscriptions, expectObservable }) => {
    const ask$ = hot('a 4999ms a');
    expectObservable(giveUp(ask$), '^ 2s !').toBe('-');
    expectSubscriptions(ask$.subscriptions).toBe(['(^!)', '^ 2s !']);
  });
});
