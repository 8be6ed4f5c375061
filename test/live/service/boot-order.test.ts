import { expect, test } from '@jest/globals';
import { basename } from 'node:path';
import { describeBooted, release } from '../lab/systems/booted.js';
import { debs } from '../lab/packages/debs.js';
import { bootSystem } from '../lab/systems/system.js';

const packages = '/var/cache/packages';
const directories = ['carrier', 'degraded', 'routable', 'configured', 'no-carrier'];

/** Both are installed and enabled, the cable of eth0 is plugged in, and the broker comes before or after networkd. */
const prepared = (order: 'Before' | 'After'): string => `
dpkg -i $(ls -r ${packages}/*.deb) >&2
systemctl enable systemd-networkd network-broker
mkdir -p /etc/systemd/system/network-broker.service.d
printf '[Unit]\\n${order}=systemd-networkd.service\\n' >/etc/systemd/system/network-broker.service.d/order.conf
ip netns add router
ip link add eth0 type veth peer name to-eth0 netns router
ip -n router link set to-eth0 up
printf '[Match]\\nName=eth0\\n[Network]\\nLinkLocalAddressing=no\\nIPv6AcceptRA=no\\nAddress=10.0.0.50/24\\n' >/etc/systemd/network/eth0.network
for directory in ${directories.join(' ')}; do
  file=/etc/network-broker/$directory.d/10-record
  printf '#!/bin/sh\\necho %s.d $LINK >>/run/network-broker/runs\\n' $directory >$file
  chmod 0755 $file
done`;

describeBooted(`a Debian ${release} that is booted, with systemd-networkd and the broker enabled`, () => {
  test.each(['Before', 'After'] as const)(
    'misses nothing and runs nothing twice: the broker %s networkd',
    async order => {
      const files = debs(release);
      const binds = Object.fromEntries(files.map(file => [file, `${packages}/${basename(file)}`]));
      const system = await bootSystem(release, { binds, prepare: prepared(order) });
      try {
        const runs = async (): Promise<readonly string[]> =>
          (await system.read('/run/network-broker/runs')).split('\n').filter(Boolean);
        await system.until('configured.d', async () => (await runs()).includes('configured.d eth0'));
        const started = async (unit: string): Promise<number> =>
          Number(await system.sh(`systemctl show -P ExecMainStartTimestampMonotonic ${unit}`));
        const [ours, theirs] = [await started('network-broker'), await started('systemd-networkd')];
        expect(ours < theirs).toBe(order === 'Before');
        await system.sh('ip -n router link set to-eth0 down');
        await system.until('no-carrier.d', async () => (await runs()).includes('no-carrier.d eth0'));
        const each = await runs();
        expect(each.filter(run => ['routable.d eth0', 'configured.d eth0', 'no-carrier.d eth0'].includes(run))).toEqual(
          ['routable.d eth0', 'configured.d eth0', 'no-carrier.d eth0'],
        );
        expect(await system.sh('systemctl show -P NRestarts network-broker')).toBe('0\n');
      } finally {
        await system.close();
      }
    },
  );
});
