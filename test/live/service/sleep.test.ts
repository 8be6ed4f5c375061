import { expect, test } from '@jest/globals';
import { configureBroker, startBroker } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { connectClient, namesOnBus } from '../lab/bus-clients/client.js';
import { openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { sets } from '../lab/packages/packages.js';
import { installScript } from '../lab/scripts.js';
import { startPolkit } from '../lab/daemons/settings.js';

const name = 'org.freedesktop.login1';
const prepareForSleep = (isBegin: boolean) => ({
  path: '/org/freedesktop/login1',
  of: `${name}.Manager`,
  member: 'PrepareForSleep',
  signature: 'b',
  body: [isBegin],
});
const record = '#!/bin/sh\necho "$EVENT $ACTION ${LINK-no link}" >>/var/log/runs\n';

describeLive('suspend.d and resume.d', () => {
  test('run before and after a sleep of which logind tells, in that order, and for nobody else', async () => {
    const lab = await openLab();
    await lab.write('/var/log/runs', '', 0o666);
    const until = (run: string): Promise<unknown> =>
      lab.until(run, async () => (await lab.read('/var/log/runs')).endsWith(`${run}\n`));
    await installScript(lab, 'suspend.d', '10-slow', '#!/bin/sh\nsleep 0.1\n');
    await installScript(lab, 'suspend.d', '20-record', record);
    await installScript(lab, 'resume.d', '10-record', record);
    await installScript(lab, 'addresses.d', '10-record', record);
    await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n');
    await startBus(lab);
    await lab.sh('ip link add eth0 type veth peer name other; ip link set eth0 up');
    const [logind, forger] = [await connectClient(lab), await connectClient(lab)];
    await logind.own(name);
    const broker = await startBroker(lab);
    try {
      const daemon = await namesOnBus(lab, broker.pid);
      await forger.emit(prepareForSleep(true), daemon);
      await forger.emit(prepareForSleep(true));
      await lab.sh('ip address add 198.51.100.1/24 dev eth0');
      await until('address added eth0');
      expect(await lab.read('/var/log/runs')).toBe('address added eth0\n');
      await lab.until('the daemon to hear of a sleep', async () => {
        // Whether it listens already cannot be seen from outside.
        if (!broker.log().some(({ event }) => event === 'sleep')) await logind.emit(prepareForSleep(true));
        return (await lab.read('/var/log/runs')).includes('sleep suspend');
      });
      await logind.emit(prepareForSleep(false));
      await until('sleep resume no link');
      const [first, ...runs] = (await lab.read('/var/log/runs')).trim().split('\n');
      expect(first).toBe('address added eth0');
      expect(new Set(runs.slice(0, -1))).toEqual(new Set(['sleep suspend no link']));

      // There is no lock to be had in the laboratory: that is said, and hinders nothing.
      expect(broker.log().flatMap(({ code }) => code ?? [])).toContain('sleep-undelayed');
    } finally {
      logind.close();
      forger.close();
      await broker.stop();
      await lab.close();
    }
  });

  test('a sleep is delayed while there are scripts in suspend.d, by a lock that goes with the daemon, even if it is killed', async () => {
    const lab = await openLab({ programs: sets.polkit });
    await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n');
    await startBus(lab);
    await startPolkit(lab, false);
    await lab.sh('mkdir -p /etc/network-broker/suspend.d /run/systemd/inhibit /run/systemd/seats /run/systemd/users');
    const logind = await lab.start('systemd-logind', ['/usr/lib/systemd/systemd-logind']);
    const broker = await startBroker(lab);
    const isDelayed = async (): Promise<boolean> =>
      /^network-broker .* sleep .* delay$/m.test(await lab.sh('systemd-inhibit --list --no-pager --no-legend || true'));
    try {
      expect(await isDelayed()).toBe(false);
      await installScript(lab, 'suspend.d', '10-record', record);
      await lab.until('the lock', isDelayed);
      await lab.sh('rm /etc/network-broker/suspend.d/10-record');
      await lab.until('no lock', async () => !(await isDelayed()));
      await installScript(lab, 'suspend.d', '10-record', record);
      await lab.until('the lock again', isDelayed);
      await broker.stop('SIGKILL');
      await lab.until('no lock of a dead daemon', async () => !(await isDelayed()));
      expect(broker.log().flatMap(({ code }) => code ?? [])).not.toContain('sleep-undelayed');
    } finally {
      await broker.stop();
      await logind.stop();
      await lab.close();
    }
  });
});
