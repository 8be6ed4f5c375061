import { afterEach, expect, test } from '@jest/globals';
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describeBooted, release } from '../lab/systems/booted.js';
import { brokerDeb, debs } from '../lab/packages/debs.js';
import { blocksOf, followed, type Place, places } from '../lab/packages/install-page.js';
import { bootSystem, type System } from '../lab/systems/system.js';

test('each block of commands in docs/install.md says where it is run', () => {
  expect(new Set(blocksOf().map(({ place }) => place))).toEqual(new Set(places));
});

describeBooted(`docs/install.md, on Debian ${release}`, () => {
  let system: System;
  afterEach(() => system.close());

  /** In a directory with what `make deb` has made. */
  const follow = (place: Place, files: readonly string[]): Promise<string> => {
    mkdirSync(system.path('/root/checkout/dist'), { recursive: true });
    for (const file of files) copyFileSync(file, system.path(`/root/checkout/dist/${basename(file)}`));
    return followed(place, commands => system.sh(`cd /root/checkout\n${commands}`));
  };
  const boot = async (): Promise<void> => {
    system = await bootSystem(release);
    await system.sh('systemctl start systemd-networkd');
    await system.write('/etc/apt/apt.conf.d/yes', 'APT::Get::Assume-Yes "true";\n'); // who reads along says so when asked
  };

  if (release === 13)
    test('the .deb is installed, started, removed and purged', async () => {
      await boot();
      const said = await follow('debian13', debs(release));
      expect(said).toMatch(/^network-broker 0[^]*watching/m);
      expect(await system.sh('ls -d /usr/lib/network-broker /etc/network-broker 2>/dev/null || true')).toBe('');
    });
  else
    test('the .deb with a Node of its own is installed and started where Node is too old', async () => {
      await boot();
      expect(await follow('debian12', [brokerDeb('1')])).toMatch(/^network-broker 0/m);
      expect(await system.sh('command -v node || true')).toBe('');
    });

  test('a network namespace has a service of its own', async () => {
    await boot();
    const files = debs(release);
    for (const file of files) copyFileSync(file, system.path(`/tmp/${basename(file)}`));
    await system.sh(files.map(file => `dpkg -i /tmp/${basename(file)}`).join('\n'));
    expect(await follow('namespace', [])).toMatch(/^network-broker 0[^]*watching/m);
  });
});
