import { describe, expect, test } from '@jest/globals';
import { noop, Observable, tap } from 'rxjs';
import { subscribedAs } from '../../../src/extensions/subscribed-as.js';
import { contexts } from '../../../src/system/async-contexts.js';
import { marbles } from '../../../src/testing/marbles.js';

const whose = (): string => contexts.current()?.name ?? 'daemon';

describe('subscribedAs', () => {
  test.each([
    ['-a-b-|', '-a-b-|'],
    ['-a-#  ', '-a-#  '],
    ['(a|)  ', '(a|)  '],
  ])('passes on what comes: %s', (source, expected) => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold(source).pipe(subscribedAs(contexts, { name: 'x' }))).toBe(expected);
    })();
  });

  test(
    'unsubscribes with its subscriber',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('-a-b-c-');
      expectObservable(source$.pipe(subscribedAs(contexts, { name: 'x' })), '^--!').toBe('-a--');
      expectSubscriptions(source$.subscriptions).toBe('^--!');
    }),
  );

  test('the source is subscribed to and left as the owner, what it tells is heard as the subscriber', () => {
    const seen: string[] = [];
    const source$ = new Observable<string>(out => {
      seen.push(`subscribed as ${whose()}`);
      out.next('value');
      return () => seen.push(`left as ${whose()}`);
    });
    const heard = source$.pipe(
      tap(() => seen.push(`passed by ${whose()}`)),
      subscribedAs(contexts, { name: 'x' }),
      tap(value => seen.push(`${value} heard by ${whose()}`)),
      subscribedAs(contexts, undefined),
    );
    contexts.run({ name: 'y' }, () =>
      heard.subscribe({ next: () => seen.push(`and by ${whose()}`), error: noop }).unsubscribe(),
    );
    expect(seen).toEqual(['subscribed as x', 'passed by x', 'value heard by daemon', 'and by y', 'left as x']);
    expect(whose()).toBe('daemon');
  });
});
