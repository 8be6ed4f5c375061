import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connect } from '@network-stack/unix';
import { closeSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstValueFrom, type Observable, ReplaySubject, skip, type Subscription } from 'rxjs';
import { claimFile, netnsLock } from '../../../src/system/netns-lock.js';

// Without nf_tables; with them, and several processes: test/live/policy/policy-lock.test.ts.
let directory = '';
let held: Subscription[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'netns-lock-'));
  held = [];
});
afterEach(() => {
  held.forEach(each => each.unsubscribe());
  rmSync(directory, { recursive: true });
});

const nth = (seen$: Observable<boolean>, n: number) => firstValueFrom(seen$.pipe(skip(n)), { defaultValue: undefined });
const take = (told?: (pid: number | undefined) => void) => {
  const seen$ = new ReplaySubject<boolean>(10);
  const subscription = netnsLock(directory, told, claimFile).hold().subscribe(seen$);
  held.push(subscription);
  return { seen$, subscription };
};

test('one holds it; another is told which process that is, and holds it when that one gives it back', async () => {
  const first = take();
  expect(await nth(first.seen$, 0)).toBe(true);
  const holders: (number | undefined)[] = [];
  const second = take(pid => holders.push(pid));
  expect(await nth(second.seen$, 0)).toBe(false);
  expect(holders).toEqual([process.pid]);
  first.subscription.unsubscribe();
  expect(await nth(second.seen$, 1)).toBe(true);
});

test('of several who wait one holds it, and the others go on waiting', async () => {
  const first = take();
  const waiting = [take(), take(), take()];
  first.subscription.unsubscribe();
  const order: number[] = [];
  for (let n = 0; n < 3; n++) {
    const winner = await Promise.race(
      waiting.map(async ({ seen$ }, which) => {
        if (order.includes(which)) return new Promise<number>(() => undefined);
        for (let at = 0; !(await nth(seen$, at)); at++);
        return which;
      }),
    );
    order.push(winner);
    waiting[winner]?.subscription.unsubscribe();
  }
  expect([...order].sort()).toEqual([0, 1, 2]);
});

test('who fills the queue of those who wait only makes the others look every second', async () => {
  let name = '';
  const lock = netnsLock(directory, undefined, (_, own) => claimFile(directory, (name = own)));
  held.push(lock.hold().subscribe());
  const strangers: number[] = [];
  try {
    for (;;) strangers.push(connect(`@${name}`));
  } catch {
    // it is full
  }
  const second = take();
  expect(await nth(second.seen$, 0)).toBe(false);
  held[0]?.unsubscribe();
  expect(await nth(second.seen$, 1)).toBe(true);
  strangers.forEach(fd => closeSync(fd));
});
