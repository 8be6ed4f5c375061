import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describeBooted, release } from '../lab/systems/booted.js';
import { brokerDeb } from '../lab/packages/debs.js';
import { followed } from '../lab/packages/install-page.js';
import { bootWithRpm, brokerRpm } from '../lab/packages/rpms.js';
import type { System } from '../lab/systems/system.js';

/** Every file with its mode; what only one of the two has is left out. */
const listed = (listing: string, own: RegExp): readonly string[] =>
  listing
    .split('\n')
    .filter(line => line !== '' && !own.test(line))
    .sort();

describeBooted(`the rpm, on Debian ${release}`, () => {
  let system: System;
  let rpm = '';
  let file = '';
  const sh = (commands: string): Promise<string> => system.sh(commands);
  const show = async (property: string): Promise<string> =>
    (await sh(`systemctl show -P ${property} network-broker`)).trim();

  beforeAll(async () => {
    ({ system, rpm } = await bootWithRpm(release));
    file = brokerRpm();
    copyFileSync(file, system.path('/tmp/network-broker.rpm'));
  });
  afterAll(() => system.close());

  test('holds what the .deb holds', async () => {
    const names = (text: string): readonly string[] =>
      listed(text, /package-script|\/doc\/network-broker\/(copyright|change)|lintian/i);
    const ofRpm = await sh(`${rpm} -qp --qf '[%{FILEMODES:perms} %{FILENAMES}\\n]' /tmp/network-broker.rpm`);
    const ofDeb = execFileSync('dpkg-deb', ['-c', brokerDeb()], { encoding: 'utf8' });
    const files = (text: string, name: RegExp): string =>
      [...text.matchAll(name)].map(([, mode, path]) => `${mode} ${path}`).join('\n');
    expect(names(files(ofRpm, /^(-\S+) \/(\S+)$/gm))).toEqual(names(files(ofDeb, /^(-\S+) .* \.\/(\S+)$/gm)));
  });

  test('installs, says what to do next, and serves when it is told to', async () => {
    expect(await sh(`${rpm} -i /tmp/network-broker.rpm 2>&1`)).toMatch(
      /^network-broker: to see what it will do: network-broker check; .*\n$/m,
    );
    expect([await show('ActiveState'), await show('UnitFileState')]).toEqual(['inactive', 'disabled']);
    await sh('systemctl enable --now network-broker 2>&1');
    expect(await show('ActiveState')).toBe('active');
    expect(await sh(`ps -o comm= -p ${await show('MainPID')}`)).toBe('network-broker\n');
    expect(await sh('journalctl -u network-broker -o cat')).not.toContain('code cache');
    await sh('ls /usr/share/polkit-1/rules.d/network-broker.rules; getent passwd network-broker');
    expect(await sh(`${rpm} -V network-broker || true`)).not.toMatch(/missing/);
  });

  test('upgraded, it goes on as it was configured', async () => {
    const before = await show('MainPID');
    const config = '/etc/network-broker/network-broker.toml';
    await sh(`sed -i 's/^#LogLevel.*/LogLevel = "debug"/' ${config}; ${rpm} -U --force /tmp/network-broker.rpm 2>&1`);
    expect(await show('ActiveState')).toBe('active');
    expect(await show('MainPID')).not.toBe(before);
    expect(await system.read(config)).toContain('LogLevel = "debug"');
  });

  test('erased, it leaves nothing but what was configured', async () => {
    await sh(`${rpm} -e network-broker 2>&1`);
    expect(await show('ActiveState')).toBe('inactive');
    expect(await sh('find /usr /lib /run /var/lib/network-broker* -name "*network-broker*" 2>/dev/null || true')).toBe(
      '',
    );
    expect(await sh('find /etc/network-broker -type f')).toBe('/etc/network-broker/network-broker.toml.rpmsave\n');
  });

  test('is installed, started and erased as docs/install.md says', async () => {
    await sh('mkdir -p /root/checkout/dist; rm -r /etc/network-broker');
    copyFileSync(file, system.path(`/root/checkout/dist/${basename(file)}`));
    const said = await followed('rpm', commands => sh(`cd /root/checkout; rpm() { ${rpm} "$@"; }\n${commands}`));
    expect(said).toMatch(/^network-broker 0[^]*watching/m);
  });
});
