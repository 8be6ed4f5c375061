import { describe, expect, test } from '@jest/globals';
import type { Link } from '../../../../src/model/link.js';
import { diffPolicy } from '../../../../src/sinks/policy/diff.js';
import { planPolicy } from '../../../../src/sinks/policy/desired.js';
import { address, link } from '../../../../src/testing/builders.js';
import { ruleOf } from '../../../../src/testing/fake-kernel.js';
import { all, type Given, worldOf } from './planner.js';

describe('a table that somebody else uses', () => {
  const addresses = [address(2, '192.0.2.4/32'), address(3, '192.0.2.5/32')];
  const ours = ['from 192.0.2.5 lookup 10002 proto ours', 'to 192.0.2.5 lookup 10002 proto ours'];
  /** What is done and said on a host that has these rules, and ours already. */
  const look = (others: readonly string[], given: Partial<Given> = {}) => {
    const inWorld = worldOf({ addresses, ...given });
    const rules = [...others, ...ours].map(ruleOf);
    const { actions, conflicts } = diffPolicy(planPolicy(inWorld, [], rules), { rules, routes: [] }, () => undefined);
    const taken = conflicts.filter(({ code }) => code !== 'policy-no-default');
    return { actions: actions.map(({ text }) => text), conflicts: taken.map(({ text }) => text) };
  };
  const withdrawn = ['rule delete from 192.0.2.5 lookup 10002', 'rule delete to 192.0.2.5 lookup 10002'];
  const because = (what: string) => [`table 10002 of eth1 is left empty: it is used by ${what}`];

  test.each([
    ['fwmark 7 lookup 10002 proto static', 'rule from all fwmark 0x7 lookup 10002 (protocol 4)'],
    [
      'from 198.51.100.0/24 lookup 10002 priority 5000 proto boot',
      'rule from 198.51.100.0/24 lookup 10002 priority 5000 (protocol 3)',
    ],
    ['from 192.0.2.9 lookup 10002 proto static', 'rule from 192.0.2.9 lookup 10002 (protocol 4)'],
    ['from 2001:db8::9 lookup 10002 proto static', 'rule from 2001:db8::9 lookup 10002 (protocol 4)'],
  ])('by a rule: %s: nothing is put into it, what is ours there goes, and it is said', (rule, what) => {
    expect(look([rule])).toEqual({ actions: withdrawn, conflicts: because(what) });
  });

  test('as that of a VRF', () => {
    const blue: Link = { ...link(9, 'blue'), kind: 'vrf', vrfTable: 10002 };
    expect(look([], { links: [...all, blue] })).toEqual({ actions: withdrawn, conflicts: because('VRF blue') });
  });

  test('another table is filled', () => {
    const { actions } = look(['fwmark 7 lookup 10002 proto static'], { rules: 'eth0 eth1' });
    expect(actions).toEqual([
      'rule add from 192.0.2.4 lookup 10001',
      'rule add to 192.0.2.4 lookup 10001',
      ...withdrawn,
    ]);
  });

  test('and so are those of another TableBase=', () => {
    expect(look(['fwmark 7 lookup 10002 proto static'], { base: 20_000 })).toEqual({
      actions: ['rule add from 192.0.2.5 lookup 20003', 'rule add to 192.0.2.5 lookup 20003', ...withdrawn],
      conflicts: [],
    });
  });

  test.each([
    [
      'a rule that sends there what ours do, at whatever priority',
      'from 192.0.2.5 lookup 10002 priority 7 proto static',
    ],
    ['the table of a link that is not chosen', 'fwmark 7 lookup 10001 proto static'],
    ['a rule for another table', 'fwmark 7 lookup 77 proto static'],
  ])('%s is none', (_, rule) => {
    expect(look([rule])).toEqual({ actions: [], conflicts: [] });
  });
});
