import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describeBooted, release } from '../lab/systems/booted.js';
import { brokerDeb, debs } from '../lab/packages/debs.js';
import { isLong } from '../lab/long.js';
import { bootSystem, type System } from '../lab/systems/system.js';

const config = '/etc/network-broker/network-broker.toml';
const hint = 'network-broker: to see what it will do: network-broker check; to start it, now and at boot: ';
const left =
  'ls -d /usr/lib/network-broker /etc/network-broker /run/network-broker /var/lib/network-broker 2>/dev/null || true';

/** Which package, what has to be there before it, and which Node runs it then. */
const kinds = [
  ['for the Node of the system', () => debs(release), 'true', '/usr/bin/node'],
  ['with a Node of its own', () => [brokerDeb('1')], 'rm -f /usr/bin/node', '/usr/lib/network-broker/node'],
] as const;

describeBooted.each(kinds)(`the package %s, on Debian ${release}`, (_, files, prepare, node) => {
  let system: System;
  let deb = '';
  const sh = (commands: string): Promise<string> => system.sh(commands);
  const show = async (property: string): Promise<string> =>
    (await sh(`systemctl show -P ${property} network-broker`)).trim();

  beforeAll(async () => {
    system = await bootSystem(release);
    const all = files();
    for (const file of all) copyFileSync(file, system.path(`/tmp/${basename(file)}`));
    deb = `/tmp/${basename(all.at(-1) ?? '')}`;
    await sh(`${prepare}; for file in /tmp/*.deb; do [ "$file" = ${deb} ] || dpkg -i "$file"; done`);
  });
  afterAll(() => system.close());

  test('an older one installs, and says in one line what to do next', async () => {
    await sh(`dpkg-deb -R ${deb} /tmp/older; sed -i 's/^Version: .*/Version: 0.0.9/' /tmp/older/DEBIAN/control
      dpkg-deb -Znone -b /tmp/older /tmp/older.deb`);
    const said = await sh('dpkg -i /tmp/older.deb 2>&1');
    expect(said.split('\n').filter(line => line.startsWith('network-broker:'))).toEqual([
      `${hint}systemctl enable --now network-broker`,
    ]);
    expect(await show('ActiveState')).toBe('inactive');
    await sh('systemctl enable --now network-broker 2>&1');
    expect(await sh(`readlink /proc/${await show('MainPID')}/exe`)).toBe(`${node}\n`);
    expect(await sh('journalctl -u network-broker -o cat')).not.toContain('code cache');
  });

  test('upgraded, it goes on as it was configured, and says nothing', async () => {
    const before = await show('MainPID');
    await sh(`sed -i 's/^#LogLevel.*/LogLevel = "debug"/' ${config}`);
    const said = await sh(`dpkg -i ${deb} 2>&1`);
    expect(said).toContain('(0.0.9)');
    expect(said).not.toContain('network-broker:');
    expect([await show('ActiveState'), await show('UnitFileState')]).toEqual(['active', 'enabled']);
    expect(await show('MainPID')).not.toBe(before);
    expect(await system.read(config)).toContain('LogLevel = "debug"');
    expect(await sh('journalctl -u network-broker -o cat')).not.toContain('code cache');
  });

  test('another Node is not taken for the one that made the code cache', async () => {
    await sh('rm /usr/lib/network-broker/bundle-*.cache; systemctl restart network-broker');
    const said = await sh('journalctl -u network-broker -o cat');
    expect(said).toContain(`as root, make one: ${node} /usr/lib/network-broker/code-cache.cjs`);
    await sh(`${node} /usr/lib/network-broker/code-cache.cjs; ls /usr/lib/network-broker/bundle-*.cache`);
  });

  if (isLong)
    test('is accepted by lintian', async () => {
      const untrue = 'uses-no-compression-for-control-tarball,uses-no-compression-for-data-tarball'; // only here
      expect(await sh(`cd /; lintian --allow-root --suppress-tags ${untrue} ${deb} 2>&1 || true`)).not.toMatch(/^E:/m);
    });

  test('removed, it leaves nothing but what was configured; purged, nothing', async () => {
    await sh('dpkg -r network-broker 2>&1');
    expect(await show('ActiveState')).toBe('inactive');
    expect(await sh('find /usr /lib -name "*network-broker*"')).toBe('');
    expect(await system.read(config)).toContain('LogLevel = "debug"');
    await sh('dpkg -P network-broker 2>&1');
    expect(await sh(left)).toBe('');
  });
});
