import { expect, test } from '@jest/globals';
import {
  networkdConf,
  networkdConfDirectories,
} from '../../../../../src/commands/checks/networkd-conf/networkd-conf-files.js';
import { linkTo, listing, place } from '../../../../../src/fakes/fake-files.js';
import type { Entry } from '../../../../../src/system/files/files.js';

/** What is in these directories; the others are empty. */
const order = (tree: Readonly<Record<string, readonly (string | Entry)[]>>) =>
  networkdConf(networkdConfDirectories.map(directory => listing(directory, tree[directory] ?? [])));

test('the main file of the first directory that has one, then drop-ins by name, whatever directory they are in', () => {
  expect(
    order({
      '/usr/lib/systemd': ['networkd.conf', 'resolved.conf', 'systemd-networkd'],
      '/run/systemd': ['networkd.conf'],
      '/etc/systemd/networkd.conf.d': ['20-b.conf'],
      '/run/systemd/networkd.conf.d': ['30-c.conf'],
      '/usr/local/lib/systemd/networkd.conf.d': ['5-d.conf'],
      '/usr/lib/systemd/networkd.conf.d': ['10-a.conf'],
    }),
  ).toEqual([
    '/run/systemd/networkd.conf',
    '/usr/lib/systemd/networkd.conf.d/10-a.conf',
    '/etc/systemd/networkd.conf.d/20-b.conf',
    '/run/systemd/networkd.conf.d/30-c.conf',
    '/usr/local/lib/systemd/networkd.conf.d/5-d.conf',
  ]);
});

test('of drop-ins with one name the first directory has the only one; a link to /dev/null is one, too', () => {
  const masked = linkTo('/etc/systemd/networkd.conf.d/10-a.conf', place('/dev/null', { kind: 'other', size: 0 }));
  expect(
    order({
      '/etc/systemd/networkd.conf.d': [masked],
      '/run/systemd/networkd.conf.d': ['20-b.conf'],
      '/usr/lib/systemd/networkd.conf.d': ['10-a.conf', '20-b.conf'],
    }),
  ).toEqual(['/etc/systemd/networkd.conf.d/10-a.conf', '/run/systemd/networkd.conf.d/20-b.conf']);
});

test('hidden names and those that do not end in .conf are no drop-ins', () => {
  expect(
    order({ '/etc/systemd/networkd.conf.d': ['.10-a.conf', '10-a.conf~', '10-a.conf.dpkg-old', 'README', 'conf'] }),
  ).toEqual([]);
});
