import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../../../src/model/fault.js';
import type { Link } from '../../../../src/model/link.js';
import type { States } from '../../../../src/model/states.js';
import { type ActualUnits, unitsDiff } from '../../../../src/sinks/units/diff.js';
import { keysToLook, scopeOf } from '../../../../src/sinks/units/scope.js';
import { createRevisions } from '../../../../src/sinks/units/revisions.js';
import { type Wanted, wishesOf } from '../../../../src/sinks/units/wishes.js';
import type { Ours } from '../../../../src/sinks/reconcile/target.js';
import { config, link, world } from '../../../../src/testing/builders.js';

const eth0 = link(2, 'eth0');
const carrier: States = { OperationalState: 'carrier', CarrierState: 'carrier', AdministrativeState: 'configuring' };
const degraded: States = { ...carrier, OperationalState: 'degraded' };
const routable: States = {
  OperationalState: 'routable',
  CarrierState: 'carrier',
  AdministrativeState: 'configured',
  OnlineState: 'online',
};
const down: States = { OperationalState: 'no-carrier', CarrierState: 'no-carrier', AdministrativeState: 'configuring' };

const wanted = (states: Readonly<Record<number, States>>, links: readonly Link[] = [eth0]): Wanted => {
  const all = new Map(Object.entries(states).map(([ifindex, one]) => [Number(ifindex), one]));
  return { world: world(links, config({ units: { links: ['*'] } }), { networkd: { states: all } }), states: all };
};
const facts = { env: '', json: '', networkFile: '' };
interface Found extends Omit<ActualUnits, 'wishes' | 'revisions'> {
  readonly networkFiles: ReadonlyMap<number, string>;
}
const actual = (up: readonly string[], rest: Partial<Found> = {}): Found => ({
  keys: undefined,
  up: new Set(up.map(name => `${name}.target`)),
  masked: new Set(),
  facts: new Map(),
  networkFiles: new Map(),
  described: new Set(),
  ...rest,
});
const oursOf = (all: ReadonlyMap<string, string>): Ours =>
  new Map([...all].map(([key, contents]) => [key, { contents, by: 'me' }]));

/** What is done, then what is said. */
const plan = (what: Wanted, found: Found, ours: Ours = new Map()) => {
  const wishes = wishesOf(what, found.networkFiles);
  const made = unitsDiff({ ...found, wishes, revisions: createRevisions()(what) }, ours);
  const said = made.told([], [], ours).flatMap(one => ('code' in one ? [(one satisfies Fault).code] : []));
  return { does: [...made.actions.map(({ text }) => text), ...said], ours: oursOf(made.desired) };
};
const all = [
  'link-carrier@eth0',
  'link-degraded@eth0',
  'link-routable@eth0',
  'link-configured@eth0',
  'link-online@eth0',
];

describe('what is done about the targets of links', () => {
  test('one call starts the whole chain, and one stops it', () => {
    expect(plan(wanted({ 2: routable }), actual([])).does).toEqual([
      'start link-routable@eth0.target',
      'start link-configured@eth0.target',
      'start link-online@eth0.target',
    ]);
    expect(plan(wanted({ 2: down }), actual(all)).does).toEqual([
      'stop link-carrier@eth0.target',
      'stop link-configured@eth0.target',
      'stop link-online@eth0.target',
    ]);
  });

  test('what is active already is adopted', () => {
    expect(plan(wanted({ 2: routable }), actual(all)).does).toEqual([]);
  });

  test('a step down stops the first target that is too much, a step up starts the highest', () => {
    expect(plan(wanted({ 2: degraded }), actual(all.slice(0, 3))).does).toEqual(['stop link-routable@eth0.target']);
    expect(plan(wanted({ 2: carrier }), actual(all.slice(0, 3))).does).toEqual(['stop link-degraded@eth0.target']);
    expect(plan(wanted({ 2: degraded }), actual(all.slice(0, 1))).does).toEqual(['start link-degraded@eth0.target']);
  });

  test.each([
    ['enslaved', 'enslaved', ['start link-carrier@eth0.target']],
    ['degraded-carrier', 'degraded-carrier', ['start link-carrier@eth0.target']],
    ['dormant', 'dormant', []],
    ['off', 'off', []],
  ] as const)('a link that is %s', (OperationalState, CarrierState, does) => {
    expect(plan(wanted({ 2: { OperationalState, CarrierState } }), actual([])).does).toEqual(does);
  });

  test('partial is not online, and no word is known that was not', () => {
    const states: States = { OperationalState: 'carrier', CarrierState: 'carrier', OnlineState: 'partial' };
    expect(plan(wanted({ 2: states }), actual(['link-carrier@eth0'])).does).toEqual([]);
  });

  test('what somebody stopped stays stopped until the state changes, and is said once', () => {
    const left = actual(all.filter(name => name !== 'link-routable@eth0'));
    const first = plan(wanted({ 2: routable }), actual(all));
    const stopped = plan(wanted({ 2: routable }), left, first.ours);
    expect(stopped.does).toEqual(['unit-left']);
    const again = plan(wanted({ 2: routable }), left, stopped.ours);
    expect(again.does).toEqual([]);
    const other = plan(wanted({ 2: { ...routable, OnlineState: 'partial' } }), left, again.ours);
    expect(other.does).toContain('start link-routable@eth0.target');
  });

  test('what somebody started stays no longer than the next look, and what is masked is not started', () => {
    expect(plan(wanted({ 2: down }), actual(['link-online@eth0'])).does).toEqual(['stop link-online@eth0.target']);
    const masked = new Set(['link-routable@eth0.target']);
    expect(plan(wanted({ 2: routable }), actual(all.slice(3), { masked })).does).toEqual([]);
  });

  test('a profile is active while its file configures any link', () => {
    const both = [eth0, link(3, 'eth1')];
    const networkFiles = new Map([
      [2, '/etc/systemd/network/10-home.network'],
      [3, '/etc/systemd/network/10-home.network'],
    ]);
    const found = { networkFiles };
    const profile = (states: Readonly<Record<number, States>>, up: readonly string[]) =>
      plan(wanted(states, both), actual(up, found)).does.filter(one => one.includes('profile'));
    expect(profile({ 2: carrier, 3: carrier }, [])).toEqual(['start network-profile@10-home.target']);
    const unmanaged: States = { ...carrier, AdministrativeState: 'unmanaged' };
    expect(profile({ 2: carrier, 3: unmanaged }, ['network-profile@10-home'])).toEqual([]);
    expect(profile({ 2: unmanaged, 3: unmanaged }, ['network-profile@10-home'])).toEqual([
      'stop network-profile@10-home.target',
    ]);
  });

  test('targets of links that went or are called otherwise stop, those of the new name start', () => {
    const renamed = plan(wanted({ 2: routable }, [link(2, 'lan')]), actual(all)).does;
    expect(renamed).toEqual([
      'stop link-carrier@eth0.target',
      'stop link-configured@eth0.target',
      'stop link-online@eth0.target',
      'start link-routable@lan.target',
      'start link-configured@lan.target',
      'start link-online@lan.target',
    ]);
  });

  test('descriptions are written before targets start, and go with their link', () => {
    const { does } = plan(
      wanted({ 2: carrier }),
      actual(['link-carrier@gone'], { facts: new Map([['eth0', facts]]), described: new Set(['gone']) }),
    );
    expect(does).toEqual([
      'stop link-carrier@gone.target',
      'forget gone',
      'describe eth0',
      'start link-carrier@eth0.target',
    ]);
  });

  test('characters that no unit has are escaped, those that it has are not', () => {
    const odd = [link(2, 'wg-home.1'), link(3, 'a%\\@b')];
    expect(plan(wanted({ 2: carrier, 3: carrier }, odd), actual([])).does).toEqual([
      'start link-carrier@wg-home.1.target',
      'start link-carrier@a\\x25\\x5c\\x40b.target',
    ]);
  });
});

