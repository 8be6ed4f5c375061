import { describe, expect, test } from '@jest/globals';
import { connect, delay, filter, map, merge, type Observable, switchMap } from 'rxjs';
import { feedback } from '../../../src/operators/feedback.js';
import { marbles } from '../../../src/testing/marbles.js';
import { testLaws } from '../laws.js';

const isSmall = (text: string): boolean => text === text.toLowerCase();

/** Adds what is heard, as a capital, 3 frames later; only small letters go back. */
const withEcho = (source: Observable<string>): Observable<string> =>
  feedback<string, string>((back$, back) =>
    merge(
      source,
      back$.pipe(
        delay(3),
        map(text => text.toUpperCase()),
      ),
    ).pipe(connect(all$ => merge(all$, all$.pipe(filter(isSmall), back)))),
  );

describe('feedback', () => {
  testLaws<string, string>(
    () => source => feedback<string, string>((_, back) => source.pipe(connect(s$ => merge(s$, s$.pipe(back))))),
  );

  test(
    'what goes back is heard at the beginning',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-a-----b-----');
      const expected = '  -a--A--b--B--';
      expectObservable(withEcho(source)).toBe(expected);
    }),
  );

  test(
    'nothing comes of it but what is heard, and what is heard ends with it',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-|');
      expectObservable(feedback<string, string>((back$, back) => merge(back$, source.pipe(back)))).toBe('-a-b-|');
      expectSubscriptions(source.subscriptions).toBe('^----!');
    }),
  );

  test(
    'who listens later hears the newest at once',
    marbles(({ cold, hot, expectObservable }) => {
      const source = cold('-a-b------|');
      const late = hot('   ------(x|)');
      const expected = '   ------b---|';
      const flow$ = feedback<string, string>((back$, back) =>
        merge(late.pipe(switchMap(() => back$)), source.pipe(back)),
      );
      expectObservable(flow$).toBe(expected);
    }),
  );

  test('each subscriber has a circle of its own', () => {
    const heard: string[] = [];
    marbles(({ cold, expectObservable }) => {
      const flow$ = feedback<string, string>((back$, back) => {
        heard.push('begun');
        return merge(back$, cold('-a-|').pipe(back));
      });
      expectObservable(flow$).toBe('-a-|');
      expectObservable(flow$, '--^').toBe('---a-|');
    })();
    expect(heard).toEqual(['begun', 'begun']);
  });
});
