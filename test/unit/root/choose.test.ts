import { describe, expect, test } from '@jest/globals';
import { tree as treeOf } from '../../../src/testing/builders.js';
import type { Tree } from '../../../src/model/config.js';
import { chooseScript, chooseTree } from '../../../src/root/choose.js';
import { linkTo, listing, place, script } from '../../../src/fakes/fake-files.js';
import type { Entry, Listing } from '../../../src/system/files/files.js';

const tree = treeOf({ path: ['/etc/hooks', '/usr/lib/hooks'], user: 'root' });
const asked = { tree, directory: 'routable.d', script: '10-a', args: [], variables: {} };
const daemons: Tree = { ...tree, path: ['/etc/network-broker'], user: undefined };

describe('the tree', () => {
  test("is one that root's configuration gives to root", () => {
    expect(chooseTree([daemons, tree], asked)).toBe(tree);
  });

  test.each<readonly [string, object]>([
    ["the daemon's own", { tree: daemons }],
    ['a part of one', { tree: { ...tree, path: ['/etc/hooks'] } }],
    ['one with another path', { tree: { ...tree, path: ['/tmp/hooks', '/usr/lib/hooks'] } }],
    ['one whose paths are in one text', { tree: { ...tree, path: ['/etc/hooks:/usr/lib/hooks'] } }],
    ['one of another style', { tree: { ...tree, style: 'NetworkManager' } }],
  ])('is refused if it is %s', (_, changes) => {
    expect(chooseTree([daemons, tree], { ...asked, ...changes })).toEqual({
      refused: "root's configuration gives root no such tree",
    });
  });

  test.each(['', '..', 'routable.d/..', '../../tmp', '/tmp', 'whatever.d'])(
    'is refused with a directory that its style does not have: %j',
    directory => {
      expect(chooseTree([tree], { ...asked, directory })).toEqual({
        refused: expect.stringMatching(/^expected a dir/),
      });
    },
  );

  test('has no arguments, unless it is NetworkManager’s', () => {
    expect(chooseTree([tree], { ...asked, args: ['-x'] })).toEqual({ refused: 'expected no arguments' });
  });
});

describe('the script', () => {
  const layers = (...entries: readonly (string | Entry)[]): readonly Listing[] => [
    listing('/etc/hooks/routable.d', entries),
    listing('/usr/lib/hooks/routable.d', ['10-a', '20-b']),
  ];
  const choose = (name: string, ...entries: readonly (string | Entry)[]) =>
    chooseScript(tree, layers(...entries), name);

  test('is that of the first path that has its name', () => {
    expect(choose('10-a', '10-a')).toMatchObject({ path: '/etc/hooks/routable.d/10-a', atOnce: false });
    expect(choose('20-b', '10-a')).toMatchObject({ path: '/usr/lib/hooks/routable.d/20-b' });
  });

  test('is known by where a link leads to', () => {
    const end = place('/usr/share/hooks/a');
    expect(choose('10-a', linkTo('/etc/hooks/routable.d/10-a', end))).toMatchObject({ end });
  });

  test.each<readonly [string, Entry | string]>([
    ['is not there', 'x'],
    ["is not root's", script('/etc/hooks/routable.d/30-c', { uid: 1000 })],
    ["is the daemon's", script('/etc/hooks/routable.d/30-c', { uid: 998 })],
    ['others may write to', script('/etc/hooks/routable.d/30-c', { mode: 0o777 })],
    ['may not be executed', script('/etc/hooks/routable.d/30-c', { mode: 0o644 })],
    ['is a directory', script('/etc/hooks/routable.d/30-c', { kind: 'directory' })],
    ['is masked', linkTo('/etc/hooks/routable.d/30-c', place('/dev/null', { kind: 'other' }))],
    ["leads to what is not root's", linkTo('/etc/hooks/routable.d/30-c', place('/home/x', { uid: 1000 }))],
    ['was left by an editor', script('/etc/hooks/routable.d/30-c~')],
  ])('does not run if it %s', (_, entry) => {
    const name = typeof entry === 'string' ? '30-c' : entry.name;
    expect(choose(name, entry)).toEqual({ refused: expect.stringMatching(/^it does not run: ./) });
  });

  test('does not run from below a directory that others may write to, be it sticky: they could put there what root removes', () => {
    const [first = listing('/', [])] = layers('10-a');
    const open = {
      ...first,
      way: { ...first.way, places: [place('/tmp', { kind: 'directory', mode: 0o1777 }), ...first.way.places] },
    };
    expect(chooseScript(tree, [open], '10-a')).toEqual({
      refused: '/tmp is writable by group or others: chmod go-w it',
    });
  });
});
