import { expect, test } from '@jest/globals';
import { customFault, fault } from '../../../src/model/fault.js';
import type { Outcome, ScriptRan } from '../../../src/model/outcome.js';
import type { Step } from '../../../src/model/world.js';
import { emptyWorld } from '../../../src/world/advance.js';
import { createTotals, type Totals } from '../../../src/world/totals.js';

const step: Step = {
  id: 1,
  at: 1000,
  event: { kind: 'link-state', ifindex: 2, name: 'eth0', changed: {}, previous: {}, rerun: false },
  world: emptyWorld,
};
const ran = (script: string, more: Partial<ScriptRan> = {}): Outcome => ({
  kind: 'script-ran',
  script,
  step,
  exit: { code: 0, signal: null, duration: 40 },
  timedOut: false,
  ...more,
});
const routable = '/etc/network-broker/routable.d/10-a';
const after = (...outcomes: readonly Outcome[]): Totals => {
  const totals = createTotals(() => 1012);
  outcomes.forEach(totals.see);
  return totals.now();
};

test('events are counted by kind', () => {
  expect(after({ kind: 'seen', step }, { kind: 'seen', step }).events).toEqual({ 'link-state': 2 });
});

test('runs are counted by directory and by how they ended', () => {
  const { runs } = after(
    ran(routable),
    ran(routable, { exit: { code: 3, signal: null, duration: 1 } }),
    ran(routable, { exit: { code: null, signal: 'SIGSEGV', duration: 1 } }),
    ran(routable, { exit: { code: null, signal: 'SIGTERM', duration: 1 }, timedOut: true }),
    ran(routable, { exit: { code: null, signal: null, duration: 0 }, error: 'ENOEXEC' }),
    ran('/etc/network-broker/leases.d/10-a'),
  );
  expect(runs).toEqual({
    routable: { success: 1, failed: 1, signal: 1, timeout: 1, unstarted: 1 },
    leases: { success: 1, failed: 0, signal: 0, timeout: 0, unstarted: 0 },
  });
});

test('a directory that no event chooses counts as another, so that there are few of them', () => {
  expect(Object.keys(after(...['a.d', 'b.d', 'b'].map(name => ran(`/x/${name}/10`))).runs)).toEqual(['other']);
});

test('durations of runs are a histogram of seconds for each directory', () => {
  const { durations } = after(ran(routable), ran(routable, { exit: { code: 0, signal: null, duration: 100_000 } }));
  expect(durations.routable?.sum).toBeCloseTo(100.04);
  const counted = durations.routable?.bounds.map((bound, nth) => [bound, durations.routable?.counts[nth]]);
  expect(counted).toContainEqual([0.1, 1]);
  expect(durations.routable?.counts.at(-1)).toBe(1); // above all bounds
});

test('from the signal to the first script is a histogram; a clock that was set back counts as no time', () => {
  const started = (of: Step): Outcome => ({ kind: 'script-started', script: routable, step: of });
  const { latency } = after(started(step), started(step), started({ ...step, at: 2000 }));
  expect(latency.sum).toBeCloseTo(0.012);
  expect(latency.counts.reduce((sum, n) => sum + n, 0)).toBe(2);
});

test("faults are counted by code, those of extensions' own codes together", () => {
  const { faults } = after(
    fault('source-lost', 'x'),
    customFault('warn', 'mine-1', 'x'),
    customFault('warn', 'y', 'x'),
  );
  expect(faults).toEqual({ 'source-lost': 1, other: 2 });
});

test('a source that serves again after it did not has reconnected', () => {
  const totals = createTotals();
  const is = (state: 'starting' | 'waiting' | 'serving' | 'lost') =>
    totals.meet(new Map([['systemd-networkd', { is: state, why: '' }]]));
  (['starting', 'serving', 'lost', 'starting', 'serving', 'serving', 'waiting', 'serving'] as const).forEach(is);
  expect(totals.now().reconnects).toEqual({ 'systemd-networkd': 2 });
});
