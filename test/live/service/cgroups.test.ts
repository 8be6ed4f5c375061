import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { StatusReport } from '../../../src/text/status-report.js';
import { describeBooted, release } from '../lab/systems/booted.js';
import { debs } from '../lab/packages/debs.js';
import { bootSystem, type System } from '../lab/systems/system.js';

const service = '/sys/fs/cgroup/system.slice/network-broker.service';

describeBooted(`the cgroups of the installed service, on Debian ${release} booted by its own systemd`, () => {
  let system: System;
  const sh = (commands: string): Promise<string> => system.sh(commands);
  const status = async (): Promise<StatusReport> =>
    JSON.parse(await sh('network-broker status --json')) as StatusReport;
  const show = async (property: string): Promise<string> =>
    (await sh(`systemctl show -P ${property} network-broker`)).trim();
  const runGroups = async (): Promise<readonly string[]> =>
    (await sh(`find ${service} -maxdepth 1 -name 'run-*' -printf '%f\n'`)).split('\n').filter(Boolean);
  let addresses = 0;
  /** Installs the one script and makes it run. */
  const runs = async (body: string): Promise<void> => {
    await system.write('/etc/network-broker/addresses.d/10-script', `#!/bin/sh\n${body}\n`, 0o755);
    addresses += 1;
    await sh(`ip address add 192.0.2.${addresses}/32 dev eth0`);
  };
  /** The run of this script, when it has ended. */
  const runOf = async (body: string): Promise<StatusReport['runs'][number]> => {
    const before = (await status()).counters.scripts;
    await runs(body);
    return system.until(
      'the run to end',
      async () => {
        const now = await status();
        return now.counters.scripts > before && now.runs.at(-1);
      },
      30,
    );
  };
  /** A group that was still being left when its run had ended goes when the next one begins. */
  const untilNoGroup = (): Promise<boolean> =>
    system.until('no group of a run to be there', async () => {
      if ((await runGroups()).length === 0) return true;
      await runOf('true');
      return false;
    });
  const isAlive = async (file: string): Promise<boolean> =>
    (await sh(`kill -0 "$(cat /run/network-broker/${file})" 2>/dev/null && echo yes || true`)) !== '';
  const child = (file: string, way = 'setsid'): string =>
    `${way} sh -c 'trap "" TERM; echo $$ >/run/network-broker/${file}; exec sleep 1000' >/dev/null 2>&1 &\nuntil [ -s /run/network-broker/${file} ]; do sleep 0.02; done`;

  beforeAll(async () => {
    system = await bootSystem(release);
    for (const deb of debs(release)) copyFileSync(deb, system.path(`/tmp/${basename(deb)}`));
    await sh('ip link add eth0 type veth peer name cable; ip link set eth0 up; dpkg -i /tmp/*.deb 2>&1');
    await system.write(
      '/etc/network-broker/network-broker.toml',
      '[System]\nGenerator = "rtnetlink"\n[Scripts]\nTimeoutSec = 2\n',
    );
    await sh('systemctl start network-broker');
  });
  afterAll(async () => {
    await system.close();
  });

  test('the daemon is in a leaf of its own, and nothing is in the group of the service', async () => {
    expect((await sh(`cat ${service}/daemon/cgroup.procs`)).trim()).toBe(await show('MainPID'));
    expect(await sh(`cat ${service}/cgroup.procs`)).toBe('');
  });

  test('a run begins in a group of its own, which goes with it', async () => {
    const run = await runOf(
      'grep ^0:: /proc/self/cgroup >/run/network-broker/group; sh -c "grep ^0:: /proc/self/cgroup" >>/run/network-broker/group',
    );
    expect(run).toMatchObject({ status: 0, timedOut: false });
    const groups = new Set((await system.read('/run/network-broker/group')).trim().split('\n'));
    expect([...groups]).toEqual([expect.stringMatching(/^0::\/system\.slice\/network-broker\.service\/run-\d+$/)]);
    await system.until('the group to go', async () => (await runGroups()).length === 0);
  });

  test('what a run cost is in the status and in the log, with what its children used', async () => {
    const run = await runOf('sh -c "i=0; while [ \\$i -lt 200000 ]; do i=\\$((i+1)); done"');
    expect(run.cpuMs).toBeGreaterThan(20);
    expect(run.cpuMs).toBeLessThan(5000);
    const hasMemory = (await sh('cat /sys/fs/cgroup/cgroup.controllers')).split(/\s/).includes('memory');
    if (hasMemory) expect(run.memoryPeak).toBeGreaterThan(10_000);
    else expect(run.memoryPeak).toBeNull();
    expect(await sh('journalctl -u network-broker -o cat --no-pager')).toContain(
      `exited with status 0 after ${run.durationMs} ms (${run.cpuMs} ms of CPU`,
    );
  });

  test('a run that takes too long is ended with all that it started, whatever session that has made for itself', async () => {
    const run = await runOf(`${child('own-session')}\nsleep 1000`);
    expect(run).toMatchObject({ timedOut: true });
    await system.until('the child to end', async () => !(await isAlive('own-session')));
  });

  test('what lives on after a script that ended by itself is let be, and so is its group', async () => {
    expect(await runOf(child('daemon'))).toMatchObject({ status: 0 });
    expect(await isAlive('daemon')).toBe(true);
    expect(await runGroups()).toHaveLength(1);
    await runOf('true');
    expect(await isAlive('daemon')).toBe(true);
    await sh('kill -9 "$(cat /run/network-broker/daemon)"');
    await runOf('true'); // the next run removes it
    await system.until('its group to go', async () => (await runGroups()).length === 0);
  });

  test('the rest of the tree stays read-only to scripts', async () => {
    await runOf(`{ mkdir ${service}/mine && rmdir ${service}/mine && echo own
      mkdir /sys/fs/cgroup/mine || mkdir /sys/fs/cgroup/system.slice/mine || echo 1 >/sys/fs/cgroup/system.slice/cgroup.freeze || echo not others; } >/run/network-broker/tree 2>/dev/null`);
    expect(await system.read('/run/network-broker/tree')).toBe('own\nnot others\n');
  });

  test('a reload leaves the daemon where it is; a restart and a kill leave nothing of any run behind', async () => {
    const pid = await show('MainPID');
    await sh('systemctl reload network-broker');
    expect((await sh(`cat ${service}/daemon/cgroup.procs`)).trim()).toBe(pid);

    await runOf(child('before-restart'));
    await sh('systemctl restart network-broker');
    expect(await isAlive('before-restart')).toBe(false);
    await untilNoGroup();
    expect((await sh(`cat ${service}/daemon/cgroup.procs`)).trim()).toBe(await show('MainPID'));

    await runOf(child('before-kill'));
    const old = await show('MainPID');
    await sh(`kill -9 ${old}`);
    await system.until(
      'another daemon',
      async () => (await show('ActiveState')) === 'active' && !['0', old].includes(await show('MainPID')),
      30,
    );
    expect(await isAlive('before-kill')).toBe(false);
    await untilNoGroup();
  });

  // seccomp cannot look into clone3(2), so RestrictNamespaces= refuses it (systemd.exec(5)).
  test('with hardened.conf, which restricts namespaces, a run moves into its group before it begins', async () => {
    await sh(`install -D -m 0644 "$(dpkg -L network-broker | grep /hardened.conf)" /etc/systemd/system/network-broker.service.d/hardened.conf
      systemctl daemon-reload; systemctl restart network-broker`);
    const run = await runOf(`${child('hardened', 'setsid')}\nsleep 1000`);
    expect(run).toMatchObject({ timedOut: true, cpuMs: expect.any(Number) });
    await system.until('the child to end', async () => !(await isAlive('hardened')));
  });
});
