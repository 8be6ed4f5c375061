import { expect, test } from '@jest/globals';
import { tap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { reloads, type Loaded } from '../../../src/daemon/load-config.js';
import { defaults } from '../../../src/config/schema.js';
import { fault } from '../../../src/model/fault.js';

const c = { ...defaults, scripts: { timeoutSec: 1, maxParallel: 1, outputLimit: 1 } };
const bad = fault('config-value', 'broker.toml:1: …');
const unknown = fault('config-unknown', 'broker.toml:2: …');

const main = { file: 'broker.toml', text: '[Scripts]' };
const dropIn = { file: 'broker.toml.d/a.toml', text: '[System]' };
const empty = { ...main, text: '' };
const missing = fault('config-missing', 'broker.toml: …');

/**
 * Reloads as the diagram says: r reads c, w reads c with a warning, x reads an error, e finds the file empty or gone, d a
 * drop-in empty, o that drop-in gone. Returns the codes reported.
 */
const reloading = (
  source: string,
  expected: string,
  unsubscribe?: string,
  atStart: 'r' | 'e' = 'r',
): readonly string[] => {
  const reported: string[] = [];
  new TestScheduler((a, b) => expect(a).toEqual(b)).run(({ hot, expectObservable, expectSubscriptions }) => {
    const read = {
      r: { config: c, faults: [], texts: [main, dropIn] },
      w: { config: c, faults: [unknown], texts: [main, dropIn] },
      x: { config: undefined, faults: [bad, unknown], texts: [main, dropIn] },
      e: { config: c, faults: [missing], texts: [empty, dropIn] },
      d: { config: c, faults: [], texts: [main, { ...dropIn, text: '' }] },
      o: { config: c, faults: [], texts: [main] },
    };
    let next: Loaded = read.r;
    const reload$ = hot(source, read);
    const result$ = reloads(
      read[atStart],
      () => next,
      reload$.pipe(tap(r => (next = r))),
      f => reported.push(f.code),
    );
    expectObservable(result$, unsubscribe).toBe(expected, { c });
    if (unsubscribe !== undefined) expectSubscriptions(reload$.subscriptions).toBe(unsubscribe);
  });
  return reported;
};

test('a good reload brings its configuration', () => {
  expect(reloading('--r--r--', '--c--c--')).toEqual([]);
});

test('a bad reload brings none, reports every fault, says that the old one is kept, and the next good one is taken', () => {
  expect(reloading('--r----x----r--', '--c---------c--')).toEqual(['config-value', 'config-unknown', 'config-kept']);
});

test('a file that is empty or gone is being written: the configuration in use is kept until there is something in it', () => {
  expect(reloading('--e--e--r--', '--------c--')).toEqual([
    'config-emptied',
    'config-kept',
    'config-emptied',
    'config-kept',
  ]);
  expect(reloading('--d--r--', '-----c--')).toEqual(['config-emptied', 'config-kept']);
});

test('a drop-in may go, and what was empty before may stay so', () => {
  expect(reloading('--o--', '--c--')).toEqual([]);
  expect(reloading('--e--e--', '--c--c--', undefined, 'e')).toEqual(['config-missing', 'config-missing']);
  expect(reloading('--r--e--', '--c-----', undefined, 'e')).toEqual(['config-emptied', 'config-kept']);
});

test('a reload with warnings is taken and they are reported', () => {
  expect(reloading('--w--', '--c--')).toEqual(['config-unknown']);
});

test('never, empty and error pass', () => {
  expect(reloading('-', '-')).toEqual([]);
  expect(reloading('|', '|')).toEqual([]);
  expect(reloading('--#', '--#')).toEqual([]);
});

test('unsubscribing stops the reloads', () => {
  expect(reloading('--r--r--', '--c-----', '^--!----')).toEqual([]);
});
