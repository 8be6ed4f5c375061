// make bench ARGS='cycle [ROUNDS] [busy]': a cable pulled and plugged in again, on a link with DHCP: what the whole cycle costs
// beside networkd-dispatcher on the same networkd. busy: while two other processes use up the two cores.
import { startBus } from '../test/live/lab/daemons/bus.js';
import { configureDhcp, layCables, plug, unplug, untilOperational } from '../test/live/lab/cables.js';
import type { Lab } from '../test/live/lab/lab.js';
import { startNetworkd } from '../test/live/lab/daemons/networkd.js';
import { startRouter } from '../test/live/lab/daemons/router.js';
import { type Signal, watchSignals } from '../test/live/lab/bus-clients/signals.js';
import { minus, usageOf } from '../test/live/lab/usage.js';
import { type Daemon, openBeside } from './daemons.js';
import { installMark, readMarks } from './mark.js';
import { serve } from './measurements.js';
import { mean, quantile, type Row, table } from './table.js';

const rounds = Number(process.argv[2] ?? 3);
const busy = process.argv[3] === 'busy';
const cyclesARound = 10;

interface Cycle {
  /** milliseconds from the signal that says `routable` to the first instruction of its script */
  readonly latency: number;
  /** milliseconds of CPU, the script's included, and how often a thread went to sleep */
  readonly cpu: number;
  readonly waits: number;
}

const routable = (signals: readonly Signal[]): readonly Signal[] =>
  signals.filter(({ changed }) => changed.OperationalState === 'routable');

/** Everything of one cycle has ended when its script has run and nothing has been written for a while. */
const cycle = async (lab: Lab, pid: number, signals: () => readonly Signal[]): Promise<Cycle> => {
  const [before, told, run] = [await usageOf(lab, pid), routable(signals()).length, (await readMarks(lab)).length];
  await unplug(lab, ['eth0']);
  await untilOperational(lab, 'eth0', 'no-carrier');
  await plug(lab, ['eth0']);
  await lab.until('eth0 to be routable', () => routable(signals()).length > told, 30);
  await lab.until('its script', async () => (await readMarks(lab)).length > run);
  await new Promise(resolve => setTimeout(resolve, 300));
  const used = minus(await usageOf(lab, pid), before);
  const signal = routable(signals()).at(-1);
  const mark = (await readMarks(lab)).at(-1);
  return { ...used, latency: (mark ?? Number.NaN) - (signal?.at ?? Number.NaN) / 1000 };
};

const measured = async (lab: Lab, daemon: Daemon, signals: () => readonly Signal[]): Promise<readonly Cycle[]> => {
  const { running } = await serve(lab, daemon);
  const cycles: Cycle[] = [];
  for (let n = -2; n < cyclesARound; n++) {
    const each = await cycle(lab, running.pid, signals);
    if (n >= 0) cycles.push(each); // the first two warm up
  }
  await running.stop();
  return cycles;
};

const { lab, daemons } = await openBeside();
try {
  await startBus(lab);
  await startRouter(lab);
  await layCables(lab, [0]);
  await configureDhcp(lab, 'eth0');
  await plug(lab, ['eth0']);
  await startNetworkd(lab);
  await untilOperational(lab, 'eth0', 'routable');
  await installMark(
    lab,
    daemons.map(({ directory }) => `${directory}/routable.d`),
  );
  const signals = await watchSignals(lab);
  if (busy) for (const n of [1, 2]) await lab.start(`busy ${n}`, ['sh', '-c', 'while :; do :; done']);
  const cycles = new Map<Daemon, Cycle[]>(daemons.map(daemon => [daemon, []]));
  for (let n = 1; n <= rounds; n++)
    for (const [daemon, all] of cycles) {
      console.error(`round ${n} of ${rounds}: ${daemon.name}`);
      all.push(...(await measured(lab, daemon, signals)));
    }
  const values = (of: (all: readonly Cycle[]) => number): readonly number[] => [...cycles.values()].map(of);
  const latency = (share: number) =>
    values(all =>
      quantile(
        all.map(each => each.latency),
        share,
      ),
    );
  const rows: readonly Row[] = [
    { what: 'CPU of a cycle (ms)', values: values(all => mean(all.map(({ cpu }) => cpu))), goal: 'ratio at most 1' },
    { what: 'wake-ups of a cycle', values: values(all => mean(all.map(({ waits }) => waits))), goal: '' },
    { what: 'signal to script, p50 (ms)', values: latency(0.5), goal: `ratio at most ${busy ? 0.5 : 0.25}` },
    { what: 'signal to script, p90 (ms)', values: latency(0.9), goal: busy ? '' : 'ratio at most 0.4' },
  ];
  console.log(`\na cable pulled and plugged in, ${rounds * cyclesARound} times${busy ? ', on busy cores' : ''}`);
  console.log(
    table(
      daemons.map(({ name }) => name),
      rows,
    ),
  );
} finally {
  await lab.close();
}
