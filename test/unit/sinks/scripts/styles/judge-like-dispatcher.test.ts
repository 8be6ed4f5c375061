import { expect, test } from '@jest/globals';
import { scriptsIn } from '../../../../../src/sinks/scripts/judge.js';
import { judgeLikeDispatcher } from '../../../../../src/sinks/scripts/styles/judge-like-dispatcher.js';
import type { Entry, Listing } from '../../../../../src/system/files/files.js';
import { linkTo, listing, place, script } from '../../../../../src/fakes/fake-files.js';

const [etc, usr] = ['/etc/nd/a.d', '/usr/nd/a.d'];
const plan = (inEtc: readonly (string | Entry)[], inUsr: readonly (string | Entry)[] = []): readonly string[] =>
  planOf(listing(etc, inEtc), listing(usr, inUsr));
const planOf = (...layers: readonly Listing[]): readonly string[] => {
  const { scripts, faults } = scriptsIn(layers, [0], judgeLikeDispatcher);
  return [...scripts.map(({ path }) => path), ...faults.map(({ message }) => message)];
};

test('files of all places run in byte order of their names, hidden ones and leftovers as well; the first of a name counts', () => {
  expect(plan(['b~', '20-b', '.hidden'], ['20-b', '10-a', 'c.bak'])).toEqual([
    ...[`${etc}/.hidden`, `${usr}/10-a`, `${etc}/20-b`, `${etc}/b~`, `${usr}/c.bak`],
  ]);
});

test('one that may not run hides none of the same name, nor does a link to /dev/null', () => {
  const null_ = linkTo(`${etc}/20-b`, place('/dev/null', { kind: 'other' }));
  expect(plan([script(`${etc}/10-a`, { mode: 0o644 }), null_], ['10-a', '20-b'])).toEqual([
    `${usr}/10-a`,
    `${usr}/20-b`,
    `script ${etc}/10-a is skipped: its mode is 0644, and networkd-dispatcher runs only what has 0755: chmod 755 it`,
    `script ${etc}/20-b is skipped: expected a regular file`,
  ]);
});

test('modes are 0755 exactly, and what somebody else could change is refused', () => {
  const modes = [0o555, 0o750, 0o775, 0o4755].map(mode => script(`${etc}/${mode.toString(8)}`, { mode }));
  expect(plan([...modes, script(`${etc}/own`, { uid: 1000 })]).filter(line => line.startsWith('/'))).toEqual([]);
  expect(plan([linkTo(`${etc}/10-a`, place('/opt/10-a'))])).toEqual([`${etc}/10-a`]);
});

test('an empty file hides the others of its name and is no obstacle to those after it', () => {
  expect(plan([script(`${etc}/10-a`, { size: 0 }), '20-b'], ['10-a'])).toEqual([
    `${etc}/20-b`,
    `script ${etc}/10-a is skipped: it is empty`,
  ]);
});

test('a directory of another mode, or behind a link, is left out; those after it are not', () => {
  const open = listing(etc, ['10-a', '20-b']);
  const places = open.way.places.map(one => (one.path === etc ? { ...one, mode: 0o750 } : one));
  expect(planOf({ ...open, way: { places, end: places.at(-1) } }, listing(usr, ['10-a']))).toEqual([
    `${usr}/10-a`,
    `script directory ${etc} is refused: its mode is 0750, and networkd-dispatcher runs only what has 0755: chmod 755 it`,
  ]);
  const behind = [
    ...open.way.places.slice(0, -1),
    place(etc, { kind: 'link' }),
    place('/opt/x', { kind: 'directory' }),
  ];
  expect(planOf({ ...open, way: { places: behind, end: behind.at(-1) } })).toEqual([
    `script directory ${etc} is refused: it is a link, which networkd-dispatcher does not follow`,
  ]);
});
