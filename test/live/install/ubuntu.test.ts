import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { brokerDeb } from '../lab/packages/debs.js';
import { followed } from '../lab/packages/install-page.js';
import { describeLive } from '../lab/live.js';
import { ubuntuRoot } from '../lab/systems/root.js';
import { bootRoot, type System } from '../lab/systems/system.js';

jest.setTimeout(600_000); // a root directory may have to be made first

describeLive('Ubuntu, whose Node is too old', () => {
  describe.each(['22.04', '24.04'] as const)('%s', release => {
    let system: System;
    const sh = (commands: string): Promise<string> => system.sh(commands);
    beforeAll(async () => {
      const deb = brokerDeb('1');
      system = await bootRoot(ubuntuRoot(release));
      mkdirSync(system.path('/root/checkout/dist'), { recursive: true });
      copyFileSync(deb, system.path(`/root/checkout/dist/${basename(deb)}`));
      await system.write('/etc/apt/apt.conf.d/yes', 'APT::Get::Assume-Yes "true";\n');
      await sh('systemctl start systemd-networkd');
    });
    afterAll(() => system.close());

    test('has the daemon by the commands of docs/install.md, and it runs scripts', async () => {
      expect(await sh('. /etc/os-release; echo $VERSION_ID; command -v node || true')).toBe(`${release}\n`);
      expect(await followed('debian12', commands => sh(`cd /root/checkout\n${commands}`))).toMatch(
        /^network-broker 0/m,
      );
      await sh(`printf '#!/bin/sh\\necho "$LINK"\\n' >/etc/network-broker/links.d/10-tell
        chmod 755 /etc/network-broker/links.d/10-tell; ip link add v0 type veth peer name v1`);
      const ran = async (): Promise<boolean> =>
        (await sh('journalctl -u network-broker -o cat')).includes('/10-tell: v0\n');
      await system.until('the script', ran);
      const node = await sh('readlink /proc/$(systemctl show -P MainPID network-broker)/exe');
      expect(node).toBe('/usr/lib/network-broker/node\n');
    });

    test('upgrades, removes and purges it', async () => {
      const reinstalled = await sh('apt install --reinstall /root/checkout/dist/*.deb 2>&1');
      expect(reinstalled).toMatch(/^Setting up network-broker/m);
      expect(await sh('systemctl is-active network-broker')).toBe('active\n');
      await sh('apt remove network-broker 2>&1');
      expect(await sh('find /usr /lib -name "*network-broker*"; ls -d /etc/network-broker')).toBe(
        '/etc/network-broker\n',
      );
      await sh('rm /etc/network-broker/links.d/10-tell; apt purge network-broker 2>&1');
      expect(
        await sh('ls -d /etc/network-broker /run/network-broker /var/lib/network-broker 2>/dev/null || true'),
      ).toBe('');
    });
  });
});
