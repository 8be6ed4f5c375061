import { test } from '@jest/globals';
import { tap } from 'rxjs';
import { type Loaded } from '../../../src/daemon/load-config.js';
import { corrections } from '../../../src/daemon/corrections.js';
import { fault } from '../../../src/model/fault.js';
import { defaults } from '../../../src/config/schema.js';
import { marbles } from '../../../src/testing/marbles.js';

const read = (text: string, why?: string): Loaded => ({
  config: why === undefined ? defaults : undefined,
  faults: why === undefined ? [] : [fault('config-value', why)],
  texts: [{ file: '/etc/nb.toml', text }],
});
const wrong = read('wrong', 'expected …');
const other = read('other', 'expected …');
const right = read('right');

/** What is read when the directories change as the diagrams say; `at` says what the file holds by then. */
const reading = (present: Loaded, at: (now: number) => Loaded, expected: string, ...diagrams: readonly string[]) =>
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    let now = 0;
    const changes = diagrams.map(diagram => cold<undefined>(diagram));
    const directories = changes.map((_, nth) => String(nth));
    const load = () => at(now);
    const watch = { changes: (directory: string) => changes[Number(directory)]! };
    const clock = cold('a 999ms b 999ms c 999ms d', { a: 0, b: 1, c: 2, d: 3 });
    clock.pipe(tap(second => (now = second))).subscribe();
    expectObservable(corrections(directories, present, load, watch), '^ 3500ms !').toBe(expected, {
      r: right,
      o: other,
    });
    for (const change of changes) expectSubscriptions(change.subscriptions).toBe('^ 3500ms !');
  });

test(
  'what is the same as before is nothing new',
  reading(wrong, () => wrong, '-', 'x 1s x', 'x 2s x 10ms x'),
);

test(
  'what is written is read when nothing has happened for 200 ms, in any of the directories',
  reading(wrong, now => (now < 1 ? wrong : right), '1300ms r', 'x 999ms x 49ms x', 'x 1099ms x'),
);

test(
  'what is wrong in another way is told, and then what is right',
  reading(wrong, now => (now < 1 ? wrong : now < 2 ? other : right), '1200ms o 999ms r', 'x 999ms x 999ms x'),
);

test(
  'what was written before anybody watched is seen',
  reading(wrong, () => right, '200ms r', 'x'),
);

test(
  'who cannot watch errs',
  marbles(({ cold, expectObservable }) => {
    const full = new Error('ENOSPC');
    const watch = { changes: () => cold<undefined>('--#', {}, full) };
    expectObservable(corrections(['/etc'], wrong, () => wrong, watch)).toBe('--#', {}, full);
  }),
);
