import { describe, expect, test } from '@jest/globals';
import { defer, EMPTY, lastValueFrom, NEVER, Observable, of, timeout } from 'rxjs';
import type { UnitChange } from '../../../../src/sinks/units/unit-change.js';
import { runChanges } from '../../../../src/sinks/units/run-changes.js';
import type { Action } from '../../../../src/sinks/reconcile/target.js';
import type { LinkFiles } from '../../../../src/system/files/link-files.js';
import { createSlots } from '../../../../src/operators/with-slot.js';
import type { BusConnection } from '../../../../src/system/bus/bus.js';

const action = (change: UnitChange, instance: string): Action<UnitChange> => ({
  change,
  key: `files ${instance}`,
  contents: 'x',
  text: instance,
});
const write = (instance: string): Action<UnitChange> =>
  action({ do: 'write', instance, facts: { env: '', json: '', networkFile: '' } }, instance);
const start = (instance: string): Action<UnitChange> =>
  action({ do: 'start', unit: `link-carrier@${instance}.target` }, instance);
const many = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `eth${n}`);
const answered = new Observable<readonly unknown[]>(out => {
  setTimeout(() => {
    out.next(['/job/1']);
    out.complete();
  });
});

describe('runChanges', () => {
  test('thousands of links that are only described, beside calls that wait, do not grow the stack', async () => {
    let written = 0;
    const linkFiles: LinkFiles = {
      names: () => of([]),
      write: () =>
        defer(() => {
          written += 1;
          return EMPTY;
        }),
      remove: () => EMPTY,
    };
    const connection: BusConnection = { signal$: NEVER, match: () => NEVER, call: () => answered };
    const actions = [...many(40).map(start), ...many(5040).slice(40).map(write)];
    const results = await lastValueFrom(
      runChanges(connection, linkFiles, actions, createSlots()).pipe(timeout(10_000)),
      { defaultValue: [] },
    );
    expect(results.filter(refused => refused !== undefined)).toEqual([]);
    expect(written).toBe(10_000);
  });

  test('at most 32 calls are under way at once', async () => {
    let under = 0;
    let most = 0;
    const call = () =>
      new Observable<readonly unknown[]>(out => {
        most = Math.max(most, (under += 1));
        const timer = setTimeout(() => {
          out.next(['/job/1']);
          out.complete();
        });
        return () => {
          under -= 1;
          clearTimeout(timer);
        };
      });
    const connection: BusConnection = { signal$: NEVER, match: () => NEVER, call };
    const linkFiles: LinkFiles = { names: () => of([]), write: () => EMPTY, remove: () => EMPTY };
    await lastValueFrom(runChanges(connection, linkFiles, many(900).map(start), createSlots()), { defaultValue: [] });
    expect(most).toBe(32);
  });
});
