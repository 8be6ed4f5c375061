import { test } from '@jest/globals';
import { asyncScheduler, Observable, takeUntil } from 'rxjs';
import { after } from '../../../src/operators/after.js';
import { marbles } from '../../../src/testing/marbles.js';

test(
  'one value when the time is over',
  marbles(({ expectObservable }) => {
    expectObservable(after(4)).toBe('----(0|)', [0]);
  }),
);

test(
  'what happened at that very moment, but is told after the timer, comes first',
  marbles(({ expectObservable }) => {
    const result = new Observable<0>(out => {
      const late$ = after(4);
      const told$ = new Observable<unknown>(told => asyncScheduler.schedule(() => told.next(undefined), 4));
      // The timer is older than what it waits for.
      return late$.pipe(takeUntil(told$)).subscribe(out);
    });
    expectObservable(result).toBe('----|');
  }),
);
