import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeBooted, release } from '../lab/systems/booted.js';
import { installWithLinks } from '../lab/packages/installed.js';
import { bootSystem, type System } from '../lab/systems/system.js';

const script = (body: string): string => `#!/bin/sh\n${body}\n`;
/** Writes down where it ran and for which link. */
const recorder = script('echo "$(basename "$(dirname "$0")") $LINK ${RERUN:-0}" >>/run/network-broker/runs');

describeBooted(`the installed service, on Debian ${release} booted by its own systemd`, () => {
  let system: System;
  const sh = (commands: string): Promise<string> => system.sh(commands);
  const show = async (property: string): Promise<string> =>
    (await sh(`systemctl show -P ${property} network-broker`)).trim();
  const journal = (since = 0): Promise<string> =>
    sh(`journalctl -u network-broker -o cat --no-pager --since=@${since / 1000}`);
  const runs = async (): Promise<readonly string[]> =>
    (await system.read('/run/network-broker/runs')).split('\n').filter(Boolean);
  const forget = (): Promise<string> => sh('rm -f /run/network-broker/runs');
  const untilRun = (run: string): Promise<boolean> => system.until(run, async () => (await runs()).includes(run), 15);
  /** The output of a script that runs for the next change of this link. */
  const outputOf = async (body: string): Promise<string> => {
    await system.write(
      '/etc/network-broker/no-carrier.d/50-try',
      script(`exec >/run/network-broker/out 2>&1\n${body}\necho end`),
      0o755,
    );
    await sh('rm -f /run/network-broker/out; ip -n router link set to-eth1 down');
    const output = await system.until('the script to end', async () => {
      const text = await system.read('/run/network-broker/out');
      return text.endsWith('end\n') && text;
    });
    await sh('rm /etc/network-broker/no-carrier.d/50-try');
    await plugAgain();
    return output;
  };
  const plugAgain = async (): Promise<void> => {
    await forget();
    await sh('ip -n router link set to-eth1 up');
    await untilRun('routable.d eth1 0');
    await untilRun('configured.d eth1 0').catch(() => undefined);
  };

  beforeAll(async () => {
    system = await bootSystem(release);
    await installWithLinks(system, release);
    for (const directory of ['carrier', 'no-carrier', 'routable', 'degraded', 'configured'])
      await system.write(`/etc/network-broker/${directory}.d/10-record`, recorder, 0o755);
    await sh('systemctl start network-broker');
    for (const link of ['eth0', 'eth1']) await untilRun(`routable.d ${link} 0`);
  });
  afterAll(async () => {
    await system.close();
  });

  test('is neither enabled nor started by its installation, and tells its state in words', async () => {
    expect(await show('UnitFileState')).toBe('disabled');
    await system.until('the status', async () => (await show('StatusText')) === 'watching 2 links, 2 routable');
  });

  test('has what its own Node compiled, so that it starts at once', async () => {
    const version = (await sh('node --version')).trim();
    expect(await sh('ls /usr/lib/network-broker')).toMatch(new RegExp(`^bundle-\\w+-${version}-\\w+\\.cache$`, 'm'));
    expect(await journal()).not.toContain('code cache');
  });

  test('runs scripts as network-broker with exactly two capabilities, which they can use', async () => {
    const output = await outputOf(`id -un; grep ^Cap /proc/self/status; grep NoNewPrivs /proc/self/status
ip address add 192.0.2.77/32 dev $LINK && echo address added; ip address del 192.0.2.77/32 dev $LINK`);
    const two = '0000000000201000';
    const sets = ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'].map(name => `Cap${name}:\t${two}`);
    expect(output.split('\n')).toEqual(['network-broker', ...sets, 'NoNewPrivs:\t1', 'address added', 'end', '']);
  });

  test('lets scripts set net.* sysctls, use tc, and work in other network namespaces', async () => {
    const output = await outputOf(`
sysctl -qw net.ipv4.conf.$LINK.arp_ignore=1 && cat /proc/sys/net/ipv4/conf/$LINK/arp_ignore
tc qdisc replace dev $LINK root pfifo limit 77 && tc qdisc show dev $LINK | grep -o 'limit 77p'
ip netns exec router ip -o link show to-eth0 | grep -o to-eth0
touch /etc/network-broker/x 2>/dev/null || echo read-only`);
    expect(output).toBe('1\nlimit 77p\nto-eth0\nread-only\nend\n');
  });

  test('reloads a good configuration, refuses a bad one with all its errors, and stays the same process', async () => {
    const before = await show('MainPID');
    const file = '/etc/network-broker/network-broker.toml';
    const good = await system.read(file);
    const since = Date.now();
    await system.write(file, '[System]\nLogLevel = "loud"\n[Scripts]\nMaxParallel = 0\n');
    expect(await sh('systemctl reload network-broker 2>&1 || echo refused')).toMatch(/refused\n$/);
    await system.until('the refusal', async () =>
      (await journal(since)).includes('the previous configuration stays in use'),
    );
    expect(await journal(since)).toContain(`${file}:2: [System] LogLevel`);
    expect(await journal(since)).toContain(`${file}:4: [Scripts] MaxParallel`);
    await system.write(file, '[Network]\nLinks = "eth0"\n');
    await sh('systemctl reload network-broker');
    await system.until('the new status', async () => (await show('StatusText')) === 'watching 1 link, 1 routable');
    await system.write(file, good);
    await sh('systemctl reload network-broker');
    await system.until('the old status', async () => (await show('StatusText')) === 'watching 2 links, 2 routable');
    expect([await show('MainPID'), await show('ActiveState')]).toEqual([before, 'active']);
    expect(await sh(`ps -o comm= -p ${before}`)).toBe('network-broker\n');
  });

  test('stopped and started, runs nothing again', async () => {
    await forget();
    await sh('systemctl stop network-broker');
    expect([await show('ExecMainStatus'), await show('Result')]).toEqual(['0', 'success']);
    await sh('systemctl start network-broker');
    await sh('ip -n router link set to-eth1 down');
    await untilRun('no-carrier.d eth1 0');
    expect(await runs()).toEqual(['no-carrier.d eth1 0']);
    await plugAgain();
  });

  test('killed while a script runs, is started again, runs that event again and no other, and misses nothing', async () => {
    await system.write(
      '/etc/network-broker/no-carrier.d/05-slow',
      script('[ "$LINK" != eth1 ] || [ "${RERUN:-0}" = 1 ] || { echo >/run/network-broker/begun; exec sleep 60; }'),
      0o755,
    );
    await forget();
    await sh('ip -n router link set to-eth1 down');
    await system.until('the slow script', async () => (await system.read('/run/network-broker/begun')) !== '');
    const before = await show('MainPID');
    await sh('systemctl kill --signal=KILL --kill-whom=main network-broker; ip -n router link set to-eth0 down');
    await untilRun('no-carrier.d eth1 1');
    await untilRun('no-carrier.d eth0 0');
    expect(await show('MainPID')).not.toBe(before);
    expect((await runs()).filter(run => !run.startsWith('configur')).toSorted()).toEqual([
      'no-carrier.d eth0 0',
      'no-carrier.d eth1 1',
    ]);
    await sh('rm /etc/network-broker/no-carrier.d/05-slow; ip -n router link set to-eth0 up');
    await plugAgain();
  });

  test('stands still: the watchdog starts it again', async () => {
    await system.write('/run/systemd/system/network-broker.service.d/watchdog.conf', '[Service]\nWatchdogSec=1\n');
    await sh('systemctl daemon-reload; systemctl restart network-broker');
    const before = await show('MainPID');
    await sh(`sleep 2; kill -STOP ${before}`);
    expect(await show('NRestarts')).toBe('0'); // it was fed so long
    await system.until('another process', async () => {
      const now = await show('MainPID');
      return now !== before && now !== '0' && (await show('ActiveState')) === 'active';
    });
    expect(await journal()).toContain('Watchdog timeout');
    await sh(
      'rm -r /run/systemd/system/network-broker.service.d; systemctl daemon-reload; systemctl restart network-broker',
    );
  });

  test('serves before systemd-networkd is there, and when it comes', async () => {
    await sh('systemctl stop systemd-networkd.socket systemd-networkd; systemctl restart network-broker');
    expect(await show('ActiveState')).toBe('active');
    await system.until('the status', async () =>
      (await show('StatusText')).startsWith('org.freedesktop.network1 is not on the bus'),
    );
    await forget();
    await sh('systemctl start systemd-networkd');
    await system.until('the status', async () => (await show('StatusText')) === 'watching 2 links, 2 routable');
    await sh('ip -n router link set to-eth1 down');
    await untilRun('no-carrier.d eth1 0');
    await plugAgain();
  });

  test('is of a package that lintian accepts', async () => {
    await sh('cd /; lintian --fail-on error --allow-root /tmp/network-broker_*.deb');
  });

  test('exposes little, and less with the drop-in', async () => {
    const exposure = async (): Promise<number> =>
      Number(
        /exposure level for network-broker.service: ([\d.]+)/.exec(
          await sh('systemd-analyze security --no-pager network-broker'),
        )?.[1],
      );
    expect(await exposure()).toBeLessThanOrEqual(4.0);
    await sh(`install -D -m 0644 /usr/share/doc/network-broker/examples/hardened.conf /run/systemd/system/network-broker.service.d/hardened.conf
      systemctl daemon-reload; systemctl restart network-broker`);
    expect(await exposure()).toBeLessThanOrEqual(2.5);
    expect(
      await outputOf('ip address add 192.0.2.77/32 dev $LINK && echo added; ip address del 192.0.2.77/32 dev $LINK'),
    ).toBe('added\nend\n');
    await sh(
      'rm -r /run/systemd/system/network-broker.service.d; systemctl daemon-reload; systemctl restart network-broker',
    );
  });

  test('an extension in /etc stands between events and scripts; what it throws costs an event, not the daemon', async () => {
    const directory = '/etc/network-broker/extensions';
    const dropIns = '/etc/network-broker/network-broker.toml.d';
    await system.write(
      `${directory}/teller.mjs`,
      `export default ({ rxjs, events, defineExtension }) => defineExtension({
        name: 'teller',
        stages: [rxjs.map(step => {
          if (step.event.name === 'eth0' && step.event.changed?.CarrierState === 'no-carrier') throw new Error('not this one');
          return step;
        })],
        sinks: [({ step$ }, report) => step$.pipe(
          rxjs.filter(({ event }) => events.isLinkState(event) && event.changed.CarrierState !== undefined),
          rxjs.tap(({ event, world }) => report(events.fault('warn', 'told',
            event.name + ' ' + event.changed.CarrierState + ', now ' + events.linkStates(world, event.name).CarrierState))),
        )],
      });`,
    );
    await system.write(`${dropIns}/teller.toml`, `[Extensions]\nLoad = ["${directory}/teller.mjs"]\n`);
    expect(await sh('network-broker check || true')).toMatch(
      /extensions +\S+teller\.mjs: teller, with 1 stages, 1 sinks/,
    );
    await sh('systemctl restart network-broker');
    const before = await show('MainPID');
    await forget();
    await sh('ip -n router link set to-eth0 down');
    await system.until('the fault', async () => (await journal()).includes('extension teller threw: not this one'));
    await sh('ip -n router link set to-eth1 down');
    await untilRun('no-carrier.d eth1 0');
    expect(await journal()).toContain('extension teller: eth1 no-carrier, now no-carrier');
    expect(await runs()).not.toContain('no-carrier.d eth0 0');
    expect([await show('MainPID'), await show('ActiveState')]).toEqual([before, 'active']);

    await sh(`chmod o+w ${directory}/teller.mjs; systemctl restart network-broker`);
    await system.until('the refusal', async () => /teller\.mjs is not loaded: .*writ/.test(await journal()));
    expect(await sh('network-broker check || true')).toMatch(/error +extensions .*teller\.mjs is not loaded/);
    await sh(`rm -r ${directory} ${dropIns}; ip -n router link set to-eth0 up; systemctl restart network-broker`);
    await plugAgain();
  });

  test('delays a sleep by a lock of a real logind, until the scripts of suspend.d have ended, and runs those of resume.d', async () => {
    const tell = (what: string): string => script(`echo ${what} >>/run/network-broker/slept`);
    // What logind takes for a computer that can sleep; what it starts then writes a line.
    await sh(`
      cd /etc/systemd/system; mkdir -p systemd-suspend.service.d systemd-logind.service.d
      printf '[Service]\\nExecStart=\\nExecStart=/bin/sh -c "echo asleep >>/run/network-broker/slept"\\n' >systemd-suspend.service.d/lab.conf
      printf '[Service]\\nReadWritePaths=/sys/power\\n' >systemd-logind.service.d/lab.conf
      mount -t tmpfs tmpfs /sys/power
      echo mem >/sys/power/state
      systemctl daemon-reload
      systemctl restart systemd-logind`);
    await system.write('/etc/network-broker/resume.d/10-tell', tell('after'), 0o755);
    await system.write('/etc/network-broker/suspend.d/10-wait', script('sleep 1'), 0o755);
    await system.write('/etc/network-broker/suspend.d/20-tell', tell('before'), 0o755);
    await system.until('the lock', async () =>
      /^network-broker .* sleep .* delay$/m.test(await sh('systemd-inhibit --list --no-pager --no-legend')),
    );
    const told = async () => (await system.read('/run/network-broker/slept')).split('\n');
    await sh('systemctl suspend');
    await system.until('the resume', async () => (await told()).includes('after'));
    expect(await told()).toEqual(['before', 'asleep', 'after', '']);
    await sh(
      'rm /etc/network-broker/suspend.d/*-wait /etc/network-broker/suspend.d/*-tell /etc/network-broker/resume.d/10-tell',
    );
    await system.until(
      'no lock',
      async () => !(await sh('systemd-inhibit --list --no-pager')).includes('network-broker'),
    );
  });

  test('removed, leaves nothing but what was configured; purged, nothing', async () => {
    await sh(`
      ip rule add from 10.0.1.50 lookup 10003 priority 9999 protocol 217
      ip route add default via 10.0.1.1 dev eth1 table 10003 protocol 217
      ip rule add from 10.0.1.50 lookup 10003 priority 9998`);
    expect(await sh('dpkg -r network-broker 2>&1')).toMatch(/^removed {2}rule {3}from 10\.0\.1\.50 lookup 10003$/m);
    expect(await show('ActiveState')).toBe('inactive');
    expect(await sh('ip rule')).toMatch(/^9998:/m);
    expect(await sh('ip rule; ip route show table all')).not.toMatch(/^9999:|10\.0\.1\.1/m);
    expect(await sh('ls -d /usr/lib/network-broker 2>/dev/null || true')).toBe('');
    await sh('rm /etc/network-broker/*.d/*; dpkg -P network-broker 2>&1');
    expect(await sh('ls -d /etc/network-broker /run/network-broker /var/lib/network-broker 2>/dev/null || true')).toBe(
      '',
    );
  });
});
