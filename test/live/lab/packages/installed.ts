import { copyFileSync } from 'node:fs';
import { basename } from 'node:path';
import { debs } from './debs.js';
import type { Release } from '../systems/root.js';
import type { System } from '../systems/system.js';

const lay = (file: string, n: number): string => `
ip link add eth${n} type veth peer name to-eth${n} netns router
ip -n router link set to-eth${n} up
printf '[Match]\\nName=eth${n}\\n[Network]\\nLinkLocalAddressing=no\\nIPv6AcceptRA=no\\nAddress=10.${n >> 8}.${n & 255}.50/24\\n' >/etc/systemd/network/${file}.network`;

/** In a booted system: eth0, eth1 …, to a router that plugs them in, configured by the .network files of these names; and our packages. */
export const installWithLinks = async (
  system: System,
  release: Release,
  files: readonly string[] = ['10-eth0', '10-eth1'],
): Promise<void> => {
  for (const deb of debs(release)) copyFileSync(deb, system.path(`/tmp/${basename(deb)}`));
  await system.sh(`
    ip netns add router
    mkdir -p /etc/systemd/network
    ${files.map(lay).join('')}
    systemctl start systemd-networkd
    dpkg -i /tmp/*.deb 2>&1`);
};