describe('which links are looked at', () => {
  const both = [eth0, link(3, 'eth1')];
  const none = new Set<string>();
  const before = wanted({ 2: routable, 3: routable }, both);
  const knows = () => {
    const revisionsOf = createRevisions();
    const found = { ...actual([]), wishes: wishesOf(before, new Map()), revisions: revisionsOf(before) };
    const known = oursOf(unitsDiff(found, new Map()).desired);
    const scope = (what: Wanted, ours: Ours = known, by = 'me') =>
      scopeOf(wishesOf(what, new Map()), revisionsOf(what), ours, none, by);
    return { known, scope };
  };
  test('all under a new manager, none if nothing has changed', () => {
    const { known, scope } = knows();
    expect(scope(before, known, 'another')).toBeUndefined();
    expect(scope(before)).toEqual(new Set());
  });

  test('those that are otherwise, and those that went', () => {
    const { scope } = knows();
    expect(scope({ ...before, states: new Map([...before.states, [3, down]]) })).toEqual(new Set(['eth1']));
    expect(scope(wanted({ 2: routable }))).toContain('eth1');
  });

  test('those for which something was not done', () => {
    const { known, scope } = knows();
    const undone = new Map([...known].filter(([key]) => key !== 'online eth0'));
    expect(scope(before, undone)).toEqual(new Set(['eth0']));
  });

  test('of a link that is looked at, all that there may be of it; of profiles, those that are otherwise', () => {
    const { known } = knows();
    const home = { ...facts, networkFile: '/etc/systemd/network/10-home.network' };
    const networkFiles = new Map([[2, home.networkFile]]);
    const looked = (ours: Ours) =>
      [
        ...(keysToLook(new Set(['eth0']), wishesOf(before, networkFiles), new Map([['eth0', home]]), ours, none) ?? []),
      ].join();
    const all = 'files eth0,reach eth0,configured eth0,online eth0,profile 10-home';
    expect(looked(known)).toBe(all);
    const another = { contents: '3', by: 'me' };
    expect(looked(new Map([...known, ['profile 20-gone', another]]))).toBe(`${all},profile 20-gone`);
    expect(keysToLook(new Set(), wishesOf(before, networkFiles), new Map(), known, none)).toEqual(
      new Set(['profile 10-home']),
    );
    const same = new Map([...known, ['profile 10-home', { contents: '2', by: 'me' }]]);
    expect(keysToLook(new Set(), wishesOf(before, networkFiles), new Map(), same, none)).toEqual(new Set());
    expect(keysToLook(undefined, new Map(), new Map(), known, none)).toBeUndefined();
  });

  test('what is not looked at stays as it is known to be, and nothing is done about it', () => {
    const { known } = knows();
    const found = { ...actual([]), wishes: wishesOf(before, new Map()), revisions: new Map<string, string>() };
    const made = unitsDiff({ ...found, keys: new Set(['online eth1']) }, known);
    expect(made.actions).toEqual([]);
    expect(made.desired.get('reach eth0')).toBe(known.get('reach eth0')?.contents);
  });
});
