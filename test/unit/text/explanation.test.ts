import { expect, test } from '@jest/globals';
import { explanationOf, explanationPage } from '../../../src/text/explanation.js';
import { config, link, linkState, managerState, step, world } from '../../../src/testing/builders.js';
import { directoriesIn, type Listed, type TreeDirectories, treesOf } from '../../../src/sinks/scripts/trees.js';
import type { Listing } from '../../../src/system/files/files.js';
import { linkTo, listing, place, script } from '../../../src/fakes/fake-files.js';

const eth0 = link(2, 'eth0');
const paint = (colour: number) => (text: string) => (colour === 31 ? `!${text}!` : text);
const known = world([eth0], config({ network: { links: ['lan*'] } }), {
  networkd: { states: new Map([[2, { OperationalState: 'degraded' }]]) },
});
/** One directory of the daemon's own tree. */
const own = (of: Listing): Listed<TreeDirectories> => {
  const [tree] = treesOf(undefined, '/s');
  const run = { directory: of.directory.slice('/s/'.length), args: [] };
  if (tree === undefined) throw new Error('expected a tree');
  return { ...directoriesIn(tree, run), listings: [of] };
};
const routable = step(0, linkState(eth0, { OperationalState: 'routable' }), known);

test('says what would run, in which order and with what, and of everything else why it would not', () => {
  const explanation = explanationOf(
    routable,
    [
      own(
        listing('/s/routable.d', [
          '20-b',
          '10-a',
          script('/s/routable.d/30-c', { mode: 0o644 }),
          script('/s/routable.d/40-d', { uid: 1000 }),
          linkTo('/s/routable.d/50-e', place('/dev/null', { kind: 'other' })),
          script('/s/routable.d/60-f', { size: 0 }),
          '.70-g',
        ]),
      ),
      own({ directory: '/s/none.d', way: { places: [], end: undefined }, entries: [] }),
      own(listing('/s/empty.d', [])),
    ],
    [0],
    { LINK: 'eth0', ROUTES: 'a\nb' },
  );
  expect(explanationPage(explanation, paint)).toBe(`eth0 (2): OperationalState=routable
  now OperationalState=degraded
!nothing runs: Links=lan* does not choose eth0!

/s/routable.d
  -  /s/routable.d/.70-g  skipped: hidden files and leftovers of editors and package managers do not run
  1  /s/routable.d/10-a
  2  /s/routable.d/20-b
  -  /s/routable.d/30-c  skipped: it is not executable: chmod +x it
  -  /s/routable.d/40-d  !refused: /s/routable.d/40-d belongs to user 1000, expected root: chown it!
  -  /s/routable.d/50-e  off: a link to /dev/null disables its name
  -  /s/routable.d/60-f  off: an empty file disables its name

/s/none.d
  does not exist

/s/empty.d
  no scripts

Environment
  LINK=eth0
  ROUTES=a\\x0ab
`);
});

test('a directory that somebody else could change is refused as a whole', () => {
  const open = listing('/s/routable.d', ['10-a']);
  const places = open.way.places.map(one => (one.path === '/s' ? { ...one, mode: 0o777 } : one));
  const explanation = explanationOf(routable, [own({ ...open, way: { ...open.way, places } })], [0], {});
  expect(explanation.directories).toEqual([
    {
      path: '/s/routable.d',
      style: 'network-broker',
      user: null,
      exists: true,
      obstacle:
        'script directory /s/routable.d is refused: /s is writable by group or others (mode 0777): chmod go-w it',
      scripts: [],
    },
  ]);
});

test('scripts are numbered through all directories', () => {
  const explanation = explanationOf(routable, [own(listing('/s/a.d', ['1'])), own(listing('/s/b.d', ['1']))], [0], {});
  expect(explanationPage(explanation, paint)).toMatch(/ 1 {2}\/s\/a\.d\/1\n\n\/s\/b\.d\n {2}2 {2}\/s\/b\.d\/1\n/);
});

test('of this computer, which has no states', () => {
  const explanation = explanationOf(step(0, { kind: 'sleep', action: 'suspend' }, known), [], [0], {
    ACTION: 'suspend',
  });
  expect(explanationPage(explanation, paint)).toBe('this computer: suspend\n\nEnvironment\n  ACTION=suspend\n');
});

test('of systemd-networkd itself', () => {
  const online = step(0, managerState({ OnlineState: 'online' }), world([eth0]));
  expect(explanationOf(online, [], [0], {})).toMatchObject({ link: '', ifindex: 0, event: 'manager-state' });
  expect(explanationPage(explanationOf(online, [], [0], {}), paint)).toMatch(
    /^systemd-networkd: OnlineState=online\n {2}now unknown\n/,
  );
});

test('the JSON of the link is not shown to people, but how much there is of it', () => {
  const page = explanationPage(explanationOf(routable, [], [0], { LINK: 'eth0', JSON: '{"Name":"eth0"}' }), paint);
  expect(page).toMatch(/Environment\n {2}LINK=eth0\n {2}JSON=… \(15 bytes; --json shows it\)\n$/);
});

test('says what would become of the targets of the link, and which units would be started', () => {
  const starts = [{ on: ['routable'], links: undefined, unit: 'ddns@%i.service', job: 'restart' }] as const;
  const settings = config({ starts });
  const event = step(0, linkState(eth0, { OperationalState: 'routable' }), world([eth0], settings));
  const target = (state: string, wanted: boolean, active: boolean | null, why = '', units: readonly string[] = []) => ({
    ...{ unit: `link-${state}@eth0.target`, wanted, active, why, units },
  });
  const targets = [
    target('carrier', true, true),
    target('routable', true, false, 'it is masked', ['a.service', 'b.service']),
    target('configured', false, true),
    target('online', true, null),
  ];
  const explanation = explanationOf(event, [], [0], {}, { targets });
  expect(explanation.starts).toEqual([{ unit: 'ddns@eth0.service', job: 'restart' }]);
  expect(explanationPage(explanation, paint)).toContain(`
Targets
  link-carrier@eth0.target  active
  link-routable@eth0.target  would start: a.service b.service!  it is masked!
  link-configured@eth0.target  would stop
  link-online@eth0.target  would be active

Units
  restart ddns@eth0.service
`);
});
