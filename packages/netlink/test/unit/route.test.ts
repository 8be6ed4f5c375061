import { expect, test } from '@jest/globals';
import { decodeRoute } from '../../src/codec/decode-route.js';
import { Writer } from '../../src/codec/writer.js';
import { objectsOf } from './captured.js';

const base = { kind: 'route', family: 2, table: 254, protocol: 3, scope: 0, type: 1, flags: 0, tos: 0 };
const mpls = { ...base, family: 28 };
const six = { ...base, family: 10, priority: 1024, preference: 0 };

test.each([
  [
    'ip link set lo up',
    {
      ...base,
      destination: '127.0.0.1/32',
      table: 255,
      protocol: 2,
      scope: 254,
      type: 2,
      prefsrc: '127.0.0.1',
      oif: 1,
    },
  ],
  [
    'ip route add 10.0.0.0/8 via 192.0.2.254 metric 100 proto static',
    { ...base, destination: '10.0.0.0/8', protocol: 4, priority: 100, gateway: '192.0.2.254', oif: 3 },
  ],
  [
    'ip route add default via 192.0.2.254 dev veth0 table 100 src 192.0.2.1',
    { ...base, destination: '0.0.0.0/0', table: 100, gateway: '192.0.2.254', oif: 3, prefsrc: '192.0.2.1' },
  ],
  [
    'ip route add 10.1.0.0/16 dev veth0 table 70000 scope link',
    { ...base, destination: '10.1.0.0/16', table: 70000, scope: 253, oif: 3 },
  ],
  ['ip route add blackhole 10.2.0.0/16', { ...base, destination: '10.2.0.0/16', type: 6 }],
  [
    'ip route add unreachable 10.3.0.0/16 metric 4278198272',
    { ...base, destination: '10.3.0.0/16', type: 7, priority: 4278198272 },
  ],
  ['ip route add prohibit 10.4.0.0/16 tos 0x10', { ...base, destination: '10.4.0.0/16', type: 8, tos: 16 }],
  ['ip route add throw 10.13.0.0/16 table 100', { ...base, destination: '10.13.0.0/16', type: 9, table: 100 }],
  [
    'ip route add 10.5.0.0/16 nexthop via 192.0.2.253 weight 2 nexthop via 203.0.113.9 dev veth1 weight 5 onlink',
    {
      ...base,
      destination: '10.5.0.0/16',
      multipath: [
        { oif: 3, weight: 2, flags: 0, gateway: '192.0.2.253' },
        { oif: 2, weight: 5, flags: 4, gateway: '203.0.113.9' },
      ],
    },
  ],
  [
    'ip route add 10.6.0.0/16 via inet6 2001:db8::99 dev veth0',
    { ...base, destination: '10.6.0.0/16', via: { family: 10, address: '2001:db8::99' }, oif: 3 },
  ],
  [
    'ip route add 10.7.0.0/16 via 192.0.2.254 mtu lock 1300 advmss 1200 rtt 100ms window 4096 congctl cubic quickack 1',
    {
      ...base,
      destination: '10.7.0.0/16',
      gateway: '192.0.2.254',
      oif: 3,
      metrics: { lock: 4, mtu: 1300, advmss: 1200, rtt: 800, window: 4096, congctl: 'cubic', quickack: 1 },
    },
  ],
  [
    'ip route add 10.8.0.0/16 via 100.64.0.1 dev veth0 onlink',
    { ...base, destination: '10.8.0.0/16', flags: 4, gateway: '100.64.0.1', oif: 3 },
  ],
  [
    'ip route add 10.12.0.0/16 nhid 5',
    { ...base, destination: '10.12.0.0/16', nexthopId: 5, gateway: '192.0.2.254', oif: 3 },
  ],
  [
    'ip -6 route add 2001:db8:10::/48 via 2001:db8::254 dev veth0 metric 50 pref high',
    { ...six, destination: '2001:db8:10::/48', gateway: '2001:db8::254', oif: 3, priority: 50, preference: 1 },
  ],
  [
    'ip -6 route add default via fe80::1 dev veth0 expires 300',
    { ...six, destination: '::/0', gateway: 'fe80::1', oif: 3, expires: 300 },
  ],
  [
    'ip -f mpls route add 300 via inet 192.0.2.9 dev veth0',
    { ...mpls, destination: '300', via: { family: 2, address: '192.0.2.9' }, oif: 3 },
  ],
  [
    'ip -f mpls route add 301 as 200/201 via inet 192.0.2.9 dev veth0',
    { ...mpls, destination: '301', newDestination: '200/201', via: { family: 2, address: '192.0.2.9' }, oif: 3 },
  ],
  [
    'ip -f mpls route add 302 nexthop via inet 192.0.2.9 nexthop as 7 via inet 192.0.2.8',
    {
      ...mpls,
      destination: '302',
      multipath: [
        { oif: 3, weight: 1, flags: 0, via: { family: 2, address: '192.0.2.9' } },
        { oif: 3, weight: 1, flags: 0, via: { family: 2, address: '192.0.2.8' }, newDestination: '7' },
      ],
    },
  ],
  [
    'ip -f mpls route add 303 via link 02:00:00:00:00:01 dev veth0',
    { ...mpls, destination: '303', via: { family: 17, address: '02:00:00:00:00:01' }, oif: 3 },
  ],
  ['ip -6 route add blackhole 2001:db8:11::/48', { ...six, destination: '2001:db8:11::/48', type: 6, oif: 1 }],
  [
    'ip -6 route add unreachable 2001:db8:12::/48 table 70000',
    { ...six, destination: '2001:db8:12::/48', type: 7, oif: 1, table: 70000 },
  ],
  [
    'ip -6 route add 2001:db8:13::/48 nexthop via 2001:db8::253 dev veth0 nexthop via 2001:db8::252 dev veth0 weight 3',
    {
      ...six,
      destination: '2001:db8:13::/48',
      multipath: [
        { oif: 3, weight: 1, flags: 0, gateway: '2001:db8::253' },
        { oif: 3, weight: 3, flags: 0, gateway: '2001:db8::252' },
      ],
    },
  ],
  [
    'ip -6 route add 2001:db8:14::/48 from 2001:db8:1::/64 via 2001:db8::254',
    { ...six, destination: '2001:db8:14::/48', source: '2001:db8:1::/64', gateway: '2001:db8::254', oif: 3 },
  ],
  [
    'ip -6 route add 2001:db8:15::/48 via 2001:db8::254 mtu 1280 hoplimit 3',
    { ...six, destination: '2001:db8:15::/48', gateway: '2001:db8::254', oif: 3, metrics: { mtu: 1280, hoplimit: 3 } },
  ],
])('the route of "%s" is read whole', (cause, expected) => {
  const found = objectsOf(cause, 'route');
  expect(found.find(route => route.destination === expected.destination)).toEqual(expected);
});

