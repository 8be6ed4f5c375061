import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { alone } from '../packages/alone.js';
import { execaSync } from 'execa';
import { checkout } from '../checkout.js';
import { packages, sets, testPackages } from '../packages/packages.js';

/** Releases of Debian that a root directory can be made of, by their number, and what each has of Node 20.19 or newer. */
const releases = {
  12: { name: 'bookworm', extra: [] },
  13: { name: 'trixie', extra: ['nodejs'] },
} as const;
export type Release = keyof typeof releases;

/** Releases of Ubuntu, whose Node is too old. */
const ubuntus = { '22.04': 'jammy', '24.04': 'noble' } as const;
export type Ubuntu = keyof typeof ubuntus;

/** The one that tests boot if they are not told which. */
export const USUAL: Release = 13;

export const isRelease = (number: number): number is Release => number in releases;

/** What a small server has, and what the tests look with; lintian brings what packages are made with, too. */
const contents = [...testPackages, 'systemd-sysv', 'udev', 'procps', 'strace', 'lintian'];

/** Where the host has its Debian packages from; mmdebstrap knows an archive for hosts that are none. */
const archive = (): readonly string[] => {
  const format = ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'];
  return execaSync('apt-get', format)
    .stdout.split('\n')
    .filter(uri => uri.endsWith('/debian/'))
    .slice(0, 1);
};

/** Where Ubuntu has its packages, and the key (of 2018, F6EC B376 2474 EDA9 D21B 7022 8719 20D1 991B C93C) that it signs them with. */
const archiveOfUbuntu = 'http://archive.ubuntu.com/ubuntu';
const keyOfUbuntu = join(checkout, 'test', 'live', 'lab', 'systems', 'ubuntu-archive-2018.gpg');

// A server that a test starts by itself, unconfigured, must not start when the system boots: it would fail.
const making = `
[ ! -d "$directory" ] || exit 0
mkdir -p "$(dirname "$directory")"
rm -rf "$directory.new"
"$@"
rm -f "$directory.new/etc/systemd/system/multi-user.target.wants/kea-dhcp6-server.service"
mv "$directory.new" "$directory"`;

/** What a root directory is made of: the code name of a release, packages, where they are, and options of mmdebstrap's. */
interface Making {
  readonly title: string;
  readonly id: string;
  readonly name: string;
  readonly of: readonly string[];
  readonly from: readonly string[];
  readonly options?: readonly string[];
}

const madeRoot = ({ title, id, name, of, from, options = [] }: Making): string => {
  const all = of.join(',');
  const hash = createHash('sha256').update(all).digest('hex').slice(0, 8); // with other contents it is another one
  const directory = join(checkout, 'test', '.cache', 'roots', `${id}-${hash}`);
  if (existsSync(directory)) return directory;
  process.stderr.write(`making a root directory of ${title}\n`);
  const tools = packages(sets.root) ?? '';
  const usual = ['--mode=root', '--variant=minbase', '--format=directory', '--quiet', `--include=${all}`];
  alone(making, { directory }, [
    ...['perl', `${tools}/usr/bin/mmdebstrap`, ...usual, ...options],
    ...[name, `${directory}.new`, ...from],
  ]);
  return directory;
};

/** Packages of another architecture are named with it: `musl-dev:arm64`. */
const architectures = (of: readonly string[]): readonly string[] => {
  const foreign = new Set(of.flatMap(name => name.split(':').slice(1)));
  if (foreign.size === 0) return [];
  const { stdout: own } = execaSync('dpkg', ['--print-architecture']);
  return [`--architectures=${[own, ...foreign].join(',')}`];
};

/**
 * A root directory with this Debian in it, and with these packages, made by mmdebstrap from Debian's archive and kept in `test/.cache`: nothing
 * writes to it. Needs root. Throws if it cannot be had.
 */
export const debianRoot = (
  release: Release,
  of: readonly string[] = [...contents, ...releases[release].extra],
): string =>
  madeRoot({
    ...{ title: `Debian ${release}`, id: String(release), name: releases[release].name },
    ...{ of, from: archive(), options: architectures(of) },
  });

/** The same of Ubuntu, with what its own server has of what the .deb needs. */
export const ubuntuRoot = (release: Ubuntu): string =>
  madeRoot({
    ...{ title: `Ubuntu ${release}`, id: `ubuntu-${release}`, name: ubuntus[release] },
    of: ['apt', 'systemd', 'systemd-sysv', 'udev', 'dbus', 'iproute2', 'procps', 'libstdc++6'],
    from: [`deb ${archiveOfUbuntu} ${ubuntus[release]} main universe`],
    options: [`--keyring=${keyOfUbuntu}`],
  });
