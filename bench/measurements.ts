import { setTimeout as wait } from 'node:timers/promises';
import type { Lab } from '../test/live/lab/lab.js';
import type { Process } from '../test/live/lab/process.js';
import type { Signal } from '../test/live/lab/bus-clients/signals.js';
import type { Daemon } from './daemons.js';
import { measure, type Scenario } from './transitions.js';
import { minus, type Usage, usageOf } from '../test/live/lab/usage.js';

export interface Work {
  /** milliseconds from each signal to its script's first instruction */
  readonly latencies: readonly number[];
  /** milliseconds of CPU for each script, the script's own included */
  readonly cpu: number;
  /** milliseconds from execution to serving; NaN: it does not say when it serves */
  readonly ready: number;
}

/** Starts the daemon and waits until it serves; one does not say when, but takes only half a second. */
export const serve = async (lab: Lab, { name, start, ready }: Daemon): Promise<{ running: Process; ready: number }> => {
  const running = await start(lab);
  const said =
    ready === undefined
      ? undefined
      : await lab.until(`${name} to be ready`, () => running.lines.find(({ text }) => text.includes(ready)));
  await wait(2000);
  return { running, ready: said === undefined ? Number.NaN : said.at - running.begun };
};

/** A round of one daemon at work, after a few transitions to warm up. */
export const atWork = async (
  lab: Lab,
  daemon: Daemon,
  scenario: Scenario,
  signals: () => readonly Signal[],
): Promise<Work> => {
  const { running, ready } = await serve(lab, daemon);
  await measure(lab, { ...scenario, times: 2 }, signals);
  const before = await usageOf(lab, running.pid);
  const latencies = await measure(lab, scenario, signals);
  const used = minus(await usageOf(lab, running.pid), before);
  await running.stop();
  return { latencies, cpu: used.cpu / latencies.length, ready };
};

/** What it uses in a second in which nothing happens. Node tidies its memory once, 8 s after it had work: that is over by then. */
export const atRest = async (lab: Lab, daemon: Daemon): Promise<Usage> => {
  const seconds = 10;
  const { running } = await serve(lab, daemon);
  await wait(12_000);
  const before = await usageOf(lab, running.pid);
  await wait(seconds * 1000);
  const used = minus(await usageOf(lab, running.pid), before);
  await running.stop();
  return { cpu: used.cpu / seconds, waits: used.waits / seconds };
};
