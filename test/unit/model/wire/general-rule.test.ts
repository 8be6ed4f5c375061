import { expect, test } from '@jest/globals';
import type { Rule } from '@network-stack/netlink';
import { isGeneralRule } from '../../../../src/model/wire/general-rule.js';

const rule = (changes: Partial<Rule>): Rule => ({
  kind: 'rule',
  family: 2,
  action: 1,
  table: 7,
  priority: 9,
  flags: 0,
  tos: 0,
  ...changes,
});

test.each<Partial<Rule>>([{}, { iif: 'lo' }, { fwmark: 1, flags: 2 }, { action: 6 }])(
  'a rule for everything: %j',
  changes => {
    expect(isGeneralRule(rule(changes))).toBe(true);
  },
);

test.each<Partial<Rule>>([
  { from: '192.0.2.5/32' },
  { fwmark: 1 },
  { dscp: 10 },
  { flowLabel: 5 },
  { ipProtocol: 6 },
  { flags: 2 },
  { table: 255 },
  { l3mdev: true },
])('a rule for some packets, or for none: %j', changes => {
  expect(isGeneralRule(rule(changes))).toBe(false);
});
