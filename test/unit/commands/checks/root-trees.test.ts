import { expect, test } from '@jest/globals';
import { lastValueFrom, of, toArray } from 'rxjs';
import { rootTrees } from '../../../../src/commands/checks/root-trees.js';
import { fakeFiles, listing, place } from '../../../../src/fakes/fake-files.js';
import type { Files } from '../../../../src/system/files/files.js';
import { config, tree as treeOf } from '../../../../src/testing/builders.js';

const tree = treeOf({ path: ['/etc/hooks'], user: 'root' });
const inOrder = fakeFiles({ directories: { '/etc/hooks': ['routable.d'] } });
const usual = {
  trees: [tree],
  files: inOrder,
  listens: true,
  here: true,
  file: '/etc/network-broker/network-broker.toml',
};

const check = async (changes: Partial<Omit<typeof usual, 'files'>> & { readonly files?: Files } = {}) => {
  const { trees, files, listens, here, file } = { ...usual, ...changes };
  const executor = { isListening: () => listens, isHere: () => here };
  const found$ = rootTrees(
    files,
    executor,
  )({
    options: { config: file, scriptDirectory: '/etc/network-broker', system: {} },
    config: config({ trees }),
    faults: [],
  });
  const findings = await lastValueFrom(found$.pipe(toArray()), { defaultValue: [] });
  return findings.map(({ severity, message }) => `${severity} ${message}`);
};

test('nothing is asked for where no tree is root’s', async () => {
  expect(await check({ trees: [{ ...tree, user: undefined }] })).toEqual(['ok skipped: no tree has User="root"']);
});

test('a tree of root’s whose socket is there is in order, and what it is worth is said', async () => {
  expect(await check()).toEqual([
    expect.stringMatching(/^ok scripts below \/etc\/hooks are run as root .*hardened.conf/),
  ]);
});

test('a socket that is not there is named, with what to do', async () => {
  expect(await check({ listens: false })).toEqual([
    'warn scripts below /etc/hooks do not run: systemctl enable --now network-broker-root.socket',
  ]);
});

test('in another network namespace they do not run', async () => {
  expect(await check({ here: false })).toEqual([expect.stringMatching(/^warn .* in the host's network only$/)]);
});

test('the executor reads its own configuration, whatever the daemon reads', async () => {
  expect(await check({ file: '/srv/nb.toml' })).toContainEqual(
    expect.stringMatching(/^warn the root executor reads \/etc\/network-broker\/network-broker.toml/),
  );
});

test.each([
  ['is another’s', { uid: 998, mode: 0o755 }, 'belongs to user 998, expected root: chown it'],
  ['others may write to', { uid: 0, mode: 0o775 }, 'is writable by group or others'],
  ['others may write to, be it sticky', { uid: 0, mode: 0o1777 }, 'is writable by group or others: chmod go-w it'],
])('a place above that %s is named', async (_, { uid, mode }, why) => {
  const { way, ...rest } = listing('/etc/hooks', ['routable.d']);
  const places = [...way.places, place('/srv/hooks', { kind: 'directory', uid, mode })];
  const files: Files = { ...inOrder, list: () => of([{ ...rest, way: { ...way, places } }]) };
  expect((await check({ files }))[0]).toContain(`warn no script below /etc/hooks runs as root: /srv/hooks ${why}`);
});
