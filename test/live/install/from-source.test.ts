import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { checkout } from '../lab/checkout.js';
import { brokerDeb } from '../lab/packages/debs.js';
import { followed } from '../lab/packages/install-page.js';
import { describeLive } from '../lab/live.js';
import { debianRoot } from '../lab/systems/root.js';
import { bootRoot, type System } from '../lab/systems/system.js';

jest.setTimeout(1_800_000); // a Node is compressed twice

const contents = [
  'systemd-sysv',
  'udev',
  'dbus',
  'iproute2',
  'procps',
  'nodejs',
  'npm',
  'make',
  'gcc',
  'libc6-dev',
  'rpm',
];

/** What was built here lies there, too, and what is written to it stays there. */
const copied = `
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /root/checkout
mount -t overlay -o lowerdir=/opt/checkout,upperdir=/mnt/upper,workdir=/mnt/work overlay /root/checkout
`;

describeLive('docs/install.md, on a Debian 13 with compiler and rpmbuild', () => {
  let system: System;
  const sh = (commands: string): Promise<string> => system.sh(`cd /root/checkout\n${commands}`);
  const figures: string[] = [];
  beforeAll(async () => {
    for (const kind of ['', '1'] as const) brokerDeb(kind); // the Node for it is fetched
    const options = { binds: { [checkout]: '/opt/checkout' }, prepare: copied };
    system = await bootRoot(debianRoot(13, contents), options);
    await system.write('/etc/apt/apt.conf.d/yes', 'APT::Get::Assume-Yes "true";\n');
    await sh('systemctl start systemd-networkd');
  });
  afterAll(async () => {
    process.stderr.write(`${figures.join('; ')}\n`);
    await system.close();
  });

  test('packages are built, of both kinds, without a Node and with one', async () => {
    await sh('rm -f dist/*.deb dist/*.rpm');
    await followed('builder', sh);
    const made = await sh("find dist -name '*.deb' -printf '%f %s\\n' -o -name '*.rpm' -printf '%f %s\\n'");
    expect(made.match(/^network-broker[-_]0\S*\.(deb|rpm) \d+$/gm)).toHaveLength(4);
    expect(made.match(/\+node/g)).toHaveLength(2);
    figures.push(...made.trim().split('\n').sort());
  });

  test.each([
    ['for the Node of the system', 'grep -v +node'],
    ['with a Node of its own', 'grep +node'],
  ])('the package %s serves soon after it was told to install, and is small a minute later', async (kind, which) => {
    const deb = (await sh(`ls ./dist/network-broker_*.deb | ${which}`)).trim();
    const began = Date.now();
    await sh(`apt install ${deb} 2>&1; systemctl enable --now network-broker`);
    figures.push(`${kind}: from apt install to ready ${((Date.now() - began) / 1000).toFixed(1)} s`);
    await wait(60_000);
    const rollup = await sh('cat /proc/$(systemctl show -P MainPID network-broker)/smaps_rollup');
    const [own = NaN, all = NaN] = ['Anonymous', 'Rss'].map(
      field => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1]) / 1024,
    );
    // Files are in memory here, where all of them count as dirty.
    figures.push(`after a minute ${own.toFixed(1)} MiB of its own, ${all.toFixed(1)} MiB resident`);
    expect(own).toBeLessThan(30);
    await sh('apt purge network-broker 2>&1');
  });

  test('it is installed from source, started and uninstalled', async () => {
    const said = await followed('source', sh);
    expect(said).toMatch(/^installed\. To start it: /m);
    expect(said).toContain('network-broker.service');
    expect(await sh('find /usr /lib -name "*network-broker*"')).toBe('');
  });

  test('make install STANDALONE=1 brings a Node along, which runs it', async () => {
    const said = await sh(
      'make install STANDALONE=1; mv /usr/bin/node /usr/bin/node-of-the-system; network-broker --version',
    );
    expect(said).toMatch(/^network-broker 0/m);
    await sh('make uninstall');
    expect(await sh('find /usr /lib -name "*network-broker*"')).toBe('');
  });
});
