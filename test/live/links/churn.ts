import { setTimeout as wait } from 'node:timers/promises';
import { firstValueFrom } from 'rxjs';
import type { StatusReport } from '../../../src/text/status-report.js';
import { ask } from '../../../src/system/sockets/control-socket.js';
import { type Broker, configureBroker, launchBroker } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { configureDhcp, configureStatic, layCables, plug, unplug, untilOperational } from '../lab/cables.js';
import type { Lab } from '../lab/lab.js';
import { startNetworkd } from '../lab/daemons/networkd.js';
import type { Process } from '../lab/process.js';
import { startRouter } from '../lab/daemons/router.js';
import { usageOf } from '../lab/usage.js';
import { forgetRuns, installScript, prepareRecords, recorder, type ScriptRun, scriptRuns } from '../lab/scripts.js';
import { untilRight } from '../policy/kernel.js';

/** What the churn was, and what it cost the daemon. */
export interface Figures {
  readonly seconds: number;
  /** what was done to the network, by its kind */
  readonly done: Readonly<Record<string, number>>;
  readonly transitions: number;
  readonly events: number;
  readonly scripts: number;
  /** transitions of the marked link that were not served once and in order */
  readonly lost: readonly string[];
  /** scripts that did not run one after the other, once for each event */
  readonly disorder: readonly string[];
  /** where status said something else than networkd in the end */
  readonly differences: readonly string[];
  /** MiB: at the start, after each minute, in the end */
  readonly memory: readonly number[];
  readonly descriptors: readonly [number, number];
  /** milliseconds, with its children's */
  readonly cpu: number;
  /** what the daemon logged as an error */
  readonly faults: readonly string[];
}

const states = ['routable.d', 'carrier.d', 'no-carrier.d', 'degraded.d'];
const watched = [...states, 'configured.d', 'addresses.d', 'links.d', 'routes.d'];
const marks = '/var/log/marks';
const marked = '192.0.2.10/24 dev mark0';

const configuration = (priority: number): string =>
  `[Network]\nRoutingPolicyRules = "eth*"\nRulePriority = ${priority}\nEmitJSON = ${priority === 9999}\n`;

/** MiB that are its own (proc_pid_smaps_rollup(5)). */
const memoryOf = async (lab: Lab, { pid }: Broker): Promise<number> =>
  Number(/^Private_Dirty:\s+(\d+)/m.exec(await lab.sh(`cat /proc/${pid}/smaps_rollup`))?.[1]) / 1024;
const descriptorsOf = async (lab: Lab, { pid }: Broker): Promise<number> =>
  Number(await lab.sh(`ls /proc/${pid}/fd | wc -l`));

/** Pseudo-random numbers below `most`, the same for the same seed (numerical recipes' LCG). */
const numbers = (seed: number): ((most: number) => number) => {
  let state = seed;
  return most => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
};

const routes = (verb: string, count: number): string =>
  Array.from({ length: count }, (_, n) => `route ${verb} 10.200.${n >> 8}.${n & 255} dev eth2`).join('\n');

/** Something that happens to a network; what fails because something else was faster does not matter. */
type Act = (lab: Lab, below: (most: number) => number) => Promise<unknown>;

const acts: Readonly<Record<string, Act>> = {
  links: (lab, below) => {
    const n = below(8);
    return lab.sh(`ip link add v${n} type veth peer name w${n} 2>/dev/null || ip link delete v${n} || true
      ip link set v${n} up 2>/dev/null && ip link set w${n} up && ip address add 10.100.${n}.1/24 dev v${n} || true`);
  },
  renames: (lab, below) => {
    const n = below(8);
    return lab.sh(`ip link set v${n} down name x${n} 2>/dev/null && ip link set x${n} up name v${n} 2>/dev/null || true
      ip link set x${n} name v${n} 2>/dev/null || true`);
  },
  addresses: (lab, below) => {
    const [verb, host] = [below(2) === 0 ? 'add' : 'delete', 60 + below(20)];
    return lab.sh(`ip address ${verb} 10.0.2.${host}/24 dev eth2 2>/dev/null || true
      ip address ${verb} 2001:db8:2::${host}/64 dev eth2 nodad 2>/dev/null || ip address ${verb} 2001:db8:2::${host}/64 dev eth2 2>/dev/null || true`);
  },
  routes: (lab, below) =>
    lab.sh(`echo '${routes(below(2) === 0 ? 'replace' : 'delete', 40)}' | ip -force -batch - 2>/dev/null || true`),
  carriers: async (lab, below) => {
    const link = below(2) === 0 ? 'eth1' : 'eth2';
    await unplug(lab, [link]);
    await wait(below(1500));
    await plug(lab, [link]);
  },
  rules: lab => lab.sh('ip rule delete from 10.0.2.50 protocol 217 2>/dev/null || true'),
};

