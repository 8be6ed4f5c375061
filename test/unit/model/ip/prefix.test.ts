import { describe, expect, test } from '@jest/globals';
import { isLinkLocal, overlap, prefixOf } from '../../../../src/model/ip/prefix.js';

const both = (a: string, b: string) => overlap(prefixOf(a)!, prefixOf(b)!);

describe('prefixOf', () => {
  test.each([
    ['192.0.2.5', 0xc0000205n, 32],
    ['192.0.2.0/24', 0xc0000200n, 24],
    ['::', 0n, 128],
    ['::1/64', 1n, 64],
    ['2001:db8::', 0x20010db8n << 96n, 128],
    ['1:2:3:4:5:6:7:8', 0x00010002000300040005000600070008n, 128],
    ['::ffff:192.0.2.5', 0xffffc0000205n, 128],
  ])('%s', (text, value, length) => {
    expect(prefixOf(text)).toMatchObject({ value, length });
  });

  test.each([
    '',
    '192.0.2',
    '010.0.0.1',
    '192.0.2.256',
    '1.2.3.4/33',
    '1.2.3.4/x',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '12345::',
    '::g',
    '1.2.3.4/8/8',
  ])('%j is none', text => {
    expect(prefixOf(text)).toBeUndefined();
  });
});

test('prefixes overlap when one holds the other', () => {
  expect(both('10.0.0.0/8', '10.5.0.0/16')).toBe(true);
  expect(both('10.5.0.0/16', '10.0.0.0/8')).toBe(true);
  expect(both('10.5.0.0/16', '10.6.0.0/16')).toBe(false);
  expect(both('0.0.0.0/0', '203.0.113.1')).toBe(true);
  expect(both('0.0.0.0/0', '::/0')).toBe(false);
});

test('link-local are 169.254/16 and fe80::/10', () => {
  const linkLocal = (text: string) => isLinkLocal(prefixOf(text)!);
  expect(['169.254.1.1', 'fe80::1', 'febf::/16'].map(linkLocal)).toEqual([true, true, true]);
  expect(['192.0.2.1', '::/0', 'fec0::1', '0.0.0.0/0'].map(linkLocal)).toEqual([false, false, false, false]);
});
