// make bench: how long from networkd's signal to a script's first instruction, beside networkd-dispatcher on the same networkd.
import { setTimeout as wait } from 'node:timers/promises';
import { startBus } from '../test/live/lab/bus.js';
import { layCables, plug, untilOperational } from '../test/live/lab/cables.js';
import { type Lab, openLab } from '../test/live/lab/lab.js';
import { startNetworkd } from '../test/live/lab/networkd.js';
import { type Signal, watchSignals } from '../test/live/lab/signals.js';
import { broker, type Daemon, dispatcher } from './daemons.js';
import { installMark, readMarks } from './mark.js';
import { type Figures, figuresOf, table } from './table.js';
import { measure } from './transitions.js';
import { minus, usageOf } from './usage.js';

const rounds = 3;
const transitions = 20; // of each daemon in each round
const idle = 3; // seconds in each round

/** Starts the daemon, lets it warm up, measures it at work and at rest, and stops it. */
const round = async (lab: Lab, daemon: Daemon, signals: () => readonly Signal[]): Promise<Figures> => {
  const running = await daemon.start(lab);
  const ready = daemon.ready;
  const line =
    ready === undefined
      ? undefined
      : await lab.until(`${daemon.name} to be ready`, () => running.lines.find(({ text }) => text.includes(ready)));
  if (line === undefined) await wait(2000); // it does not say; it takes about half a second
  await measure(lab, signals, 4);
  const before = await usageOf(lab, running.pid);
  const latencies = await measure(lab, signals, transitions);
  const after = await usageOf(lab, running.pid);
  await wait(idle * 1000);
  const later = await usageOf(lab, running.pid);
  await running.stop();
  return {
    latencies,
    cpu: minus(after, before).cpu / transitions,
    idle: { cpu: minus(later, after).cpu / idle, waits: minus(later, after).waits / idle },
    ready: line === undefined ? [] : [line.at - running.begun],
  };
};

const compare = async (lab: Lab, daemons: readonly Daemon[]): Promise<void> => {
  await startBus(lab);
  await lab.sh('ip netns add router');
  await layCables(lab, [0]);
  await lab.sh('ip link set eth0 addrgenmode none up');
  await plug(lab, ['eth0']);
  await startNetworkd(lab);
  await untilOperational(lab, 'eth0', 'carrier');
  await installMark(
    lab,
    daemons.flatMap(({ directory }) => [`${directory}/routable.d`, `${directory}/carrier.d`]),
  );
  const signals = await watchSignals(lab);
  const figures = new Map<string, Figures[]>(daemons.map(({ name }) => [name, []]));
  for (let n = 1; n <= rounds; n++)
    for (const daemon of daemons) {
      console.error(`round ${n} of ${rounds}: ${daemon.name}`);
      figures.get(daemon.name)?.push(await round(lab, daemon, signals));
    }
  console.log(table([...figures].map(([name, each]) => ({ name, ...figuresOf(each) }))));
  console.log(`${rounds * transitions} transitions each, alternating; ${(await readMarks(lab)).length} scripts ran.`);
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
  await compare(lab, daemons);
} finally {
  await lab.close();
}
