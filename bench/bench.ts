// make bench [ARGS=ROUNDS]: how long from networkd's signal to a script's first instruction, beside networkd-dispatcher on the same networkd.
import { setTimeout as wait } from 'node:timers/promises';
import { startBus } from '../test/live/lab/bus.js';
import { layCables, plug, untilOperational } from '../test/live/lab/cables.js';
import { type Lab, openLab } from '../test/live/lab/lab.js';
import { startNetworkd } from '../test/live/lab/networkd.js';
import { type Signal, watchSignals } from '../test/live/lab/signals.js';
import { broker, type Daemon, dispatcher } from './daemons.js';
import { installMark } from './mark.js';
import { type Figures, figuresOf, table } from './table.js';
import { addresses, carrier, measure, type Scenario } from './transitions.js';
import { minus, usageOf } from './usage.js';

const rounds = Number(process.argv[2] ?? 3);
const idle = 3; // seconds in each round

/** Starts the daemon, lets it warm up, measures it at work and at rest, and stops it. */
const round = async (
  lab: Lab,
  daemon: Daemon,
  scenario: Scenario,
  signals: () => readonly Signal[],
): Promise<Figures> => {
  const running = await daemon.start(lab);
  const { ready } = daemon;
  const line =
    ready === undefined
      ? undefined
      : await lab.until(`${daemon.name} to be ready`, () => running.lines.find(({ text }) => text.includes(ready)));
  await wait(2000); // one does not say when it is ready; it takes about half a second
  await measure(lab, { ...scenario, times: 2 }, signals);
  const before = await usageOf(lab, running.pid);
  const latencies = await measure(lab, scenario, signals);
  const after = await usageOf(lab, running.pid);
  await wait(1000); // to come to rest
  const atRest = await usageOf(lab, running.pid);
  await wait(idle * 1000);
  const later = await usageOf(lab, running.pid);
  await running.stop();
  return {
    latencies,
    cpu: minus(after, before).cpu / latencies.length,
    idle: { cpu: minus(later, atRest).cpu / idle, waits: minus(later, atRest).waits / idle },
    ready: line === undefined ? [] : [line.at - running.begun],
  };
};

/** The daemons by turns, in the same laboratory, the same transitions. */
const compare = async (lab: Lab, daemons: readonly Daemon[], scenario: Scenario, signals: () => readonly Signal[]) => {
  await scenario.prepare(lab);
  const figures = new Map<string, Figures[]>(daemons.map(({ name }) => [name, []]));
  for (let n = 1; n <= rounds; n++)
    for (const daemon of daemons) {
      console.error(`${scenario.name}, round ${n} of ${rounds}: ${daemon.name}`);
      figures.get(daemon.name)?.push(await round(lab, daemon, scenario, signals));
    }
  const columns = [...figures].map(([name, each]) => ({ name, ...figuresOf(each) }));
  console.log(
    `\n${scenario.name}: ${columns.map(({ latencies }) => latencies.length).join(' and ')} scripts\n${table(columns)}`,
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

/** With networkd-dispatcher where it can be had, alone otherwise. */
const open = async (): Promise<{ lab: Lab; daemons: readonly Daemon[] }> => {
  try {
    return { lab: await openLab({ programs: ['/usr/bin/networkd-dispatcher'] }), daemons: [broker, dispatcher] };
  } catch (error) {
    console.error(`without networkd-dispatcher: ${error instanceof Error ? error.message : String(error)}`);
    return { lab: await openLab(), daemons: [broker] };
  }
};

const { lab, daemons } = await open();
try {
  const signals = await prepare(lab, daemons);
  for (const scenario of [addresses, carrier]) await compare(lab, daemons, scenario, signals);
} finally {
  await lab.close();
}
