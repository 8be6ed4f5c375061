// make bench ARGS='root [ROUNDS]': a cable pulled and plugged in, in a booted Debian: from networkd's signal that says `routable` to the first
// instruction of a script of root's, by the root executor and beside networkd-dispatcher; and when the executor has to be started first.
import { installWithLinks } from '../test/live/lab/packages/installed.js';
import { signalOf } from '../test/live/lab/bus-clients/signals.js';
import { debianRoot } from '../test/live/lab/systems/root.js';
import { bootRoot, type System } from '../test/live/lab/systems/system.js';
import { installMark, readMarks } from './mark.js';
import { quantile, table } from './table.js';

const rounds = Number(process.argv[2] ?? 3);
const TRANSITIONS_A_ROUND = 15;
const COLD_STARTS = 5;
const signalsFile = '/run/signals';
const rootHooks = '/etc/root-hooks';

const contents = ['dbus', 'systemd', 'systemd-sysv', 'udev', 'polkitd', 'iproute2', 'procps', 'libstdc++6'];
const configuration = `[[Tree]]\nPath = "${rootHooks}"\nStyle = "networkd-dispatcher"\nUser = "root"\n`;
const monitor = `systemd-run --unit=monitor --property=StandardOutput=file:${signalsFile} \
  busctl --json=short monitor --match "type='signal',interface='org.freedesktop.DBus.Properties'"`;

/** When networkd said that eth0 is routable, in milliseconds since the epoch, in order. */
const routable = async (system: System): Promise<readonly number[]> =>
  (await system.read(signalsFile))
    .split('\n')
    .flatMap(line => (line.startsWith('{') && line.endsWith('}') ? signalOf(line) : []))
    .filter(({ changed }) => changed.OperationalState === 'routable')
    .map(({ at }) => at / 1000);

/** Milliseconds from the signal to the script. */
const transition = async (system: System): Promise<number> => {
  const [told, ran] = [(await routable(system)).length, (await readMarks(system)).length];
  await system.sh('ip -n router link set to-eth0 down');
  await system.until('eth0 to lose its carrier', async () =>
    (await system.sh('networkctl --no-legend list eth0')).includes('no-carrier'),
  );
  await system.sh('ip -n router link set to-eth0 up');
  const signal = await system.until('eth0 to be routable', async () => (await routable(system))[told]);
  const mark = await system.until('its script', async () => (await readMarks(system))[ran]);
  return mark - signal;
};

const several = async (system: System, count: number, before = ''): Promise<readonly number[]> => {
  const all: number[] = [];
  for (let n = 0; n < count; n += 1) {
    if (before !== '') await system.sh(before);
    all.push(await transition(system));
  }
  return all;
};

const served = async (system: System, unit: string): Promise<void> => {
  await system.sh(`systemctl start ${unit}`);
  await several(system, 2); // they warm up
};

const system = await bootRoot(debianRoot(12, [...contents, 'networkd-dispatcher']), {
  prepare: 'rm -f /etc/systemd/system/*.wants/networkd-dispatcher.service',
});
try {
  await installWithLinks(system, 12, ['10-eth0']);
  await system.write('/etc/network-broker/network-broker.toml', configuration);
  await installMark(system, [`${rootHooks}/routable.d`, '/etc/networkd-dispatcher/routable.d']);
  await system.sh(`${monitor}; systemctl enable --now network-broker-root.socket 2>&1`);
  const [ours, theirs, cold]: [number[], number[], number[]] = [[], [], []];
  for (let n = 1; n <= rounds; n += 1) {
    console.error(`round ${n} of ${rounds}`);
    await served(system, 'network-broker');
    ours.push(...(await several(system, TRANSITIONS_A_ROUND)));
    cold.push(...(await several(system, COLD_STARTS, 'systemctl stop network-broker-root.service 2>&1')));
    await system.sh('systemctl stop network-broker');
    await served(system, 'networkd-dispatcher');
    theirs.push(...(await several(system, TRANSITIONS_A_ROUND)));
    await system.sh('systemctl stop networkd-dispatcher');
  }
  const row = (what: string, share: number, goal: string) => ({
    what,
    values: [quantile(ours, share), quantile(theirs, share)],
    goal,
  });
  console.log(
    table(
      ['root executor', 'networkd-dispatcher'],
      [
        row('signal to script of root, p50 (ms)', 0.5, 'ratio at most 0.4'),
        row('signal to script of root, p90 (ms)', 0.9, ''),
        { what: 'the executor started first, p50 (ms)', values: [quantile(cold, 0.5)], goal: 'at most 250' },
        { what: 'the executor started first, max (ms)', values: [quantile(cold, 1)], goal: '' },
      ],
    ),
  );
} finally {
  await system.close();
}
