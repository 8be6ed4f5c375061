// make bench ARGS='installed [STARTS]': what the daemon takes as it is installed: to start, of memory, and of wake-ups at rest.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkout } from '../test/live/lab/checkout.js';
import type { Lab } from '../test/live/lab/lab.js';
import { withNetwork } from '../test/live/lab/network.js';
import type { Process } from '../test/live/lab/process.js';
import { users } from '../test/live/lab/namespace/users.js';
import { quantile, type Row, table } from './table.js';

const starts = Number(process.argv[2] ?? 20);
const prefix = '/opt';
const minute = 60_000;

/** As the unit runs it: already its own user, with two capabilities. */
const asUnit = (): readonly string[] => {
  const id = String(users['network-broker']);
  const capabilities = '-all,+net_admin,+sys_admin';
  return [
    ...['setpriv', '--reuid', id, '--regid', id, '--clear-groups'],
    ...[`--inh-caps=${capabilities}`, `--ambient-caps=${capabilities}`, `--bounding-set=${capabilities}`, '--'],
  ];
};

/** Starts it and waits until it is ready; milliseconds from the execution of its launcher. */
const start = async (lab: Lab): Promise<{ running: Process; took: number }> => {
  const running = await lab.start('network-broker', [...asUnit(), `${prefix}/bin/network-broker`, 'run'], {
    env: {
      PATH: `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`,
      RUNTIME_DIRECTORY: '/run/network-broker',
    },
  });
  const said = await lab.until('it to be ready', () => running.lines.find(({ text }) => text.includes('ready after')));
  return { running, took: said.at - running.begun };
};

/** Of all its threads: how often they gave up the CPU, and how often it was taken from them. */
const switches = async (lab: Lab, pid: number): Promise<number> =>
  [...(await lab.sh(`cat /proc/${pid}/task/*/status`)).matchAll(/^(?:non)?voluntary_ctxt_switches:\s+(\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );

/** proc_pid_smaps(5); MiB. */
const memory = async (lab: Lab, pid: number, field: string): Promise<number> =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(await lab.read(`/proc/${pid}/smaps_rollup`))?.[1]) / 1024;

await withNetwork(['static', 'static', 'static'], async ({ lab }) => {
  await lab.sh('mount -t tmpfs tmpfs /usr/share/dbus-1/system.d'); // /usr is the host's, and read-only
  execFileSync(join(checkout, 'scripts', 'install'), {
    env: { PATH: process.env.PATH, DESTDIR: lab.path(''), PREFIX: prefix },
  });
  await lab.sh('mkdir /run/network-broker; chown network-broker: /run/network-broker');
  const times: number[] = [];
  for (let n = 1; n <= starts; n++) {
    console.error(`start ${n} of ${starts}`);
    const { running, took } = await start(lab);
    times.push(took);
    await running.stop();
  }
  const { running } = await start(lab);
  console.error('at rest, the first minute');
  await wait(minute);
  const dirty = await memory(lab, running.pid, 'Private_Dirty');
  const resident = await memory(lab, running.pid, 'Pss');
  const before = await switches(lab, running.pid);
  console.error('at rest, the second minute');
  await wait(minute);
  const after = await switches(lab, running.pid);
  await running.stop();
  const rows: readonly Row[] = [
    { what: 'execution to ready, p50 (ms)', values: [quantile(times, 0.5)], goal: 'at most 130' },
    { what: 'execution to ready, p90 (ms)', values: [quantile(times, 0.9)], goal: '' },
    { what: 'private dirty memory (MiB)', values: [dirty], goal: 'at most 16' },
    { what: 'proportional set size (MiB)', values: [resident], goal: '' },
    { what: 'wake-ups in an idle minute', values: [after - before], goal: 'none of our own' },
  ];
  console.log(`\nas installed, 3 links\n${table(['network-broker'], rows)}`);
});
