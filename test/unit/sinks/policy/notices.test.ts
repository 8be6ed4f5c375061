import { describe, expect, test } from '@jest/globals';
import { address } from '../../../../src/testing/builders.js';
import { eth0, eth1, said } from './planner.js';

describe('a table without a default', () => {
  const addresses = [address(3, '192.0.2.5/24'), address(3, '2001:db8::5/64')];
  const none = (family: string) =>
    `table 10002 of eth1 has no ${family} default: no router is known for the link, in the main table, in a lease or by Gateway=`;

  test('is said, for each family', () => {
    expect(said({ addresses })).toEqual([none('IPv4'), none('IPv6')]);
    expect(said({ addresses, main: ['default via 192.0.2.1 dev 3'] })).toEqual([none('IPv6')]);
  });

  test.each([
    ['with halves', ['0.0.0.0/1 dev 3', '128.0.0.0/1 dev 3']],
    ['that refuses everything', ['unreachable default']],
  ])('but not one %s', (_, main) => {
    expect(said({ addresses: addresses.slice(0, 1), main })).toEqual([]);
  });

  test('nor that of a link that is down', () => {
    expect(said({ addresses, links: [eth0, { ...eth1, flags: 0x1002 }] })).toEqual([]);
  });
});

describe('rules of others before ours', () => {
  const given = { addresses: [address(3, '192.0.2.5/24')], main: ['default via 192.0.2.1 dev 3'] };
  const before = (what: string) => [
    `rule ${what} (protocol 3) is asked before ours, whatever a packet's addresses are`,
  ];

  test.each([
    ['all', 'lookup 51820 priority 9998', 'from all lookup 51820 priority 9998'],
    [
      'all but a mark, as wg-quick has it',
      'not fwmark 51820 lookup 51820 priority 9998',
      'not from all fwmark 0xca6c lookup 51820 priority 9998',
    ],
    ['all, for the table that has a name', 'lookup 254 priority 5', 'from all lookup main priority 5'],
    ['all of this host', 'iif lo lookup 7 priority 5', 'from all iif lo lookup 7 priority 5'],
  ])('are said if they are for %s', (_, rule, what) => {
    expect(said(given, [rule])).toEqual(before(what));
  });

  test.each([
    ['after ours', 'lookup 7 priority 9999'],
    ['of one mark', 'fwmark 7 lookup 7 priority 5'],
    ['of some addresses', 'from 198.51.100.0/24 lookup 7 priority 5'],
    ['of another link', 'iif eth9 lookup 7 priority 5'],
    ['of the table local', 'lookup 255 priority 0'],
    ['of another family', 'lookup 7 priority 5 six'],
    ['of ours', 'lookup 7 priority 5 proto ours'],
  ])('but not %s', (_, rule) => {
    expect(said(given, [rule])).toEqual([]);
  });
});