/** Each marked transition has to be told by one script, in order. */
const lostOf = (served: readonly string[], expected: readonly string[]): readonly string[] => [
  ...expected.flatMap((directory, n) =>
    served[n] === directory ? [] : [`transition ${n}: expected ${directory}, found ${served[n] ?? 'none'}`],
  ),
  ...served.slice(expected.length).map(directory => `once more: ${directory}`),
];

/** Of a link, one event's script ends before the next one's begins, and runs once. */
const disorderOf = (runs: readonly ScriptRun[]): readonly string[] => {
  const open = new Map<string, ScriptRun>();
  const seen = new Set<string>();
  return runs.flatMap(run => {
    const { link, phase, eventId, directory } = run;
    const name = `${directory} ${link} ${eventId}`;
    const before = open.get(link);
    if (phase === 'end') {
      open.delete(link);
      return before?.eventId === eventId ? [] : [`${name} ended, ${before?.eventId ?? 'none'} had begun`];
    }
    open.set(link, run);
    const twice = seen.has(name) ? [`${name} ran twice`] : [];
    seen.add(name);
    return before === undefined ? twice : [...twice, `${name} began before ${before.eventId} had ended`];
  });
};

/** Where what the daemon says of a link is not what networkd says. */
const differencesOf = async (lab: Lab): Promise<readonly string[]> => {
  const text = await firstValueFrom(ask(lab.path('/run/network-broker/control.sock')), { defaultValue: '' });
  const { links } = JSON.parse(text) as StatusReport;
  const pairs = links.map(async ({ name, ifindex, states: { OperationalState = '' } }) => {
    const file = await lab.read(`/run/systemd/netif/links/${ifindex}`);
    const said = /^OPER_STATE=(.*)$/m.exec(file)?.[1] ?? '';
    return said === OperationalState ? [] : [`${name} is ${said}, status says ${OperationalState}`];
  });
  return (await Promise.all(pairs)).flat();
};

