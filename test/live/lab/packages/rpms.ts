import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { checkout } from '../checkout.js';
import { debs } from './debs.js';
import { packages } from './packages.js';
import type { Release } from '../systems/root.js';
import { bootSystem, type System } from '../systems/system.js';

/** Runs a program with Debian's rpmbuild in /usr, whether the host has it or not; its output. */
const withRpmbuild = (command: readonly string[], env: NodeJS.ProcessEnv = {}): string => {
  const extra = packages(['/usr/bin/rpmbuild']);
  const lay = extra === undefined ? 'true' : `mount -t overlay -o ro,lowerdir='${extra}/usr:/usr' overlay /usr`;
  const words = ['--mount', '--propagation', 'private', 'sh', '-c', `${lay} && exec "$@"`, 'sh', ...command];
  return execaSync('unshare', words, { cwd: checkout, env }).stdout;
};

/** The package that `make rpm` makes of this build; the file's name. */
export const brokerRpm = (): string =>
  join(checkout, /^made (.*)$/m.exec(withRpmbuild(['scripts/rpm'], { STANDALONE: '' }))?.[1] ?? 'no package was made');

/** A package of nothing that tells rpm what this Debian has; the file's name. */
const systemRpm = (release: Release): string => {
  const directory = mkdtempSync(join(tmpdir(), 'rpm-'));
  const libc = execaSync('sh', ['-c', "grep -aoh 'GLIBC_[0-9.]*' /lib/*-linux-gnu/libc.so.6 | sort -u"]).stdout;
  const has = [
    ...['/bin/sh', 'systemd', 'util-linux', 'coreutils', 'nodejs = 20.19.0', 'rtld(GNU_HASH)'],
    ...['', ...libc.split('\n')].map(version => `libc.so.6(${version})(64bit)`),
  ];
  const fields = [
    ...['Name: debian', `Version: ${release}`, 'Release: 1', 'Summary: what this Debian has', 'License: none'],
    ...['BuildArch: noarch', ...has.map(each => `Provides: ${each}`)],
  ];
  writeFileSync(join(directory, 'debian.spec'), `${fields.join('\n')}\n%description\n-\n%files\n`);
  withRpmbuild(['rpmbuild', '-bb', '--quiet', '--define', `_topdir ${directory}`, join(directory, 'debian.spec')]);
  return join(directory, 'RPMS', 'noarch', `debian-${release}-1.noarch.rpm`);
};

/** Boots a Debian that has rpm, which knows of nothing but what a package of ours may need; how rpm is started in it. */
export const bootWithRpm = async (release: Release): Promise<{ readonly system: System; readonly rpm: string }> => {
  const own = packages(['/usr/bin/rpmbuild']);
  const system = await bootSystem(release, { binds: own === undefined ? {} : { [own]: '/opt/rpm' } });
  const libraries = '--library-path $(echo /opt/rpm/usr/lib/*-linux-gnu)'; // for it alone, not for the scripts of packages
  const loaded = `env RPM_CONFIGDIR=/opt/rpm/usr/lib/rpm $(echo /lib64/ld-linux-*.so.2) ${libraries} /opt/rpm/usr/bin/rpm`;
  const rpm = `${own === undefined ? 'rpm' : loaded} --root=/`;
  copyFileSync(systemRpm(release), system.path('/tmp/debian.rpm'));
  if (release === 12) {
    const [node = ''] = debs(release);
    copyFileSync(node, system.path('/tmp/nodejs.deb'));
    await system.sh('dpkg -i /tmp/nodejs.deb');
  }
  await system.sh(`systemctl start systemd-networkd; ${rpm} -i /tmp/debian.rpm`);
  return { system, rpm };
};
