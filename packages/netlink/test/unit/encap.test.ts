import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type EncapInfo, encapOf, toEncap } from '../../src/codec/encap.js';
import { objectsOf } from './captured.js';

test('the encapsulations of a real kernel are read', () => {
  const of = (command: string): unknown => {
    const [route] = objectsOf(command, 'route');
    return route?.encap === undefined ? undefined : encapOf(route.encap);
  };
  expect(of('ip route add 10.10.0.0/16 encap ip id 7 dst 192.0.2.66 dev veth0')).toMatchObject({
    ...{ kind: 'ip', id: 7, destination: '192.0.2.66', source: '0.0.0.0', ttl: 0, tos: 0, flags: 0 },
  });
  expect(of('ip -6 route add 2001:db8:16::/48 encap ip6 id 9 dst 2001:db8::66 dev veth0')).toMatchObject({
    ...{ kind: 'ip6', id: 9, destination: '2001:db8::66', source: '::', hopLimit: 0 },
  });
});

// The kernel of the captured messages cannot wrap in MPLS: MPLS_IPTUNNEL_DST is 1, each label is 4 bytes (RFC 3032).
test('labels are written as the kernel takes them', () => {
  const encap = toEncap({ kind: 'mpls', labels: '100/200', ttl: 9 });
  expect(encap.type).toBe(1);
  expect(Buffer.from(encap.bytes).toString('hex')).toBe('0c00010000064000000c8100' + '0500020009000000');
});

const labels = fc.array(fc.integer({ min: 0, max: 0xfffff }), { minLength: 1, maxLength: 4 }).map(all => all.join('/'));
const segment = fc.constantFrom('2001:db8::1', '::', 'fe80::ffff');
const segments = fc.array(segment, { minLength: 1, maxLength: 5 });
const u8 = fc.integer({ min: 0, max: 255 });
const arbitrary: fc.Arbitrary<EncapInfo> = fc.oneof(
  fc.record({ kind: fc.constant('mpls' as const), labels, ttl: u8 }),
  fc.record({
    kind: fc.constant('ip' as const),
    id: fc.nat(),
    destination: fc.constant('192.0.2.1'),
    ttl: u8,
    flags: u8,
  }),
  fc.record({ kind: fc.constant('ip6' as const), destination: segment, hopLimit: u8, trafficClass: u8 }),
  fc.record({
    kind: fc.constant('seg6' as const),
    tunnel: fc.record({ mode: u8, segments, left: u8, flags: u8, tag: fc.integer({ min: 0, max: 65535 }) }),
  }),
  fc.record({
    kind: fc.constant('seg6local' as const),
    action: u8,
    segments: fc.record({ segments, left: u8, flags: u8, tag: u8 }),
    nexthop6: segment,
  }),
);

test('any encapsulation that is written is read back the same, and cut off anywhere it is no exception', () => {
  fc.assert(
    fc.property(arbitrary, fc.nat(), (info, cut) => {
      const { type, bytes } = toEncap(info);
      expect(encapOf({ type, bytes })).toEqual(info);
      encapOf({ type, bytes: bytes.subarray(0, cut % (bytes.length + 1)) });
    }),
    { numRuns: 500 },
  );
});

test('of an unknown type, or of bytes that break the protocol, there is none', () => {
  expect(encapOf({ type: 99, bytes: new Uint8Array() })).toBeUndefined();
  expect(encapOf({ type: 2, bytes: Uint8Array.of(3, 0, 1, 0) })).toBeUndefined();
});