/** Makes a network, lets it churn for so many seconds with every kind of event, and sees to it that all is as it should be. */
export const churn = async (lab: Lab, seconds: number, seed = 1): Promise<Figures> => {
  await startBus(lab);
  await startRouter(lab);
  await layCables(lab, [0, 1, 2]);
  await configureStatic(lab, 'eth0', '10.0.0.50/24\nGateway=10.0.0.1');
  await configureDhcp(lab, 'eth1');
  await configureStatic(lab, 'eth2', '10.0.2.50/24');
  await lab.sh(
    'ip link add mark0 type veth peer name to-mark0; ip link set to-mark0 up; ip link set mark0 addrgenmode none up',
  );
  await plug(lab, ['eth0', 'eth1', 'eth2']);
  let networkd: Process = await startNetworkd(lab);
  for (const link of ['eth0', 'eth1', 'eth2']) await untilOperational(lab, link, 'routable');
  await prepareRecords(lab);
  await lab.write(marks, '', 0o666);
  for (const directory of watched) {
    await installScript(lab, directory, '10-record', recorder(directory, '10-record', ''));
    if (states.includes(directory))
      await installScript(
        lab,
        directory,
        '20-mark',
        `#!/bin/sh\n[ "$LINK" != mark0 ] || echo ${directory} >>${marks}\n`,
      );
  }
  await configureBroker(lab, configuration(9999));
  const broker = await launchBroker(lab, {}, ['--log-format', 'json', '--log-level', 'info']);
  await lab.until('mark0 to be served', async () => (await scriptRuns(lab)).some(({ link }) => link === 'mark0'), 30);
  await untilRight(lab, 'eth*', 30);
  await forgetRuns(lab);
  await lab.sh(`: >${marks}`);

  const start = {
    descriptors: await descriptorsOf(lab, broker),
    usage: await usageOf(lab, broker.pid),
  };
  const begun = Date.now();
  const isOver = (): boolean => Date.now() - begun > seconds * 1000;
  const done: Record<string, number> = {};
  const count = (what: string): void => {
    done[what] = (done[what] ?? 0) + 1;
  };
  const below = numbers(seed);
  const expected: string[] = [];

  const repeating = async (what: string, act: Act, pause: number): Promise<void> => {
    while (!isOver()) {
      await act(lab, below);
      count(what);
      await wait(below(pause));
    }
  };
  const served = async (): Promise<readonly string[]> => (await lab.read(marks)).split('\n').filter(Boolean);
  const marking = async (): Promise<void> => {
    while (!isOver()) {
      const adds = expected.length % 2 === 0;
      expected.push(adds ? 'routable.d' : 'carrier.d');
      await lab.sh(`ip address ${adds ? 'add' : 'delete'} ${marked}`);
      await lab.until(
        `transition ${expected.length} of mark0 to be served`,
        async () => (await served()).length >= expected.length,
        60,
      );
      const all = await served();
      if (all.length > expected.length)
        throw new Error(`transition ${expected.length} was served more than once: ${all.slice(-4).join(' ')}`);
      await wait(100);
    }
  };
  const memory = [await memoryOf(lab, broker)];
  const remembering = async (): Promise<void> => {
    for (let next = begun + 60_000; !isOver(); next += 60_000) {
      while (Date.now() < next && !isOver()) await wait(1000);
      memory.push(await memoryOf(lab, broker));
    }
  };
  const killing: Act = async (_, random) => {
    await networkd.stop('SIGKILL');
    await wait(random(500));
    networkd = await startNetworkd(lab);
  };
  const overrunning: Act = async () => {
    await broker.pause();
    await lab.sh(`echo '${routes('replace', 256)}' >/tmp/burst; echo '${routes('delete', 256)}' >>/tmp/burst
      for n in $(seq 40); do ip -force -batch /tmp/burst 2>/dev/null; done || true`);
    await broker.goOn();
  };
  let priority = 9999;
  const reloading: Act = async () => {
    priority = priority === 9999 ? 5000 : 9999;
    await configureBroker(lab, configuration(priority));
    await lab.sh(`kill -HUP ${broker.pid}`);
  };
  await Promise.all([
    marking(),
    remembering(),
    ...Object.entries(acts).map(([what, act]) => repeating(what, act, what === 'carriers' ? 3000 : 400)),
    repeating('kills of networkd', killing, 20_000),
    repeating('overruns', overrunning, 30_000),
    repeating('reloads', reloading, 5000),
  ]);

  await configureBroker(lab, configuration(9999));
  await lab.sh(
    `kill -HUP ${broker.pid}; for n in $(seq 0 7); do ip link delete v$n 2>/dev/null || ip link delete x$n 2>/dev/null || true; done`,
  );
  await plug(lab, ['eth0', 'eth1', 'eth2']);
  for (const link of ['eth0', 'eth1', 'eth2']) await untilOperational(lab, link, 'routable');
  await untilRight(lab, 'eth*', 60);
  let runs = await scriptRuns(lab);
  await lab.until(
    'the last script to end',
    async () => {
      const before = runs.length;
      await wait(1000);
      runs = await scriptRuns(lab);
      return runs.length === before && runs.at(-1)?.phase === 'end';
    },
    300, // so many may wait on a busy machine
  );
  await lab.until(
    'no more descriptors than at the start',
    async () => (await descriptorsOf(lab, broker)) <= start.descriptors,
    30,
  );
  let differences: readonly string[] = ['status did not answer'];
  await lab
    .until('status to say what networkd says', async () => (differences = await differencesOf(lab)).length === 0, 30)
    .catch(() => false);
  const usage = await usageOf(lab, broker.pid);
  const figures: Figures = {
    seconds,
    done,
    transitions: expected.length,
    events: new Set(runs.map(({ eventId }) => eventId)).size,
    scripts: runs.filter(({ phase }) => phase === 'start').length,
    lost: lostOf(await served(), expected),
    differences,
    disorder: disorderOf(runs.filter(({ link }) => link !== '-')),
    memory: [...memory, await memoryOf(lab, broker)],
    descriptors: [start.descriptors, await descriptorsOf(lab, broker)],
    cpu: usage.cpu - start.usage.cpu,
    faults: broker
      .log()
      .filter(({ level }) => level === 'error' || level === 'fatal')
      .map(({ message }) => message),
  };
  await broker.stop();
  return figures;
};
