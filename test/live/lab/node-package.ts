import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Debian package `nodejs` of the Node that runs this, for a Debian whose own is too old; the file's name. */
export const packageOfNode = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'nodejs-'));
  const root = join(directory, 'root');
  mkdirSync(join(root, 'DEBIAN'), { recursive: true });
  mkdirSync(join(root, 'usr', 'bin'), { recursive: true });
  chmodSync(root, 0o755);
  copyFileSync(process.execPath, join(root, 'usr', 'bin', 'node'));
  const architecture = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
  const fields = [
    'Package: nodejs',
    `Version: ${process.versions.node}`,
    `Architecture: ${architecture}`,
    'Maintainer: the laboratory <laboratory@network-event-broker.example>',
    'Description: the Node that the tests run by',
  ];
  writeFileSync(join(root, 'DEBIAN', 'control'), `${fields.join('\n')}\n`);
  const file = join(directory, 'nodejs.deb');
  execFileSync('dpkg-deb', ['-Znone', '--root-owner-group', '--build', root, file], { stdio: 'pipe' });
  return file;
};
