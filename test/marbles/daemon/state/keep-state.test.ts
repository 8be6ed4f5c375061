import { describe, expect, test } from '@jest/globals';
import { EMPTY, type Observable, throwError } from 'rxjs';
import { type Acted, nothingActed } from '../../../../src/model/checkpoint.js';
import { keepState } from '../../../../src/daemon/state/keep-state.js';
import { parseState } from '../../../../src/daemon/state/state-json.js';
import { fault } from '../../../../src/model/fault.js';
import { marbles } from '../../../../src/testing/marbles.js';

const full = new Error('state.json: no space left');

/** A file in memory; `isFull` may change. */
const memory = () => {
  const file = { text: '', written: 0, isFull: false };
  const call = (change: () => void): Observable<never> => {
    if (file.isFull) return throwError(() => full);
    change();
    return EMPTY;
  };
  return {
    file,
    write: (text: string) =>
      call(() => {
        file.text = text;
        file.written += 1;
      }),
    append: (text: string) =>
      file.text === '' ? throwError(() => new Error('nothing there')) : call(() => (file.text += text)),
  };
};
const acted = (lastId: number, links = 1): Acted => ({
  ...nothingActed,
  lastId,
  links: new Map(Array.from({ length: links }, (_, nth) => [nth + 1, { OperationalState: 'routable' }])),
});
const never = (): void => undefined;
const unwritten = fault(
  'state-unwritten',
  `the state could not be saved: ${full.message}; after a restart, scripts run again for the current states`,
  full,
);

describe('keepState', () => {
  test(
    'the first is written whole, what comes then is added, and all is read back',
    marbles(({ expectObservable, flush }) => {
      const { file, write, append } = memory();
      const keep = keepState({ write, append }, 'boot');
      for (const nth of [1, 2, 3]) {
        expectObservable(keep(acted(nth, nth), never)).toBe('|');
        flush();
        expect(parseState(file.text, 'boot')).toEqual(acted(nth, nth));
      }
      expect(file.written).toBe(1);
      expect(file.text.trim().split('\n')).toHaveLength(3);
    }),
  );

  test(
    'a file that has grown is written anew',
    marbles(({ flush }) => {
      const { file, write, append } = memory();
      const keep = keepState({ write, append }, 'boot');
      for (let nth = 1; nth <= 200; nth += 1) keep(acted(nth, 20), never).subscribe();
      flush();
      expect(parseState(file.text, 'boot')).toEqual(acted(200, 20));
      expect(file.written).toBeGreaterThan(1);
      expect(file.written).toBeLessThan(10);
    }),
  );

  test(
    'a file that is full is a fault; when there is room again, all is written',
    marbles(({ expectObservable, flush }) => {
      const { file, write, append } = memory();
      const keep = keepState({ write, append }, 'boot');
      expectObservable(keep(acted(1), never)).toBe('|');
      flush();
      file.isFull = true;
      expectObservable(keep(acted(2, 2), never)).toBe('(f|)', { f: unwritten });
      flush();
      file.isFull = false;
      expectObservable(keep(acted(3, 2), never)).toBe('|');
      flush();
      expect(parseState(file.text, 'boot')).toEqual(acted(3, 2));
      expect(file.written).toBe(2);
    }),
  );

  test(
    'what could not be saved is tried again, ever more slowly, and not for ever',
    marbles(({ flush }) => {
      const { file, write, append } = memory();
      const keep = keepState({ write, append }, 'boot');
      const rests: number[] = [];
      const again = (ms: number) => rests.push(ms);
      file.isFull = true;
      for (let nth = 1; nth <= 12; nth += 1) keep(acted(1), again).subscribe();
      flush();
      expect(rests).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512].map(seconds => seconds * 1000));
      file.isFull = false;
      keep(acted(1), again).subscribe();
      expect(rests).toHaveLength(10);
      file.isFull = true;
      keep(acted(2), again).subscribe();
      expect(rests.at(-1)).toBe(1000);
    }),
  );

  test(
    'that it cannot be saved is said once, and anew after it could be',
    marbles(({ expectObservable, flush }) => {
      const { file, write, append } = memory();
      const keep = keepState({ write, append }, 'boot');
      const told = (nth: number, isFull: boolean, expected: string): void => {
        file.isFull = isFull;
        expectObservable(keep(acted(nth, nth), never)).toBe(expected, { f: unwritten });
        flush();
      };
      told(1, true, '(f|)');
      told(2, true, '|');
      told(3, false, '|');
      told(4, true, '(f|)');
      told(5, true, '|');
    }),
  );
});
