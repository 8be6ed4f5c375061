import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { alone } from '../packages/alone.js';
import { checkout } from '../checkout.js';
import { packages, sets, testPackages } from '../packages/packages.js';

/** Releases of Debian that a root directory can be made of, by their number, and what each has of Node 20.19 or newer. */
const releases = {
  12: { name: 'bookworm', extra: [] },
  13: { name: 'trixie', extra: ['nodejs'] },
} as const;
export type Release = keyof typeof releases;

/** The one that tests boot if they are not told which. */
export const USUAL: Release = 13;

export const isRelease = (number: number): number is Release => number in releases;

/** What a small server has, and what the tests look with; lintian brings what packages are made with, too. */
const contents = [...testPackages, 'systemd-sysv', 'udev', 'procps', 'strace', 'lintian'];

/** Where the host has its Debian packages from; mmdebstrap knows an archive for hosts that are none. */
const archive = (): readonly string[] => {
  const format = ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'];
  const known = execFileSync('apt-get', format, { encoding: 'utf8' }).split('\n');
  return known.filter(uri => uri.endsWith('/debian/')).slice(0, 1);
};

// A server that a test starts by itself, unconfigured, must not start when the system boots: it would fail.
const making = `
[ ! -d "$directory" ] || exit 0
mkdir -p "$(dirname "$directory")"
rm -rf "$directory.new"
"$@"
rm -f "$directory.new/etc/systemd/system/multi-user.target.wants/kea-dhcp6-server.service"
mv "$directory.new" "$directory"`;

/**
 * A root directory with this Debian in it, and with these packages, made by mmdebstrap from Debian's archive and kept in `test/.cache`: nothing
 * writes to it. Needs root. Throws if it cannot be had.
 */
export const debianRoot = (release: Release, of = [...contents, ...releases[release].extra]): string => {
  const { name } = releases[release];
  const all = of.join(',');
  const id = createHash('sha256').update(all).digest('hex').slice(0, 8); // with other contents it is another one
  const directory = join(checkout, 'test', '.cache', 'roots', `${release}-${id}`);
  if (existsSync(directory)) return directory;
  process.stderr.write(`making a root directory of Debian ${release}\n`);
  const tools = packages(sets.root) ?? '';
  const options = ['--mode=root', '--variant=minbase', '--format=directory', '--quiet', `--include=${all}`];
  const mmdebstrap = ['perl', `${tools}/usr/bin/mmdebstrap`, ...options, name, `${directory}.new`, ...archive()];
  alone(making, { directory }, mmdebstrap);
  return directory;
};
