import { expect, test } from '@jest/globals';
import { tap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { config$ } from '../../../src/config/load.js';
import { defaults } from '../../../src/config/schema.js';
import { fault } from '../../../src/model/fault.js';

const c = { ...defaults, scripts: { timeoutSec: 1, maxParallel: 1 } };
const bad = fault('error', 'config-value', 'broker.toml:1: …');
const unknown = fault('warn', 'config-unknown', 'broker.toml:2: …');

/** Reloads as the diagram says: r reads c, w reads c with a warning, x reads an error. Returns the codes reported. */
const reloading = (source: string, expected: string, unsubscribe?: string): readonly string[] => {
  const reported: string[] = [];
  new TestScheduler((a, b) => expect(a).toEqual(b)).run(({ hot, expectObservable, expectSubscriptions }) => {
    const read = {
      r: { config: c, faults: [] },
      w: { config: c, faults: [unknown] },
      x: { config: undefined, faults: [bad, unknown] },
    };
    let next: (typeof read)['r' | 'w' | 'x'] = read.r;
    const reload$ = hot(source, read);
    const result$ = config$(
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