test('attributes may come in any order', () => {
  const attributes: ((writer: Writer) => void)[] = [
    w => w.u32Attribute(15, 70000),
    w => w.bytesAttribute(1, Uint8Array.of(10, 5, 0, 0)),
    w => w.u8Attribute(20, 1),
    w => w.u32Attribute(6, 4278198272),
    w => w.bytesAttribute(5, Uint8Array.of(192, 0, 2, 254)),
    w => w.u32Attribute(4, 3),
    w => w.bytesAttribute(7, Uint8Array.of(192, 0, 2, 1)),
  ];
  const found = attributes.map((_, turn) => {
    const writer = new Writer();
    writer.u8(2, 16, 0, 0, 0, 4, 0, 1);
    writer.u32(0);
    for (const write of [...attributes.slice(turn), ...attributes.slice(0, turn)]) write(writer);
    return decodeRoute(new DataView(writer.bytes().buffer), 0, writer.length);
  });
  const parts = { destination: '10.5.0.0/16', table: 70000, priority: 4278198272, preference: 1 };
  const expected = { ...base, ...parts, protocol: 4, gateway: '192.0.2.254', oif: 3, prefsrc: '192.0.2.1' };
  expect(found).toEqual(attributes.map(() => expected));
});

test('gateways that end in the same byte are told apart', () => {
  const gateways = [
    Uint8Array.of(10, 0, 0, 7),
    Uint8Array.of(192, 0, 2, 7),
    Uint8Array.of(10, 0, 0, 7),
    Uint8Array.of(0, 0, 0, 0),
  ];
  const texts = gateways.map(bytes => {
    const writer = new Writer();
    writer.u32(2, 0, 0);
    writer.bytesAttribute(5, bytes);
    return decodeRoute(new DataView(writer.bytes().buffer), 0, writer.length).gateway;
  });
  expect(texts).toEqual(['10.0.0.7', '192.0.2.7', '10.0.0.7', '0.0.0.0']);
});

test('a lightweight tunnel stays raw, with its type', () => {
  const [route] = objectsOf('ip route add 10.10.0.0/16 encap ip id 7 dst 192.0.2.66 dev veth0', 'route');
  expect(route?.encap?.type).toBe(2);
  expect(Buffer.from(route!.encap!.bytes).toString('hex')).toContain('c0000242');
});

test.each([
  [2, 16, 'attribute 1 of 16 bytes, expected 4'],
  [10, 4, 'attribute 1 of 4 bytes, expected 16'],
  [28, 6, 'attribute 1 of 6 bytes, expected 4 for each label'],
])('an address of family %d that has %d bytes is malformed', (family, length, reason) => {
  const writer = new Writer();
  writer.u8(family, 20, 0, 0, 254, 4, 0, 1);
  writer.u32(0);
  writer.bytesAttribute(1, new Uint8Array(length));
  expect(() => decodeRoute(new DataView(writer.bytes().buffer), 0, writer.length)).toThrow(reason);
});

test('a gateway of a family that is not known is kept raw, in a route and in a next hop', () => {
  const writer = new Writer();
  writer.u8(28, 20, 0, 0, 254, 4, 0, 1);
  writer.u32(0);
  writer.bytesAttribute(1, Uint8Array.of(0, 0x12, 0xc1, 0));
  writer.bytesAttribute(18, Uint8Array.of(99, 0, 1, 2, 3, 4));
  writer.attribute(9, () =>
    writer.sized(() => {
      writer.u8(0, 0);
      writer.u32(3);
      writer.bytesAttribute(18, Uint8Array.of(99, 0, 5));
    }),
  );
  expect(decodeRoute(new DataView(writer.bytes().buffer), 0, writer.length)).toEqual({
    ...mpls,
    ...{ destination: '300', protocol: 4 },
    unknown: [{ type: 18, bytes: Uint8Array.of(99, 0, 1, 2, 3, 4) }],
    multipath: [{ oif: 3, weight: 1, flags: 0, unknown: [{ type: 18, bytes: Uint8Array.of(99, 0, 5) }] }],
  });
});
