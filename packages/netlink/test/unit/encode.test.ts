import { expect, test } from '@jest/globals';
import { encodeAddress } from '../../src/codec/address.js';
import { encodeLink } from '../../src/codec/link.js';
import { encodeRoute } from '../../src/codec/route.js';
import { encodeRule } from '../../src/codec/rule.js';
import { Writer } from '../../src/codec/writer.js';

const hex = (write: (writer: Writer) => void): string => {
  const writer = new Writer();
  write(writer);
  return Buffer.from(writer.bytes()).toString('hex');
};

test('a rule is written as ip-rule(8) writes it', () => {
  const bytes = hex(w => encodeRule(w, { kind: 'rule', from: '192.0.2.5', table: 70000, priority: 1000, protocol: 4 }));
  expect(bytes).toBe(
    '0200200000000001' +
      '00000000' + // AF_INET, source /32, table 0, FR_ACT_TO_TBL, no flags
      '08000200c0000205' + // FRA_SRC
      '08000600e8030000' + // FRA_PRIORITY
      '08000f0070110100' + // FRA_TABLE
      '0500150004000000', // FRA_PROTOCOL, padded
  );
});

test('a route is written as ip-route(8) writes it', () => {
  const bytes = hex(w =>
    encodeRoute(w, { kind: 'route', destination: '0.0.0.0/0', gateway: '192.0.2.1', oif: 3, table: 100, protocol: 4 }),
  );
  expect(bytes).toBe(
    '0200000064040001' +
      '00000000' + // AF_INET, /0, table 100, static, universe, unicast
      '08000f0064000000' + // RTA_TABLE
      '0800040003000000' + // RTA_OIF
      '08000500c0000201', // RTA_GATEWAY
  );
});

test('next hops are written with their own length, flags, weight and link', () => {
  const multipath = [{ oif: 3, weight: 2, flags: 4, gateway: '192.0.2.1' }];
  const bytes = hex(w => encodeRoute(w, { kind: 'route', destination: '10.0.0.0/8', multipath }));
  expect(bytes).toBe(
    '02080000fe030001' +
      '00000000' +
      '080001000a000000' +
      '08000f00fe000000' + // header, RTA_DST, RTA_TABLE
      '14000900' +
      '1000040103000000' +
      '08000500c0000201', // RTA_MULTIPATH, rtnexthop, RTA_GATEWAY
  );
});

test('an address with a peer is written with both, an IPv6 address alone', () => {
  expect(hex(w => encodeAddress(w, { kind: 'address', ifindex: 2, address: '192.0.2.1', peer: '192.0.2.2' }))).toBe(
    '0220000002000000' + '08000100c0000202' + '08000200c0000201',
  );
  expect(hex(w => encodeAddress(w, { kind: 'address', ifindex: 2, address: '2001:db8::1', prefixLength: 64 }))).toBe(
    '0a40000002000000' + '1400010020010db8000000000000000000000001',
  );
});

test('alternative names are nested', () => {
  expect(hex(w => encodeLink(w, { kind: 'link', ifindex: 1, alternativeNames: ['a'] }))).toBe(
    '00000000010000000000000000000000' + '0c003480' + '0600350061000000',
  );
});

test.each([
  [
    { kind: 'route', destination: '10.0.0.0/33' } as const,
    'expected a prefix length from 0 to 32, found "10.0.0.0/33"',
  ],
  [{ kind: 'route', destination: 'default' } as const, 'expected an IPv4 or IPv6 address, found "default"'],
  [
    { kind: 'route', destination: '10.0.0.0/8', gateway: 'fe80::1%eth0' } as const,
    'expected an IPv4 or IPv6 address, found "fe80::1%eth0"',
  ],
  [
    { kind: 'route', destination: '10.0.0.0/8/8' } as const,
    'expected a prefix length from 0 to 32, found "10.0.0.0/8/8"',
  ],
])('%j is refused with what was expected', (route, message) => {
  expect(() => encodeRoute(new Writer(), route)).toThrow(new RangeError(message));
});

test('a hardware address that is none is refused', () => {
  expect(() => encodeLink(new Writer(), { kind: 'link', hardwareAddress: '02-00' })).toThrow(
    'expected a hardware address like 02:00:5e:10:00:01, found "02-00"',
  );
});

test('a text with a NUL in it, which the kernel would cut off, is refused', () => {
  expect(() => encodeLink(new Writer(), { kind: 'link', alias: 'a\0b' })).toThrow(
    new RangeError('expected a text without NUL, found "a\\u0000b"'),
  );
});

test.each([
  ['300/', 'expected an MPLS label from 0 to 1048575, found "300/"'],
  ['1048576', 'expected an MPLS label from 0 to 1048575, found "1048576"'],
  ['10.0.0.0/8', 'expected an MPLS label from 0 to 1048575, found "10.0.0.0/8"'],
])('%s is no label', (destination, message) => {
  expect(() => encodeRoute(new Writer(), { kind: 'route', family: 28, destination })).toThrow(new RangeError(message));
});
