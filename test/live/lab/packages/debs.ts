import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { alone } from './alone.js';
import { checkout } from '../checkout.js';
import type { Release } from '../systems/root.js';

const making = `
cd "$checkout"
deb=dist/network-broker_$(scripts/package-version)_$(dpkg --print-architecture).deb
[ -z "$STANDALONE" ] || [ -e packaging/node/build/node ] || make packaging/node/build/node >&2
if [ ! -e "$deb" ] || [ "$(find dist/.ready bin config docs packaging scripts CHANGELOG.md -newer "$deb")" ]; then scripts/deb >&2; fi
echo "$deb"`;

/** The package that `make deb` makes of this build, unless it has, and with `STANDALONE=1`; the file's name. */
export const brokerDeb = (standalone: '' | '1' = ''): string => {
  const quickly = standalone === '' ? 'xz' : 'none'; // of a Node xz takes a minute
  return join(checkout, alone(making, { checkout, STANDALONE: standalone, COMPRESSION: quickly }));
};

/** A package `nodejs` of the Node that runs this; the file's name. */
const nodejs = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'nodejs-'));
  const root = join(directory, 'root');
  mkdirSync(join(root, 'DEBIAN'), { recursive: true });
  mkdirSync(join(root, 'usr', 'bin'), { recursive: true });
  chmodSync(root, 0o755);
  copyFileSync(process.execPath, join(root, 'usr', 'bin', 'node'));
  const { stdout: architecture } = execaSync('dpkg', ['--print-architecture']);
  const fields = [
    'Package: nodejs',
    `Version: ${process.versions.node}`,
    `Architecture: ${architecture}`,
    'Maintainer: the laboratory <laboratory@network-event-broker.example>',
    'Description: the Node that the tests run by',
  ];
  writeFileSync(join(root, 'DEBIAN', 'control'), `${fields.join('\n')}\n`);
  const file = join(directory, 'nodejs.deb');
  execaSync('dpkg-deb', ['-Znone', '--root-owner-group', '--build', root, file]);
  return file;
};

/** Files of the packages that are to be installed, in this order: a Debian 12 has no Node that is new enough. */
export const debs = (release: Release): readonly string[] => (release === 12 ? [nodejs(), brokerDeb()] : [brokerDeb()]);
