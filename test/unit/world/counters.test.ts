import { describe, expect, test } from '@jest/globals';
import { createCounters, type Counters } from '../../../src/world/counters.js';
import type { Outcome } from '../../../src/model/outcome.js';
import type { Step } from '../../../src/model/world.js';
import { emptyWorld } from '../../../src/world/advance.js';

const step = (id: number, ifindex = 2): Step => ({
  id,
  at: 0,
  event: { kind: 'link-state', ifindex, name: `eth${ifindex}`, changed: {}, previous: {}, rerun: false },
  world: emptyWorld,
});
const seen = (id: number, ifindex?: number): Outcome => ({ kind: 'seen', step: step(id, ifindex) });
const done = (id: number, ifindex?: number): Outcome => ({ kind: 'done', step: step(id, ifindex) });
const ran = (id: number, code: number | null, timedOut = false): Outcome => ({
  kind: 'script-ran',
  script: '/etc/network-broker/routable.d/10',
  step: step(id),
  exit: { code, signal: code === null ? 'SIGTERM' : null, duration: 12.4 },
  timedOut,
});
const after = (...outcomes: readonly Outcome[]): Counters => {
  const counters = createCounters();
  outcomes.forEach(counters.see);
  return counters.now();
};
const waiting = (...outcomes: readonly Outcome[]): number => after(...outcomes).waiting;

describe('events that wait', () => {
  test('are those that were seen and have not ended', () => {
    expect(waiting(seen(1), seen(2, 3), done(1))).toBe(1);
  });

  test('are not those that ended before they were announced', () => {
    expect(waiting(done(1), seen(1), done(2), seen(2))).toBe(0);
  });

  test('are told from those of another link that have the same id, as what is derived has', () => {
    expect(waiting(done(1), seen(1, 3), seen(1))).toBe(1);
  });

  test('are not those that were joined into a later one of the same link', () => {
    expect(waiting(seen(1), seen(2), seen(3), seen(4, 9), done(3))).toBe(1);
  });
});

test('100,000 events that wait, and their ends, cost what each of them costs', () => {
  const numbers = Array.from({ length: 100_000 }, (_, nth) => nth + 1);
  const lane = (id: number) => (id % 100) + 2;
  const since = process.cpuUsage();
  const counters = createCounters();
  for (const id of numbers) counters.see(seen(id, lane(id)));
  expect(counters.now().waiting).toBe(100_000);
  for (const id of numbers) counters.see(done(id, lane(id)));
  expect(counters.now().waiting).toBe(0);
  expect(process.cpuUsage(since).user).toBeLessThan(10_000_000); // µs: a copy of the list for each of them took minutes
});

test('counts events, scripts, those that failed, and faults', () => {
  const fault: Outcome = { kind: 'fault', severity: 'warn', code: 'x', message: 'x' };
  expect(after(seen(1), ran(1, 0), ran(1, 3), ran(1, null, true), fault)).toMatchObject({
    events: 1,
    scripts: 3,
    failed: 2,
    faults: 1,
  });
});

test('keeps the last runs only, the newest last', () => {
  const { runs } = after(...Array.from({ length: 50 }, (_, nth) => ran(nth + 1, 0)));
  expect(runs).toHaveLength(20);
  expect(runs.at(-1)).toEqual({
    script: '/etc/network-broker/routable.d/10',
    link: 'eth2',
    event: 'link-state',
    eventId: 50,
    status: 0,
    signal: null,
    durationMs: 12,
    timedOut: false,
    outputCut: 0,
    cpuMs: null,
    memoryPeak: null,
    error: '',
  });
});

test('keeps how targets are until one is neither active nor to be, and the last jobs of units', () => {
  const target = { kind: 'target', unit: 'link-online@eth0.target', wanted: true, active: true, why: '' } as const;
  expect(after(target, { ...target, active: false, why: 'it is masked' }).targets).toEqual([
    { ...target, active: false, why: 'it is masked' },
  ]);
  expect(after(target, { ...target, wanted: false, active: false }).targets).toEqual([]);
  const job = { kind: 'unit-job', unit: 'a.service', job: 'start', result: 'done', duration: 1.4 } as const;
  const { unitJobs } = after(...Array.from({ length: 50 }, (_, nth) => ({ ...job, step: step(nth + 1) })));
  expect(unitJobs).toHaveLength(20);
  expect(unitJobs.at(-1)).toEqual({
    ...{ unit: 'a.service', job: 'start', link: 'eth2', event: 'link-state', eventId: 50 },
    ...{ result: 'done', durationMs: 1, error: '' },
  });
});

test('a script runs from its start to its end, whatever else of its link or another one does', () => {
  const script = '/etc/network-broker/routable.d/10';
  const started = (id: number, ifindex = 2): Outcome => ({ kind: 'script-started', script, step: step(id, ifindex) });
  const counters = createCounters(() => 5000);
  [started(1), started(2, 3)].forEach(counters.see);
  const running = { script, link: 'eth2', event: 'link-state', eventId: 1, since: 5000 };
  expect(counters.now().running).toEqual([running, { ...running, link: 'eth3', eventId: 2 }]);
  counters.see(ran(1, 0));
  expect(counters.now().running.map(({ link }) => link)).toEqual(['eth3']);
});

test('what waits is told by link, the oldest first', () => {
  expect(after(seen(1), seen(2, 3), seen(3), done(1)).waitingOf).toEqual([
    { link: 'eth2', events: 1, since: 0 },
    { link: 'eth3', events: 1, since: 0 },
  ]);
});

test('keeps the last faults with their time, those that say the same in a row as one', () => {
  let now = 0;
  const counters = createCounters(() => (now += 1));
  const say = (message: string): void => counters.see({ kind: 'fault', severity: 'warn', code: 'x', message });
  ['a', 'b', 'b'].forEach(say);
  const fault = { code: 'x', severity: 'warn' };
  expect(counters.now().lastFaults).toEqual([
    { ...fault, message: 'a', at: 1, times: 1 },
    { ...fault, message: 'b', at: 3, times: 2 },
  ]);
  Array.from({ length: 50 }, (_, n) => say(String(n)));
  expect(counters.now().lastFaults).toHaveLength(20);
  expect(counters.now().lastFaults.at(-1)?.message).toBe('49');
});
