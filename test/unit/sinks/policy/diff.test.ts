import { describe, expect, test } from '@jest/globals';
import { diffPolicy } from '../../../../src/sinks/policy/diff.js';
import { routeOf, ruleOf } from '../../../../src/testing/fake-kernel.js';

interface Given {
  readonly rules?: readonly string[];
  readonly routes?: readonly string[];
}

const rulesOf = (texts: readonly string[] = []) => texts.map(ruleOf);
const routesOf = (texts: readonly string[] = []) => texts.map(routeOf);
const diff = (desired: Given, actual: Given) =>
  diffPolicy(
    { rules: rulesOf(desired.rules), routes: routesOf(desired.routes) },
    { rules: rulesOf(actual.rules), routes: routesOf(actual.routes) },
    ifindex => `eth${ifindex}`,
  );
const texts = (desired: Given, actual: Given) => diff(desired, actual).actions.map(({ text }) => text);

const from = 'from 192.0.2.5 lookup 10002 proto ours';
const byOne = 'default via 192.0.2.1 dev 3 table 10002 proto ours';

describe('diffPolicy', () => {
  test('as it should be already: nothing to do', () => {
    const both = { rules: [from], routes: [byOne] };
    expect(diff(both, both)).toMatchObject({ actions: [], conflicts: [] });
  });

  test('an address is replaced: first everything new, routes before rules, then what is old goes', () => {
    expect(
      texts(
        { rules: ['from 192.0.2.6 lookup 10002 proto ours'], routes: ['198.51.100.0/24 dev 3 table 10002 proto ours'] },
        { rules: [from], routes: [byOne] },
      ),
    ).toEqual([
      'route add 198.51.100.0/24 dev eth3 table 10002',
      'rule add from 192.0.2.6 lookup 10002',
      'rule delete from 192.0.2.5 lookup 10002',
      'route delete default via 192.0.2.1 dev eth3 table 10002',
    ]);
  });

  test('a changed gateway is one replace', () => {
    expect(texts({ routes: ['default via 192.0.2.9 dev 3 table 10002 proto ours'] }, { routes: [byOne] })).toEqual([
      'route replace default via 192.0.2.9 dev eth3 table 10002',
    ]);
  });

  test('another metric is another route: added before the old one goes', () => {
    expect(
      texts({ routes: ['default via 192.0.2.1 dev 3 table 10002 metric 5 proto ours'] }, { routes: [byOne] }),
    ).toEqual([
      'route add default via 192.0.2.1 dev eth3 table 10002 metric 5',
      'route delete default via 192.0.2.1 dev eth3 table 10002',
    ]);
  });

  test("somebody else's rules and routes are never touched, alike or not", () => {
    const foreign = {
      rules: ['from 192.0.2.5 lookup 10002 proto static', 'from 192.0.2.7 lookup 10002'],
      routes: ['198.51.100.0/24 dev 3 table 10002', 'default via 192.0.2.1 dev 3'],
    };
    expect(texts({}, foreign)).toEqual([]);
    expect(texts({ rules: [from], routes: [byOne] }, foreign)).toEqual([
      'route add default via 192.0.2.1 dev eth3 table 10002',
      'rule add from 192.0.2.5 lookup 10002',
    ]);
  });

  test("somebody else's route in our place is a conflict, and what we had there goes", () => {
    const { actions, conflicts } = diff(
      { routes: [byOne] },
      {
        routes: [
          'default via 192.0.2.7 dev 3 table 10002 proto static',
          'default via 192.0.2.8 dev 3 table 10002 proto ours',
        ],
      },
    );
    expect(conflicts.map(({ text }) => text)).toEqual([
      'route default via 192.0.2.1 dev eth3 table 10002: blocked by existing route default via 192.0.2.7 dev eth3 table 10002 (protocol 4)',
    ]);
    expect(actions.map(({ text }) => text)).toEqual(['route delete default via 192.0.2.8 dev eth3 table 10002']);
  });

  test('everything of ours that nobody wants goes, in whichever table, and what is there twice once', () => {
    expect(
      texts(
        { rules: [from] },
        {
          rules: [from, from, 'from 192.0.2.5 lookup 10002 priority 5000 proto ours'],
          routes: ['10.0.0.0/8 dev 3 proto ours', '10.0.0.0/8 dev 3 table 77 proto ours'],
        },
      ),
    ).toEqual([
      'rule delete from 192.0.2.5 lookup 10002',
      'rule delete from 192.0.2.5 lookup 10002 priority 5000',
      'route delete 10.0.0.0/8 dev eth3 table main',
      'route delete 10.0.0.0/8 dev eth3 table 77',
    ]);
  });

  test('a rule of ours that says more than we say is not ours to keep', () => {
    const odd = { ...ruleOf(from), fwmark: 7, tunnelId: 5 };
    const { actions } = diffPolicy(
      { rules: [ruleOf(from)], routes: [] },
      { rules: [odd], routes: [] },
      () => undefined,
    );
    expect(actions.map(({ text }) => text)).toEqual([
      'rule add from 192.0.2.5 lookup 10002',
      'rule delete from 192.0.2.5 fwmark 0x7 tun_id 5 lookup 10002',
    ]);
  });

  test('an expiry is set anew when the routes would not end together, and only that is no news', () => {
    const desired = { routes: [`${byOne} expires 1800`] };
    expect(diff(desired, { routes: [`${byOne} expires 1798`] }).actions).toEqual([]);
    expect(diff(desired, { routes: [`${byOne} expires 900`] }).actions).toMatchObject([
      { change: { action: 'replace' }, isRefresh: true },
    ]);
    expect(diff(desired, { routes: [byOne] }).actions).toMatchObject([{ isRefresh: false }]);
  });
});
