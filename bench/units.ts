// make bench ARGS='units [LINKS] [CYCLES]': what targets of the states of links cost in a booted Debian, beside a daemon without them: the
// start among many links, the carrier of one of these that goes and comes, and the carriers of all that come at once.
import { setTimeout as wait } from 'node:timers/promises';
import { installWithLinks } from '../test/live/lab/packages/installed.js';
import { USUAL } from '../test/live/lab/systems/root.js';
import { bootSystem, type System } from '../test/live/lab/systems/system.js';
import { installMark, readMarks } from './mark.js';
import { mean, quantile, type Row, table } from './table.js';

const links = Number(process.argv[2] ?? 300);
const cycles = Number(process.argv[3] ?? 20);

interface Measured {
  /** milliseconds from execution to ready, as the daemon says it */
  readonly ready: number;
  /** milliseconds from the start of the service to the last target; of one without targets to ready */
  readonly all: number;
  /** milliseconds of CPU until then, of the daemon and of systemd */
  readonly start: readonly [daemon: number, systemd: number];
  /** milliseconds of CPU of a cycle */
  readonly cycle: readonly [daemon: number, systemd: number];
  /** milliseconds until the scripts of all links that come at once have begun, in order */
  readonly delays: readonly number[];
  /** milliseconds until the last target of these */
  readonly burstAll: number;
  /** milliseconds of CPU until then */
  readonly burst: readonly [daemon: number, systemd: number];
}

/** So often do all links come at once. */
const BURSTS = 3;

/** Milliseconds of CPU of all threads that a process has now. */
const cpuOf = async (system: System, pid: string): Promise<number> =>
  (await system.sh(`cat /proc/${pid}/task/*/schedstat`))
    .split('\n')
    .reduce((sum, line) => sum + Number(line.split(' ')[0]) / 1e6, 0);

const minus = ([a, b]: Measured['cycle'], [c, d]: Measured['cycle']): Measured['cycle'] => [a - c, b - d];

const measured = async (system: System, configuration: string): Promise<Measured> => {
  const isOn = configuration !== '';
  const pid = async (): Promise<string> => (await system.sh('systemctl show -P MainPID network-broker')).trim();
  const used = async (): Promise<Measured['cycle']> => [await cpuOf(system, await pid()), await cpuOf(system, '1')];
  const active = async (pattern: string): Promise<number> =>
    Number(await system.sh(`systemctl list-units --plain --no-legend --state=active '${pattern}' | wc -l`));
  const isRoutable = async (): Promise<boolean> =>
    isOn
      ? (await system.sh('systemctl is-active link-routable@eth0.target || true')).trim() === 'active'
      : (await system.sh('networkctl --no-legend list eth0')).includes('routable');

  await system.write('/etc/network-broker/network-broker.toml', configuration);
  const systemdBefore = await cpuOf(system, '1');
  const began = Date.now();
  await system.sh('systemctl start network-broker');
  if (isOn) await system.until('all targets', async () => (await active('link-online@eth*.target')) === links, 120);
  const all = Date.now() - began;
  const [daemon, systemd] = await used();
  const ready = await system.until('the daemon to say that it is ready', async () => {
    const said = /ready after (\d+) ms/.exec(await system.sh(`journalctl _PID=${await pid()} -o cat --no-pager`));
    return said !== null && Number(said[1]);
  });
  await wait(10_000); // Node tidies its memory once, 8 s after it had work
  const all$: Measured['cycle'][] = [];
  for (let n = -3; n < cycles; n++) {
    const before = await used();
    await system.sh('ip -n router link set to-eth0 down');
    await system.until('its end', async () => !(await isRoutable()));
    await system.sh('ip -n router link set to-eth0 up');
    await system.until('its return', isRoutable);
    await wait(1500);
    const cost = minus(await used(), before);
    if (n >= 0) all$.push(cost); // the first three warm up
  }
  const delays: number[] = [];
  const bursts: Measured['cycle'][] = [];
  const lasts: number[] = [];
  const routable = async (): Promise<number> =>
    isOn
      ? active('link-online@eth*.target')
      : Number(await system.sh('networkctl --no-legend list | grep -c " routable " || true'));
  for (let n = 0; n < BURSTS; n++) {
    await system.sh('ip -n router -batch /tmp/down');
    await system.until('all to go', async () => (await routable()) === 0, 120);
    await wait(2000);
    await system.sh(': >/var/log/marks');
    const before = await used();
    const at = Date.now();
    await system.sh('ip -n router -batch /tmp/up');
    await system.until('all scripts', async () => (await readMarks(system)).length >= links, 120);
    await system.until('all to come', async () => (await routable()) >= links, 120);
    lasts.push(Date.now() - at);
    await wait(1500);
    delays.push(...(await readMarks(system)).map(began => began - at));
    bursts.push(minus(await used(), before));
  }
  await system.sh('systemctl stop network-broker; systemctl stop "link-*@*.target" "network-profile@*.target"');
  const means = (some: readonly Measured['cycle'][]): Measured['cycle'] => [
    mean(some.map(([first]) => first)),
    mean(some.map(([, second]) => second)),
  ];
  const start = [daemon, systemd - systemdBefore] as const;
  return { ready, all, start, cycle: means(all$), delays, burstAll: mean(lasts), burst: means(bursts) };
};

const system = await bootSystem(USUAL);
try {
  const files = Array.from({ length: links }, (_, n) => `10-eth${n}`);
  await installWithLinks(system, USUAL, files);
  await system.until(
    'all links',
    async () => (await system.sh('networkctl --no-legend list')).split(' configured').length > links,
    120,
  );
  for (const word of ['up', 'down'])
    await system.write(`/tmp/${word}`, files.map((_, n) => `link set to-eth${n} ${word}\n`).join(''));
  await installMark(system, ['/etc/network-broker/routable.d']);
  await system.write(
    '/etc/systemd/system/network-broker.service.d/mark.conf',
    '[Service]\nReadWritePaths=/var/log/marks\n',
  );
  await system.sh('systemctl daemon-reload');
  const off = await measured(system, '');
  const on = await measured(system, '[Units]\nLinks = "eth*"\n');
  const rows: readonly Row[] = [
    { what: 'execution to ready (ms)', values: [on.ready, off.ready], goal: 'at most 250' },
    { what: 'start to the last target (ms)', values: [on.all, off.all], goal: '' },
    { what: 'CPU of the daemon until then (ms)', values: [on.start[0], off.start[0]], goal: '' },
    { what: 'CPU of systemd until then (ms)', values: [on.start[1], off.start[1]], goal: '' },
    { what: 'CPU of a carrier cycle (ms)', values: [on.cycle[0], off.cycle[0]], goal: '' },
    { what: 'CPU of systemd in one (ms)', values: [on.cycle[1], off.cycle[1]], goal: '' },
    ...[0.1, 0.5, 0.9, 1].map(share => ({
      what: `all come at once: script, p${100 * share} (ms)`,
      values: [quantile(on.delays, share), quantile(off.delays, share)],
      goal: '',
    })),
    { what: 'all come at once: the last target (ms)', values: [on.burstAll, off.burstAll], goal: '' },
    { what: 'CPU of the daemon until then (ms)', values: [on.burst[0], off.burst[0]], goal: '' },
    { what: 'CPU of systemd until then (ms)', values: [on.burst[1], off.burst[1]], goal: '' },
  ];
  console.log(`\n${links} links, ${cycles} cycles\n${table(['with targets', 'without'], rows)}`);
} finally {
  await system.close();
}
