import { expect, test } from '@jest/globals';
import type { Rule } from '@network-stack/netlink';
import { ruleLine } from '../../../../src/model/route/rule-text.js';

const rule = (changes: Partial<Rule>): Rule => ({
  kind: 'rule',
  family: 2,
  action: 1,
  table: 254,
  priority: 0,
  flags: 0,
  tos: 0,
  ...changes,
});

// What ip-rule(8) prints for these, after the family.
test.each<readonly [Partial<Rule>, string]>([
  [{ priority: 32766 }, 'ipv4 32766: from all lookup main'],
  [{ family: 10, priority: 32766 }, 'ipv6 32766: from all lookup main'],
  [{ priority: 9, from: '192.0.2.5/32', table: 7 }, 'ipv4 9: from 192.0.2.5 lookup 7'],
  [{ from: '192.0.2.0/24', to: '198.51.100.0/24' }, 'ipv4 0: from 192.0.2.0/24 to 198.51.100.0/24 lookup main'],
  [{ fwmark: 0xca6c, flags: 2, table: 51820 }, 'ipv4 0: not from all fwmark 0xca6c lookup 51820'],
  [{ fwmark: 1, fwmask: 0xff }, 'ipv4 0: from all fwmark 0x1/0xff lookup main'],
  [{ iif: 'eth0', oif: 'lo', tos: 16 }, 'ipv4 0: from all tos 0x10 iif eth0 oif lo lookup main'],
  [
    { ipProtocol: 6, destinationPorts: { start: 80, end: 80 }, uidRange: { start: 1, end: 2 } },
    'ipv4 0: from all uidrange 1-2 ipproto 6 dport 80 lookup main',
  ],
  [{ action: 2, goto: 100 }, 'ipv4 0: from all goto 100'],
  [{ action: 7, table: 0 }, 'ipv4 0: from all unreachable'],
  [{ l3mdev: true, table: 0 }, 'ipv4 0: from all lookup [l3mdev-table]'],
  [{ dscp: 10, table: 100 }, 'ipv4 0: from all lookup 100 dscp 10'],
  [{ dscp: 8, dscpMask: 0x38, table: 100 }, 'ipv4 0: from all lookup 100 dscp 0x8/0x38'],
  [{ family: 10, flowLabel: 0x12345, flowLabelMask: 0xfffff }, 'ipv6 0: from all lookup main flowlabel 0x12345'],
  [{ family: 10, flowLabel: 0x12, flowLabelMask: 0xff }, 'ipv6 0: from all lookup main flowlabel 0x12/0xff'],
  [
    { ipProtocol: 6, sourcePorts: { start: 80, end: 80 }, sourcePortMask: 0xff },
    'ipv4 0: from all ipproto 6 sport 0x50/0xff lookup main',
  ],
  [{ suppressPrefixLength: 0 }, 'ipv4 0: from all lookup main suppress_prefixlength 0'],
])('a rule is written as ip-rule(8) writes it: %j', (changes, line) => {
  expect(ruleLine(rule(changes))).toBe(line);
});

test('a link that a rule names may be called anything, and the line stays one', () => {
  expect(ruleLine(rule({ iif: 'a\nadded b' }))).toBe('ipv4 0: from all iif a\\x0aadded b lookup main');
});

test('tables have their names', () => {
  expect(ruleLine(rule({ table: 42 }), new Map([[42, 'office']]))).toBe('ipv4 0: from all lookup office');
});
