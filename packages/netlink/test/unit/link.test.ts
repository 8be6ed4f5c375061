import { expect, test } from '@jest/globals';
import { Writer } from '../../src/codec/writer.js';
import { captured, decode, objectsOf } from './captured.js';

test('an Ethernet link is read whole', () => {
  const link = objectsOf('ip link set veth0 up', 'link')[0]!;
  const { stats, unknown, infoData, ...rest } = link;
  expect(rest).toEqual({
    kind: 'link',
    family: 0,
    ifindex: 3,
    name: 'veth0',
    alternativeNames: ['uplink0', 'a-name-longer-than-fifteen-bytes'],
    hardwareType: 1,
    flags: 0x1103,
    change: 1,
    hardwareAddress: '02:00:5e:10:00:01',
    broadcast: 'ff:ff:ff:ff:ff:ff',
    mtu: 1400,
    minMtu: 68,
    maxMtu: 65535,
    parent: 2,
    alias: 'uplink ä',
    qdisc: 'noqueue',
    txQueueLength: 50,
    txQueues: 2,
    rxQueues: 3,
    operState: 3,
    linkMode: 0,
    group: 7,
    promiscuity: 1,
    allmulti: 0,
    carrier: false,
    carrierChanges: 1,
    carrierUpCount: 0,
    carrierDownCount: 1,
    protoDown: false,
    gsoMaxSegments: 100,
    gsoMaxSize: 32768,
    groMaxSize: 65536,
    tsoMaxSize: 524280,
    tsoMaxSegments: 65535,
    gsoIpv4MaxSize: 32768,
    groIpv4MaxSize: 65536,
    infoKind: 'veth',
    xdp: { attached: 0 },
  });
  expect(stats).toMatchObject({ rxPackets: 0, txBytes: 0, rxNohandler: 0, rxOtherhostDropped: 0 });
  expect(unknown?.map(({ type }) => type)).toEqual(expect.arrayContaining([14, 26]));
  expect(infoData).toBeUndefined();
});

test('the master of a port and the kinds of both are read', () => {
  const port = objectsOf('ip link set veth2 master br0', 'link').find(({ master }) => master !== undefined);
  expect(port).toMatchObject({ name: 'veth2', infoKind: 'veth', master: 4 });
  const ports = objectsOf('dump of links', 'link');
  expect(ports.find(({ name }) => name === 'br0')).toMatchObject({ infoKind: 'bridge' });
});

test('a port that leaves its bridge is told as AF_BRIDGE, not as a link that is gone', () => {
  const messages = captured.filter(({ cause }) => cause === 'ip link set veth2 nomaster').flatMap(c => decode(c.bytes));
  const gone = messages.filter(({ kind }) => kind === 'delete');
  expect(gone).toMatchObject([{ object: { kind: 'link', family: 7, ifindex: 6, name: 'veth2', master: 4 } }]);
});

test('the peer of a link in another namespace is told by index and namespace id', () => {
  const peer = objectsOf('dump of links', 'link').find(({ name }) => name === 'veth2');
  expect(peer).toMatchObject({ parent: expect.any(Number), parentNetnsId: 0 });
});

test('a link that moves away is deleted, with its new namespace', () => {
  const moved = objectsOf('ip link set veth3 netns other', 'link').filter(({ name }) => name === 'veth3');
  expect(moved).toContainEqual(expect.objectContaining({ newNetnsId: 0, newIfindex: expect.any(Number) }));
});

test.each([
  ['macvlan0', { infoKind: 'macvlan', parent: 3 }],
  ['ifb0', { infoKind: 'ifb' }],
  ['tap0', { infoKind: 'tun' }],
  ['lo', { hardwareType: 772, flags: 0x10049 }],
  ['renamed0', { ifindex: 3, alternativeNames: ['a-name-longer-than-fifteen-bytes'] }],
])('the link %s is read from a dump', (name, expected) => {
  expect(objectsOf('dump of links', 'link').find(link => link.name === name)).toMatchObject(expected);
});

test('what is unknown inside of LINKINFO, XDP and PROP_LIST is kept raw', () => {
  const writer = new Writer();
  const strange = Uint8Array.of(1, 2, 3);
  writer.message(16, 0, 1, () => {
    writer.u32(0, 1, 0, 0);
    for (const type of [18, 43, 52]) writer.nested(type, () => writer.bytesAttribute(99, strange));
  });
  const raw = [{ type: 99, bytes: strange }];
  expect(decode(writer.bytes())).toMatchObject([
    { object: { infoUnknown: raw, xdp: { attached: 0, unknown: raw }, propertiesUnknown: raw, alternativeNames: [] } },
  ]);
});
