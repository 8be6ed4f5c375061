import { describe, expect, test } from '@jest/globals';
import { config, Subject, Subscriber } from 'rxjs';
import { trampoline } from '../../../src/operators/trampoline.js';
import { marbles } from '../../../src/testing/marbles.js';
import { testLaws } from '../laws.js';

describe('trampoline', () => {
  testLaws(trampoline);

  test(
    'passes on what nobody echoes',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-(bc)-|');
      const subs = '      ^-------!';
      const expected = '  -a-(bc)-|';
      expectObservable(source.pipe(trampoline())).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  const heard = (echo: (value: string, source: Subject<string>) => void): readonly string[] => {
    const source = new Subject<string>();
    const seen: string[] = [];
    source.pipe(trampoline()).subscribe({
      next: value => {
        seen.push(`<${value}`);
        echo(value, source);
        seen.push(`${value}>`);
      },
      error: () => seen.push('#'),
      complete: () => seen.push('|'),
    });
    source.next('a');
    source.next('b');
    return seen;
  };

  test('an echo waits until what it answers has been everywhere', () => {
    const echo = (value: string, source: Subject<string>): void => {
      if (value === 'a') ['A', 'B'].forEach(each => source.next(each));
    };
    expect(heard(echo)).toEqual(['<a', 'a>', '<A', 'A>', '<B', 'B>', '<b', 'b>']);
  });

  test('the end and an error wait for what was echoed before them', () => {
    const end = (value: string, source: Subject<string>): void => {
      if (value !== 'a') return;
      source.next('A');
      source.complete();
    };
    expect(heard(end)).toEqual(['<a', 'a>', '<A', 'A>', '|']);
    const fail = (value: string, source: Subject<string>): void => {
      if (value !== 'a') return;
      source.next('A');
      source.error(new Error('no more'));
    };
    expect(heard(fail)).toEqual(['<a', 'a>', '<A', 'A>', '#']);
  });

  test(
    'unsubscribing unsubscribes',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-');
      expectObservable(source.pipe(trampoline()), '^-!').toBe('-a-');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    }),
  );

  test('what is thrown where the stack is full does not hold back what comes later', async () => {
    const source = new Subject<string>();
    const seen: string[] = [];
    const unhandled = new Promise(resolve => (config.onUnhandledError = resolve));
    const full = new RangeError('the stack is full');
    const hearer = new (class extends Subscriber<string> {
      override next(value: string): void {
        if (value === 'deep') throw full; // as anything may there
        seen.push(value);
      }
    })();
    source.pipe(trampoline()).subscribe(hearer);
    source.next('deep');
    source.next('later');
    expect(seen).toEqual(['later']);
    expect(await unhandled).toBe(full);
    config.onUnhandledError = null;
  });
});
