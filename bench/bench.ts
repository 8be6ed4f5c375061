// make bench ARGS='bench [ROUNDS]': how long from networkd's signal to a script's first instruction, beside networkd-dispatcher on
// the same networkd.
import { startBus } from '../test/live/lab/daemons/bus.js';
import { layCables, plug, untilOperational } from '../test/live/lab/cables.js';
import type { Lab } from '../test/live/lab/lab.js';
import { startNetworkd } from '../test/live/lab/daemons/networkd.js';
import { type Signal, watchSignals } from '../test/live/lab/bus-clients/signals.js';
import { type Daemon, openBeside } from './daemons.js';
import { installMark } from './mark.js';
import { atRest, atWork, type Work } from './measurements.js';
import { mean, quantile, type Row, table } from './table.js';
import { addresses, carrier, type Scenario } from './transitions.js';
import type { Usage } from '../test/live/lab/usage.js';

const rounds = Number(process.argv[2] ?? 3);
const progress = (what: string): void => console.error(what);

/** The daemons by turns, in the same laboratory, the same transitions. */
const compare = async (lab: Lab, daemons: readonly Daemon[], scenario: Scenario, signals: () => readonly Signal[]) => {
  await scenario.prepare(lab);
  const work = new Map<Daemon, Work[]>(daemons.map(daemon => [daemon, []]));
  for (let n = 1; n <= rounds; n++)
    for (const [daemon, done] of work) {
      progress(`${scenario.name}, round ${n} of ${rounds}: ${daemon.name}`);
      done.push(await atWork(lab, daemon, scenario, signals));
    }
  const values = (of: (done: readonly Work[]) => number): readonly number[] => [...work.values()].map(of);
  const latency = (share: number) =>
    values(done =>
      quantile(
        done.flatMap(({ latencies }) => latencies),
        share,
      ),
    );
  const rows: readonly Row[] = [
    { what: 'signal to script, p50 (ms)', values: latency(0.5), goal: 'ratio at most 0.36' },
    { what: 'signal to script, p90 (ms)', values: latency(0.9), goal: '' },
    {
      what: 'CPU for a script (ms)',
      values: values(done => mean(done.map(({ cpu }) => cpu))),
      goal: 'ratio at most 1',
    },
    {
      what: 'execution to ready, p50 (ms)',
      values: values(done =>
        quantile(
          done.map(({ ready }) => ready),
          0.5,
        ),
      ),
      goal: 'at most 250',
    },
  ];
  const scripts = values(done => done.flatMap(({ latencies }) => latencies).length).join(' and ');
  console.log(
    `\n${scenario.name}: ${scripts} scripts\n${table(
      daemons.map(({ name }) => name),
      rows,
    )}`,
  );
};

const rest = async (lab: Lab, daemons: readonly Daemon[]): Promise<void> => {
  const used: Usage[] = [];
  for (const daemon of daemons) {
    progress(`at rest: ${daemon.name}`);
    used.push(await atRest(lab, daemon));
  }
  const rows: readonly Row[] = [
    { what: 'CPU in a second (ms)', values: used.map(({ cpu }) => cpu), goal: '' },
    { what: 'wake-ups in a second', values: used.map(({ waits }) => waits), goal: 'none of our own' },
  ];
  console.log(
    `\nat rest\n${table(
      daemons.map(({ name }) => name),
      rows,
    )}`,
  );
};

const directories = ['carrier.d', 'no-carrier.d', 'routable.d'];

/** A link without configuration, its cable plugged in; a script for each of its states. */
const prepare = async (lab: Lab, daemons: readonly Daemon[]): Promise<() => readonly Signal[]> => {
  await startBus(lab);
  await lab.sh('ip netns add router');
  await layCables(lab, [0]);
  await lab.sh('ip link set eth0 addrgenmode none up');
  await plug(lab, ['eth0']);
  await startNetworkd(lab);
  await untilOperational(lab, 'eth0', 'carrier');
  await installMark(
    lab,
    daemons.flatMap(daemon => directories.map(each => `${daemon.directory}/${each}`)),
  );
  return watchSignals(lab);
};

const { lab, daemons } = await openBeside();
try {
  const signals = await prepare(lab, daemons);
  for (const scenario of [addresses, carrier]) await compare(lab, daemons, scenario, signals);
  await rest(lab, daemons);
} finally {
  await lab.close();
}
