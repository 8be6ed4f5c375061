import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { StatusReport } from '../../../src/text/status-report.js';
import { describeBooted, release } from '../lab/systems/booted.js';
import { debs } from '../lab/packages/debs.js';
import { bootSystem, type System } from '../lab/systems/system.js';

const file = '/etc/network-broker/network-broker.toml';
const wrong = '[System]\nLogLevel = "loud"\n[Scripts]\nMaxParallel = 0\n';
const reasons = [`${file}:2: [System] LogLevel: expected one of`, `${file}:4: [Scripts] MaxParallel: expected a whole`];
const refusal = 'the configuration is invalid (see network-broker check): the last valid one is in use';

describeBooted(
  `the installed service with a wrong configuration, on Debian ${release} booted by its own systemd`,
  () => {
    let system: System;
    const sh = (commands: string): Promise<string> => system.sh(commands);
    const show = async (property: string): Promise<string> =>
      (await sh(`systemctl show -P ${property} network-broker`)).trim();
    const journal = (since = 0): Promise<string> =>
      sh(`journalctl -u network-broker -o cat --no-pager --since=@${since / 1000}`);
    const report = async (): Promise<StatusReport> =>
      JSON.parse(await sh('network-broker status --json')) as StatusReport;
    const untilStatus = (text: string): Promise<unknown> =>
      system.until(text, async () => (await show('StatusText')).startsWith(text));
    const kept = (): Promise<string> => system.read('/var/lib/network-broker/last-configuration.json');
    /** What inotify(7) watches for the daemon. */
    const watches = async (): Promise<number> =>
      Number(await sh(`cat /proc/${await show('MainPID')}/fdinfo/* | grep -c ^inotify`));
    const write = (text: string): Promise<void> => system.write(file, text);

    beforeAll(async () => {
      system = await bootSystem(release);
      for (const deb of debs(release)) copyFileSync(deb, system.path(`/tmp/${basename(deb)}`));
      await sh('ip link add eth0 type veth peer name eth1; dpkg -i /tmp/*.deb 2>&1; systemctl start systemd-networkd');
    });
    afterAll(async () => {
      await system.close();
    });

    test('and none that was right ends with 78, says why, and is not started again', async () => {
      await write(wrong);
      await sh('systemctl start network-broker || true');
      await system.until('its end', async () => (await show('ActiveState')) === 'failed');
      expect([await show('ExecMainStatus'), await show('Result'), await show('NRestarts')]).toEqual([
        '78',
        'exit-code',
        '0',
      ]);
      await sh('sleep 3'); // RestartSec= is 1
      expect([await show('ActiveState'), await show('NRestarts')]).toEqual(['failed', '0']);
      for (const reason of reasons) expect(await journal()).toContain(reason);
    });

    test('starts with the last one that was right, and says so to everybody', async () => {
      await write('[Network]\nLinks = "eth0"\n');
      await sh('systemctl restart network-broker');
      await untilStatus('watching 1 link');
      await system.until('it to be kept', async () => (await kept()).includes('Links'));
      expect(
        (await sh('stat -c "%a %U" /var/lib/network-broker /var/lib/network-broker/last-configuration.json')).trim(),
      ).toBe('700 network-broker\n600 network-broker');
      expect((await report()).configuration).toMatchObject({ inForce: 'present', errors: [] });
      await write(wrong);
      const since = Date.now();
      await sh('systemctl restart network-broker');
      expect(await show('ActiveState')).toBe('active');
      await untilStatus(`${refusal}; watching 1 link`);
      expect(await sh('systemctl status --no-pager network-broker')).toContain(refusal);
      const { configuration } = await report();
      expect(configuration.inForce).toBe('last');
      for (const reason of reasons) {
        expect(await journal(since)).toContain(reason);
        expect(configuration.errors.some(error => error.includes(reason))).toBe(true);
      }
      expect(await journal(since)).toContain('started with the last valid configuration');
      expect(await sh('network-broker status')).toContain('The configuration is invalid');
      expect(await kept()).toContain('Links');
    });

    test('takes the corrected one, without a restart or a reload, and watches for no other one', async () => {
      const before = await show('MainPID');
      await write('[Network]\nLinks = "still wrong\n');
      await system.until('the new error', async () =>
        (await report()).configuration.errors.join().includes('not TOML'),
      );
      await sh(`printf '[Network]\\nLinks = "eth*"\\n' >${file}.new; mv ${file}.new ${file}`);
      await untilStatus('watching 2 links');
      expect((await report()).configuration).toMatchObject({ inForce: 'present', errors: [] });
      await system.until('it to be kept', async () => (await kept()).includes('eth*'));
      expect(await show('MainPID')).toBe(before);
      // Nothing is watched any more that a daemon does not watch whose configuration was right from the beginning.
      const corrected = await watches();
      await sh('systemctl restart network-broker');
      await untilStatus('watching 2 links');
      expect([corrected > 0, corrected]).toEqual([true, await watches()]);
    });

    test('a drop-in corrects it as well', async () => {
      const dropIn = `${file}.d/10-wrong.toml`;
      await system.write(dropIn, '[Scripts]\nMaxParallel = 0\n');
      await sh('systemctl restart network-broker');
      await untilStatus(refusal);
      await sh(`rm ${dropIn}`);
      await untilStatus('watching 2 links');
    });

    test('is not reloaded: systemctl reload fails, says why, and changes nothing', async () => {
      const before = [await show('MainPID'), await show('StatusText'), await kept()];
      await write(wrong);
      const since = Date.now();
      expect(await sh('systemctl reload network-broker 2>&1 || echo "failed $?"')).toMatch(/failed 1/);
      for (const reason of reasons) {
        expect(await journal(since)).toContain(reason);
        expect(await sh('systemctl status --no-pager -n 20 network-broker')).toContain(reason);
      }
      await write('');
      expect(await sh('systemctl reload network-broker 2>&1 || echo "failed $?"')).toMatch(/failed 1/);
      await system.until('the reason', async () => (await journal(since)).includes('found the file empty or gone'));
      expect([await show('MainPID'), await show('StatusText'), await kept()]).toEqual(before);
      expect(await show('ActiveState')).toBe('active');
      expect(await journal(since)).not.toContain('rereading the configuration');
      await write('[Network]\nLinks = "eth1"\n');
      await sh('network-broker reload'); // by hand, as root
      await untilStatus('watching 1 link');
      await system.until('it to be kept', async () => (await kept()).includes('eth1'));
    });

    test('one that somebody else may write is wrong, too', async () => {
      await sh(`chmod o+w ${file}`);
      expect(await sh('systemctl reload network-broker 2>&1 || echo "failed $?"')).toMatch(/failed 1/);
      await sh('systemctl restart network-broker');
      await untilStatus(refusal);
      expect((await report()).configuration.errors.join()).toContain('is refused: ');
      await sh(`chmod o-w ${file}`);
      await untilStatus('watching 1 link');
    });

    test('what was kept is judged as well', async () => {
      await write(wrong);
      await sh('echo "{}" >/var/lib/network-broker/last-configuration.json; systemctl restart network-broker || true');
      await system.until('its end', async () => (await show('ActiveState')) === 'failed');
      expect(await show('ExecMainStatus')).toBe('78');
      expect(await journal()).toContain('the last valid configuration cannot be used');
      await sh(
        'rm /var/lib/network-broker/last-configuration.json; mkfifo /var/lib/network-broker/last-configuration.json',
      );
      await sh('systemctl restart network-broker || true');
      await system.until('its end', async () => (await show('ActiveState')) === 'failed');
      expect(await journal()).toContain('found a FIFO');
    });

    test('by hand it ends with 78 at once, whatever is kept', async () => {
      expect(await sh('network-broker run 2>&1 || echo "status $?"')).toMatch(/status 78\n$/);
    });
  },
);
