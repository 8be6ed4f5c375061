import { describe, expect, test } from '@jest/globals';
import { scriptsIn } from '../../../../src/sinks/scripts/judge.js';
import type { Entry, Listing } from '../../../../src/system/files/files.js';
import { linkTo, listing, place, script } from '../../../../src/fakes/fake-files.js';

/** The decision as text: what runs, and what is said. */
const plan = (...layers: readonly Listing[]): readonly string[] => {
  const { scripts, faults } = scriptsIn(layers, [0]);
  return [...scripts.map(({ path }) => `run ${path}`), ...faults.map(({ code, message }) => `${code}: ${message}`)];
};
const inDirectory = (...entries: readonly (string | Entry)[]) => plan(listing('/s/a.d', entries));

describe('scriptsIn', () => {
  test('runs what is there, in byte order of the names', () => {
    expect(inDirectory('é', '9-c', '10-b', '10-B', 'z', '\u{1F600}', '\uFB01', '\udcff', '\udc80')).toEqual([
      'run /s/a.d/10-B',
      'run /s/a.d/10-b',
      'run /s/a.d/9-c',
      'run /s/a.d/z',
      'run /s/a.d/\udc80', // a byte that is no UTF-8
      'run /s/a.d/é',
      'run /s/a.d/\uFB01',
      'run /s/a.d/\u{1F600}',
      'run /s/a.d/\udcff',
    ]);
  });

  test('an empty directory and one that does not exist run nothing and say nothing', () => {
    expect(inDirectory()).toEqual([]);
    expect(plan({ directory: '/s/a.d', way: { places: [], end: undefined }, entries: [] })).toEqual([]);
  });

  test.each(['.hidden', 'a~', 'a.bak', 'a.rpmsave', 'a.rpmorig', 'a.rpmnew', 'a.swp', 'a.dpkg-old', 'a.dpkg-dist'])(
    'skips what editors and package managers leave: %s',
    name => {
      expect(inDirectory(name)).toEqual([
        `script-skipped: script /s/a.d/${name} is skipped: hidden files and leftovers of editors and package managers do not run`,
      ]);
    },
  );

  test.each(['a.sh', 'a.bak.sh', 'dpkg-hook', '10-a.b'])('runs a name that only looks alike: %s', name => {
    expect(inDirectory(name)).toEqual([`run /s/a.d/${name}`]);
  });

  test.each([
    ['not executable', script('/s/a.d/x', { mode: 0o644 }), 'it is not executable: chmod +x it'],
    ['a directory', script('/s/a.d/x', { kind: 'directory' }), 'expected a regular file'],
    ['a socket', script('/s/a.d/x', { kind: 'other' }), 'expected a regular file'],
    [
      'a link to nothing',
      { name: 'x', places: [place('/s/a.d/x', { kind: 'link' })], end: undefined },
      'it is a broken link',
    ],
    ['unreadable', { name: 'x', places: [], end: undefined, error: 'EACCES: …' }, 'EACCES: …'],
  ])('skips and names what cannot run: %s', (_, entry, why) => {
    expect(inDirectory('a', entry)).toEqual(['run /s/a.d/a', `script-skipped: script /s/a.d/x is skipped: ${why}`]);
  });

  test.each([
    ['an empty file', script('/s/a.d/x', { size: 0 })],
    ['an empty file that is not executable', script('/s/a.d/x', { size: 0, mode: 0o644 })],
    ['a link to /dev/null', linkTo('/s/a.d/x', place('/dev/null', { kind: 'other', mode: 0o666 }))],
    ['a link to an empty file', linkTo('/s/a.d/x', place('/s/none', { size: 0 }))],
  ])('switches a name off without a word: %s', (_, entry) => {
    expect(inDirectory(entry)).toEqual([]);
  });

  test('says nothing of a file that went while the directory was read', () => {
    expect(inDirectory({ name: 'x', places: [], end: undefined })).toEqual([]);
  });

  test('a link runs under its own name', () => {
    expect(inDirectory(linkTo('/s/a.d/x', place('/usr/bin/tool')))).toEqual(['run /s/a.d/x']);
  });

  test('refuses a script that somebody else can change, and runs the others', () => {
    expect(inDirectory('a', script('/s/a.d/b', { mode: 0o775 }), script('/s/a.d/c', { uid: 7 }))).toEqual([
      'run /s/a.d/a',
      'script-unsafe: script /s/a.d/b is refused: /s/a.d/b is writable by group or others (mode 0775): chmod go-w it',
      'script-unsafe: script /s/a.d/c is refused: /s/a.d/c belongs to user 7, expected root: chown it',
    ]);
  });

  test('refuses a link to a place that somebody else can change', () => {
    expect(inDirectory(linkTo('/s/a.d/x', place('/home/u/tool', { uid: 1000 })))).toEqual([
      'script-unsafe: script /s/a.d/x is refused: /home/u/tool belongs to user 1000, expected root: chown it',
    ]);
  });

  test('refuses all of a directory that somebody else can change, and says so once', () => {
    const { way, ...rest } = listing('/s/a.d', ['a', 'b']);
    const places = way.places.map(p => (p.path === '/s' ? { ...p, mode: 0o777 } : p));
    expect(plan({ ...rest, way: { ...way, places } })).toEqual([
      'directory-unsafe: script directory /s/a.d is refused: /s is writable by group or others (mode 0777): chmod go-w it',
    ]);
  });

  test('says why a directory cannot be read', () => {
    const way = { places: [], end: undefined, error: 'EACCES: permission denied' };
    expect(plan({ directory: '/s/a.d', way, entries: [] })).toEqual([
      'directory-unreadable: script directory /s/a.d cannot be read: EACCES: permission denied',
    ]);
  });

  describe('of several trees', () => {
    const [etc, run, usr] = ['/etc/s/a.d', '/run/s/a.d', '/usr/s/a.d'];

    test('all scripts run in the order of their names, and of the same name the one in the first tree', () => {
      expect(plan(listing(etc, ['20-x', '40-y']), listing(run, ['10-z']), listing(usr, ['20-x', '30-w']))).toEqual([
        `run ${run}/10-z`,
        `run ${etc}/20-x`,
        `run ${usr}/30-w`,
        `run ${etc}/40-y`,
      ]);
    });

    test.each([
      ['a link to /dev/null', linkTo(`${etc}/x`, place('/dev/null', { kind: 'other' })), []],
      ['an empty file', script(`${etc}/x`, { size: 0 }), []],
      [
        'a script that is not safe',
        script(`${etc}/x`, { uid: 7 }),
        [`script-unsafe: script ${etc}/x is refused: ${etc}/x belongs to user 7, expected root: chown it`],
      ],
      [
        'one that cannot run',
        script(`${etc}/x`, { mode: 0o644 }),
        [`script-skipped: script ${etc}/x is skipped: it is not executable: chmod +x it`],
      ],
    ])('%s hides what has its name in later ones', (_, entry, said) => {
      expect(plan(listing(etc, [entry]), listing(usr, ['x', 'y']))).toEqual([`run ${usr}/y`, ...said]);
    });

    test('a directory that is refused hides all in later ones, as nobody knows what it would hide, and nothing in earlier ones', () => {
      const writable = { ...listing(run, ['b']), way: { places: [], end: undefined, error: 'EACCES: …' } };
      expect(plan(listing(etc, ['a']), writable, listing(usr, ['b', 'c']))).toEqual([
        `run ${etc}/a`,
        `directory-unreadable: script directory ${run} cannot be read: EACCES: …`,
      ]);
    });
  });
});
