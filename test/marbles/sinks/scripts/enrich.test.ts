import { describe, expect, test } from '@jest/globals';
import { EMPTY, of, throwError } from 'rxjs';
import { type Enrich, enrichAll } from '../../../../src/sinks/scripts/enrich.js';
import { link, linkState, step } from '../../../../src/testing/builders.js';
import { marbles } from '../../../../src/testing/marbles.js';

const event = step(5, linkState(link(2, 'eth0'), { CarrierState: 'carrier' }));
const a: Enrich = () => of({ A: '1', BOTH: 'a' });
const b: Enrich = () => of({ B: '2', BOTH: 'b' });

describe('enrichAll', () => {
  test(
    'all variables of all of them, when the last has come; a later one counts',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const slow = cold('        ---a--', { a: { A: '1' } });
      const held = cold('        b-----', { b: { B: '2' } });
      const subs = '             ^----!';
      const result = enrichAll([() => slow, () => held, b])(event, () => undefined);
      expectObservable(result, subs).toBe('---x', { x: { A: '1', B: '2', BOTH: 'b' } });
      expectSubscriptions(slow.subscriptions).toBe(subs);
      expectSubscriptions(held.subscriptions).toBe(subs);
    }),
  );

  test(
    'one that has nothing for this event is not waited for',
    marbles(({ expectObservable }) => {
      const result = enrichAll([() => EMPTY, a])(event, () => undefined);
      expectObservable(result).toBe('(x|)', { x: { A: '1', BOTH: 'a' } });
    }),
  );

  test(
    'nobody, or nobody who has anything: no variables',
    marbles(({ expectObservable }) => {
      expectObservable(enrichAll([])(event, () => undefined)).toBe('|');
      expectObservable(enrichAll([() => EMPTY])(event, () => undefined)).toBe('(x|)', { x: {} });
    }),
  );

  test.each<[string, Enrich]>([
    ['errors', () => throwError(() => new Error('broken'))],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
  ])('one that %s is reported, and the others go on', (_, bad) => {
    const faults: string[] = [];
    marbles(({ expectObservable }) => {
      const result = enrichAll([bad, b])(event, ({ code, message }) => faults.push(`${code}: ${message}`));
      expectObservable(result).toBe('(x|)', { x: { B: '2', BOTH: 'b' } });
    })();
    expect(faults).toEqual(['variables-missing: event 5: its scripts run without some variables: broken']);
  });
});
