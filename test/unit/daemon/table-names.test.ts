import { expect, test } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { fakeFiles, type FakeTree } from '../../../src/fakes/fake-files.js';
import { tableNames } from '../../../src/daemon/table-names.js';

const named = (tree: FakeTree) => lastValueFrom(tableNames(fakeFiles(tree)), { defaultValue: new Map() });
const known = { 253: 'default', 254: 'main', 255: 'local' };
const inEtc = (text: string): FakeTree => ({ texts: { '/etc/iproute2/rt_tables': text } });

test('the tables that the kernel makes have names wherever iproute2 is not', async () => {
  expect(Object.fromEntries(await named({}))).toEqual(known);
});

test('numbers are decimal or hexadecimal; comments, and lines that are no entries, say nothing', async () => {
  const text = '#\n255\tlocal\n 42  storage # disks\n0x64 office\n#7 no\n8\nnine 9\n10 a b\n4294967296 much\n-1 less\n';
  expect(Object.fromEntries(await named(inEtc(text)))).toEqual({ ...known, 42: 'storage', 100: 'office' });
});

test('a name that is not printable ASCII is none: the number is told', async () => {
  expect(Object.fromEntries(await named(inEtc('42 b\u00fcro\n43 a\u001b[1m\n')))).toEqual(known);
});

test('the file in /etc hides the one in /usr; files of rt_tables.d add to it, those in /etc last', async () => {
  const conf = '/iproute2/rt_tables.d';
  const tree: FakeTree = {
    directories: { [`/usr/share${conf}`]: ['a.conf', 'b.txt'], [`/etc${conf}`]: ['z.conf'] },
    texts: {
      '/usr/share/iproute2/rt_tables': '41 unseen\n',
      '/etc/iproute2/rt_tables': '42 storage\n',
      [`/usr/share${conf}/a.conf`]: '43 vendor\n44 vendor2\n',
      [`/usr/share${conf}/b.txt`]: '45 unread\n',
      [`/etc${conf}/z.conf`]: '43 mine\n',
    },
  };
  expect(Object.fromEntries(await named(tree))).toEqual({ ...known, 42: 'storage', 43: 'mine', 44: 'vendor2' });
  expect(Object.fromEntries(await named({ texts: { '/usr/share/iproute2/rt_tables': '41 seen\n' } }))).toEqual({
    ...known,
    41: 'seen',
  });
});

test('a file that cannot be read is one that is not there', async () => {
  expect(Object.fromEntries(await named({ refused: { '/etc/iproute2/rt_tables': 'no regular file' } }))).toEqual(known);
});
