import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeBooted, release } from '../lab/systems/booted.js';
import { installWithLinks } from '../lab/packages/installed.js';
import { poll } from '../lab/poll.js';
import { bootSystem, type System } from '../lab/systems/system.js';
import type { Explanation } from '../../../src/text/explanation.js';
import type { StatusReport } from '../../../src/text/status-report.js';

/** A user's service that runs while a target is active, and writes down when it starts and stops. */
const userService = (target: string): string => `[Unit]
PartOf=${target}
StartLimitIntervalSec=0
[Service]
DynamicUser=yes
EnvironmentFile=/run/network-broker/links/eth0.env
ExecStart=sh -c 'echo "up $LINK $OperationalState"; exec sleep infinity'
ExecStopPost=echo down
[Install]
WantedBy=${target}
`;

describeBooted(`states of links as targets, on Debian ${release} booted by its own systemd`, () => {
  let system: System;
  const sh = (commands: string): Promise<string> => system.sh(commands);
  const isActive = async (unit: string): Promise<boolean> =>
    (await sh(`systemctl is-active '${unit}' || true`)).trim() === 'active';
  const untilActive = (unit: string): Promise<boolean> => system.until(`${unit} to start`, () => isActive(unit), 20);
  const untilInactive = (unit: string): Promise<boolean> =>
    system.until(
      `${unit} to stop`,
      async () => (await sh(`systemctl is-active '${unit}' || true`)).trim() === 'inactive',
      20,
    );
  const active = async (): Promise<readonly string[]> =>
    (await sh("systemctl list-units --plain --no-legend --state=active 'link-*@*' 'network-profile@*'"))
      .split('\n')
      .filter(Boolean)
      .map(line => line.split(' ', 1)[0] ?? '');
  const cable = (end: string, state: 'up' | 'down'): Promise<string> => sh(`ip -n router link set to-${end} ${state}`);
  const configure = async (text: string): Promise<void> => {
    await system.write('/etc/network-broker/network-broker.toml', text);
  };

  const untilDescribed = (link: string): Promise<boolean> =>
    system.until(
      `${link} alone to be described`,
      async () => (await sh('ls /run/network-broker/links')) === `${link}.env\n${link}.json\n`,
    );

  beforeAll(async () => {
    system = await bootSystem(release);
    await system.write('/etc/systemd/system/user.service', userService('link-routable@eth0.target'));
    await installWithLinks(system, release);
    await sh('systemctl daemon-reload; systemctl enable user.service 2>&1');
    await configure('[Units]\nLinks = "eth* lan"\n');
    await sh('systemctl start network-broker');
    await untilActive('user.service');
  });
  afterAll(async () => {
    await system.close();
  });

  test('targets are active while the link is in their state, and tell what scripts would be told', async () => {
    await untilActive('link-configured@eth1.target');
    for (const link of ['eth0', 'eth1']) await untilActive(`network-profile@10-${link}.target`);
    expect(await active()).toEqual(
      expect.arrayContaining([
        ...['carrier', 'degraded', 'routable', 'configured', 'online'].map(state => `link-${state}@eth0.target`),
        'network-profile@10-eth0.target',
        'network-profile@10-eth1.target',
      ]),
    );
    expect(await sh('. /run/network-broker/links/eth0.env; echo $LINK $OperationalState')).toBe('eth0 routable\n');
    expect(JSON.parse(await system.read('/run/network-broker/links/eth0.json'))).toMatchObject({
      Name: 'eth0',
      NetworkFile: '/etc/systemd/network/10-eth0.network',
    });
    expect(await sh('journalctl -u user -o cat --no-pager')).toContain('up eth0 routable');
  });

  test('status and explain show targets, and explain what hangs on them', async () => {
    const report = JSON.parse(await sh('network-broker status --json')) as StatusReport;
    expect(report.targets).toContainEqual({ unit: 'link-routable@eth0.target', wanted: true, active: true, why: '' });
    expect(report.targets.filter(({ wanted, active }) => wanted !== active)).toEqual([]);
    expect(await sh('network-broker status')).toMatch(/^ {2}eth0 +link-carrier link-degraded link-routable/m);
    const explained = JSON.parse(await sh('network-broker explain eth0 no-carrier --json')) as Explanation;
    expect(explained.targets).toEqual(
      [
        ['link-carrier@eth0.target', false, []],
        ['link-degraded@eth0.target', false, []],
        ['link-routable@eth0.target', false, ['user.service']],
        ['link-configured@eth0.target', true, []],
        ['link-online@eth0.target', true, []],
        ['network-profile@10-eth0.target', true, []],
      ].map(([unit, wanted, units]) => ({ unit, wanted, active: true, why: '', units })),
    );
    expect(await sh('network-broker explain eth0 no-carrier')).toContain(
      '\n  link-routable@eth0.target  would stop: user.service\n',
    );
  });

  test('a service stops with the state of its link and starts with it, and no other link does anything', async () => {
    await cable('eth0', 'down');
    await untilInactive('user.service');
    expect(await active()).not.toContain('link-carrier@eth0.target');
    expect(await active()).toContain('link-routable@eth1.target');
    await cable('eth0', 'up');
    await untilActive('user.service');
  });

  test('without an address the link is only degraded, or has only carrier', async () => {
    await sh('ip address del 10.0.0.50/24 dev eth0');
    await untilInactive('link-degraded@eth0.target');
    expect(await isActive('link-carrier@eth0.target')).toBe(true);
    await sh('ip address add 10.0.0.50/24 dev eth0');
    await untilActive('user.service');
  });

  test('killed, the daemon finds what is active, and puts right what has changed meanwhile', async () => {
    const since = (await sh('systemctl show -P ActiveEnterTimestampMonotonic user.service')).trim();
    await sh('systemctl kill --signal=KILL --kill-whom=main network-broker');
    await cable('eth1', 'down');
    await untilInactive('link-carrier@eth1.target');
    expect(await isActive('network-broker')).toBe(true);
    expect((await sh('systemctl show -P ActiveEnterTimestampMonotonic user.service')).trim()).toBe(since);
    await cable('eth1', 'up');
    await untilActive('link-routable@eth1.target');
  });

  test('stopped by hand, a target stays stopped until the state changes; what is masked is left alone', async () => {
    await sh('systemctl stop link-routable@eth0.target; ip link set eth0 alias anything');
    await system.until('the word on it', async () =>
      (await sh('journalctl -u network-broker -o cat --no-pager')).includes('link-routable@eth0.target was started'),
    );
    expect(await isActive('user.service')).toBe(false);
    expect(await sh('network-broker status')).toContain(
      '\n  link-routable@eth0.target is to be active: somebody has stopped it\n',
    );
    await cable('eth0', 'down');
    await untilInactive('link-carrier@eth0.target');
    await sh('systemctl mask link-online@eth0.target 2>&1');
    await cable('eth0', 'up');
    await untilActive('user.service');
    await untilActive('link-configured@eth0.target');
    expect(await isActive('link-online@eth0.target')).toBe(false);
    await sh('systemctl unmask link-online@eth0.target 2>&1');
    expect(await sh('journalctl -u network-broker -o cat --no-pager -p warning')).not.toContain('masked');
  });

  test('on reload links come and go; on stop targets stay; started again, the daemon leaves them as they are', async () => {
    await configure('[Units]\nLinks = "eth0 lan"\n');
    await sh('systemctl reload network-broker');
    await untilInactive('link-carrier@eth1.target');
    await untilDescribed('eth0');
    await sh('systemctl stop network-broker');
    expect(await isActive('user.service')).toBe(true);
    const since = (await sh('systemctl show -P ActiveEnterTimestampMonotonic user.service')).trim();
    await configure('[Units]\nLinks = "eth* lan"\n');
    await sh('systemctl start network-broker');
    await untilActive('link-routable@eth1.target');
    expect((await sh('systemctl show -P ActiveEnterTimestampMonotonic user.service')).trim()).toBe(since);
  });

  test('the daemon is ready while jobs that it has asked for still wait, which count as done', async () => {
    await sh('systemctl stop network-broker "link-*@eth0.target"');
    await system.write(
      '/etc/systemd/system/slow.service',
      '[Service]\nType=oneshot\nExecStart=sleep 300\n[Install]\nWantedBy=link-carrier@eth0.target\n',
    );
    await sh('systemctl daemon-reload; systemctl enable slow.service 2>&1; systemctl start network-broker');
    const jobs = (): Promise<string> => sh('systemctl list-jobs --no-legend --no-pager');
    await system.until('the job of the target', async () => /link-carrier@eth0\.target +start/.test(await jobs()));
    expect(await isActive('network-broker')).toBe(true);
    await system.until('what status says', async () => {
      const { targets } = JSON.parse(await sh('network-broker status --json')) as StatusReport;
      return targets.some(({ unit, active }) => unit === 'link-carrier@eth0.target' && active);
    });
    expect(await jobs()).toMatch(/link-carrier@eth0\.target +start/);
    await sh('systemctl disable slow.service 2>&1; systemctl stop slow.service');
    await untilActive('user.service');
  });

  test('a link that is renamed, or removed, takes its targets and its files with it', async () => {
    await sh('ip link set eth1 down; ip link set eth1 name lan; ip link set lan up');
    await untilActive('link-carrier@lan.target');
    await untilInactive('link-carrier@eth1.target');
    await sh('ip link del lan');
    await untilInactive('link-carrier@lan.target');
    await untilDescribed('eth0');
  });

  test('the daemon may start and stop these targets and no other unit', async () => {
    const asDaemon = (call: string, unit: string): Promise<string> =>
      sh(
        `setpriv --reuid network-broker --regid network-broker --clear-groups busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager ${call} ss '${unit}' replace 2>&1 || true`,
      );
    expect(await asDaemon('StartUnit', 'link-routable@none.target')).toMatch(/^o "/);
    expect(await asDaemon('StopUnit', 'link-carrier@none.target')).toMatch(/^o "/);
    for (const unit of ['user.service', 'rescue.target', 'link-routable@none.service', 'x-link-carrier@none.target'])
      expect(await asDaemon('StartUnit', unit)).toMatch(/authentication required|Access denied/i);
    expect(await asDaemon('RestartUnit', 'link-carrier@none.target')).toMatch(/authentication required|Access denied/i);
  });

  test('the system goes down without delay, with targets that are active', async () => {
    await untilActive('user.service');
    await sh('systemctl --no-block poweroff').catch(() => '');
    const isDown = (): Promise<boolean> =>
      sh('true').then(
        () => false,
        () => true,
      );
    expect(await poll(isDown, 25)).toBe(true);
  });
});
