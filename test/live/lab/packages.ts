import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './checkout.js';

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
} as const;
export type Program = keyof typeof packageOf;

/** The packages of all that the tests run; the others are for other purposes. */
export const testPackages: readonly string[] = [...new Set<string>(Object.values(packageOf))].filter(
  name => !['mmdebstrap', 'networkd-dispatcher', 'dbus-broker', 'user-mode-linux'].includes(name),
);

/** What every laboratory needs. */
const needed: readonly Program[] = [
  '/usr/bin/dbus-daemon',
  '/usr/bin/busctl',
  '/usr/lib/systemd/systemd-networkd',
  '/usr/sbin/ip',
  '/usr/sbin/dnsmasq',
];

const cache = join(checkout, 'test', '.cache');
const apt = join(cache, `apt.${process.pid}`);
const sh = (file: string, args: readonly string[]): string =>
  execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** apt with lists and archives of its own: reads what the host has installed, and changes nothing on it; root is not needed. */
const options = [
  `Dir::State::lists=${join(apt, 'lists')}`,
  `Dir::Cache=${apt}`,
  'Debug::NoLocking=1',
  'APT::Sandbox::User=',
].flatMap(option => ['-o', option]);

const download = (names: readonly string[]): void => {
  mkdirSync(join(apt, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(apt, 'archives', 'partial'), { recursive: true });
  sh('apt-get', [...options, '-qq', 'update']);
  sh('apt-get', [...options, '-qq', '--download-only', '--no-upgrade', '--no-install-recommends', 'install', ...names]);
};

/** Unpacks without running anything of the packages; `/lib` goes to `/usr/lib`, as on every merged Debian. */
const unpack = (to: string): void => {
  for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
    mkdirSync(join(to, 'usr', name), { recursive: true });
    symlinkSync(join('usr', name), join(to, name));
  }
  for (const archive of readdirSync(join(apt, 'archives')).filter(name => name.endsWith('.deb')))
    sh('sh', [
      '-c',
      'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"',
      'unpack',
      join(apt, 'archives', archive),
      to,
    ]);
};

/**
 * A directory that holds, under `usr`, the programs that the host lacks: to be laid over the host's own in the laboratory.
 * They are Debian's, fetched once into `test/.cache`. Undefined if nothing is missing. Throws if they cannot be had.
 */
export const packages = (programs: readonly Program[] = []): string | undefined => {
  const missing = [...needed, ...programs].filter(program => !existsSync(program));
  if (missing.length === 0) return undefined;
  const names = [...new Set(missing.map(program => packageOf[program]))].sort();
  const directory = join(cache, names.join('+'));
  if (existsSync(directory)) return directory;
  if (!existsSync('/etc/debian_version'))
    throw new Error(`expected ${missing.join(', ')}; not found, and only on Debian can they be fetched: install them`);
  process.stderr.write(`fetching for the laboratory: ${names.join(', ')}\n`);
  const fresh = `${directory}.${process.pid}`;
  try {
    download(names);
    unpack(fresh);
    if (!existsSync(directory)) renameSync(fresh, directory); // somebody else may have been quicker
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(apt, { recursive: true, force: true });
  }
  return directory;
};
