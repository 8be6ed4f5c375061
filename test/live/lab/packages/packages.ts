import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { alone } from './alone.js';
import { checkout } from '../checkout.js';

/** What the laboratory runs, and the Debian package that has it. */
const packageOf = {
  '/usr/bin/dbus-daemon': 'dbus',
  '/usr/bin/dbus-broker-launch': 'dbus-broker',
  '/usr/bin/busctl': 'systemd',
  '/usr/lib/systemd/systemd-networkd': 'systemd',
  '/usr/sbin/ip': 'iproute2',
  '/usr/sbin/dnsmasq': 'dnsmasq-base',
  '/usr/bin/networkd-dispatcher': 'networkd-dispatcher',
  '/usr/sbin/dhclient': 'isc-dhcp-client',
  '/usr/sbin/kea-dhcp6': 'kea-dhcp6-server',
  '/usr/lib/systemd/systemd-resolved': 'systemd-resolved',
  '/usr/lib/systemd/systemd-hostnamed': 'systemd',
  '/usr/lib/polkit-1/polkitd': 'polkitd',
  '/usr/bin/mmdebstrap': 'mmdebstrap',
  '/usr/bin/ping': 'iputils-ping',
  '/usr/bin/tcpdump': 'tcpdump',
  '/usr/sbin/nft': 'nftables',
  '/usr/bin/linux.uml': 'user-mode-linux',
  '/usr/bin/rpmbuild': 'rpm',
  '/usr/bin/promtool': 'prometheus',
  '/usr/bin/chromium': 'chromium',
  '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf': 'fonts-dejavu-core',
} as const;
export type Program = keyof typeof packageOf;

/** For few tests, or for other purposes: no system that tests boot has them. */
const others = [
  ...['mmdebstrap', 'networkd-dispatcher', 'dbus-broker', 'user-mode-linux', 'rpm', 'prometheus'],
  ...['chromium', 'fonts-dejavu-core'],
];

/** The packages of all that the tests run, but for the others. */
export const testPackages: readonly string[] = [...new Set<string>(Object.values(packageOf))].filter(
  name => !others.includes(name),
);

/** What tests need besides what every laboratory has. All of it is fetched before they begin: none has to wait for it. */
export const sets = {
  polkit: ['/usr/lib/polkit-1/polkitd'],
  nft: ['/usr/sbin/nft'],
  packets: ['/usr/bin/ping', '/usr/bin/tcpdump', '/usr/sbin/nft'],
  leases: ['/usr/sbin/dhclient', '/usr/lib/systemd/systemd-resolved', '/usr/lib/systemd/systemd-hostnamed', '/usr/lib/polkit-1/polkitd'],
  prefixes: ['/usr/sbin/dhclient', '/usr/sbin/kea-dhcp6'],
  otherBus: ['/usr/bin/dbus-broker-launch'],
  otherKernel: ['/usr/bin/linux.uml'],
  rpm: ['/usr/bin/rpmbuild'],
  prometheus: ['/usr/bin/promtool'],
  root: ['/usr/bin/mmdebstrap'],
  browser: ['/usr/bin/chromium', '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'],
} as const satisfies Record<string, readonly Program[]>; // prettier-ignore

/** What every laboratory needs. */
const needed: readonly Program[] = [
  '/usr/bin/dbus-daemon',
  '/usr/bin/busctl',
  '/usr/lib/systemd/systemd-networkd',
  '/usr/sbin/ip',
  '/usr/sbin/dnsmasq',
];

const cache = join(checkout, 'test', '.cache');
const apt = join(cache, 'apt');

/** apt with lists and archives of its own: reads what the host has installed, and changes nothing on it; root is not needed. */
const options = [
  `Dir::State::lists=${apt}/lists`,
  `Dir::Cache=${apt}`,
  'Debug::NoLocking=1',
  'APT::Sandbox::User=',
].flatMap(option => ['-o', option]);

/**
 * Fetches packages and unpacks them without running anything of them; `/lib` goes to `/usr/lib`, as on every merged Debian.
 * One at a time does, and who waited finds it done. Lists of packages are good for an hour.
 */
const fetching = `
[ ! -d "$directory" ] || exit 0
rm -rf "$apt/archives" "$directory.new"
mkdir -p "$apt/lists/partial" "$apt/archives/partial"
if [ ! "$(find "$apt/listed" -mmin -60 2>/dev/null)" ]; then apt-get "$@" -qq update; : >"$apt/listed"; fi
apt-get "$@" -qq --download-only --no-upgrade --no-install-recommends install $names
for name in bin lib lib64 sbin; do
  mkdir -p "$directory.new/usr/$name"
  ln -s "usr/$name" "$directory.new/$name"
done
for archive in "$apt"/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$archive" | tar -x --keep-directory-symlink -C "$directory.new"
done
rm -r "$apt/archives"
mv "$directory.new" "$directory"`;

/**
 * A directory that holds, under `usr`, the programs that the host lacks: to be laid over the host's own in the laboratory.
 * They are Debian's, fetched once into `test/.cache`. Undefined if nothing is missing. Throws if they cannot be had.
 *
 * @param base what is the host's root directory otherwise
 */
export const packages = (programs: readonly Program[] = [], base = '/'): string | undefined => {
  const missing = [...needed, ...programs].filter(program => !existsSync(join(base, program)));
  if (missing.length === 0) return undefined;
  const names = [...new Set(missing.map(program => packageOf[program]))].sort();
  const directory = join(cache, names.join('+'));
  if (existsSync(directory)) return directory;
  if (!existsSync('/etc/debian_version'))
    throw new Error(`expected ${missing.join(', ')}; not found, and only on Debian can they be fetched: install them`);
  process.stderr.write(`fetching for the laboratory: ${names.join(', ')}\n`);
  alone(fetching, { apt, directory, names: names.join(' ') }, options);
  return directory;
};
