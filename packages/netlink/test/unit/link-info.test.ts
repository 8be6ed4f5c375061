import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeSettings, type NewLink } from '../../src/codec/link-settings.js';
import type { Link } from '../../src/codec/link.js';
import { Writer } from '../../src/codec/writer.js';
import { infoOf, type LinkInfo, portOf } from '../../src/link-info.js';
import { decode } from './captured.js';

/** What ip(8) asked the kernel for, see test/fixtures/requests.mjs: also kinds that the kernel of the captured messages lacks. */
const file = join(dirname(fileURLToPath(import.meta.url)), '../fixtures/requests.json');
const requests = JSON.parse(readFileSync(file, 'utf8')) as { cause: string; hex: string }[];

function linkOf(bytes: Uint8Array): Link {
  const [message] = decode(bytes);
  if (message?.kind !== 'new' || message.object.kind !== 'link')
    throw new Error(`expected a link, found ${message?.kind}`);
  return message.object;
}

const asked = (start: string): Link =>
  linkOf(Uint8Array.from(Buffer.from(requests.find(({ cause }) => cause.startsWith(start))!.hex, 'hex')));

function written(link: NewLink): Link {
  const writer = new Writer();
  writer.message(16, 0, 1, to => encodeSettings(to, link, () => 0));
  return linkOf(writer.bytes());
}

const EXPECTED: readonly (readonly [string, LinkInfo])[] = [
  [
    'ip link add link lo name v5',
    {
      kind: 'vlan',
      id: 5,
      protocol: 0x88a8,
      flags: { flags: 0x6, mask: 0x7 },
      ingressQos: [
        { from: 1, to: 2 },
        { from: 3, to: 4 },
      ],
      egressQos: [{ from: 5, to: 6 }],
    },
  ],
  [
    'ip link add bond0',
    {
      kind: 'bond',
      mode: 4,
      miimon: 100,
      upDelay: 200,
      downDelay: 300,
      useCarrier: true,
      xmitHashPolicy: 1,
      resendIgmp: 3,
      peerNotifications: 4,
      allSlavesActive: true,
      minLinks: 2,
      lpInterval: 5,
      packetsPerSlave: 6,
      lacpRate: 1,
      adSelect: 1,
      adActorSystemPriority: 7,
      adUserPortKey: 8,
      adActorSystem: '02:00:00:00:00:09',
      tlbDynamicLb: true,
      peerNotificationDelay: 400,
      arpValidate: 1,
      lacpActive: false,
      missedMax: 9,
    },
  ],
  [
    'ip link add bond1',
    {
      kind: 'bond',
      mode: 1,
      arpInterval: 100,
      arpIpTargets: ['192.0.2.1', '192.0.2.2'],
      nsIp6Targets: ['2001:db8::1', '2001:db8::2'],
      arpAllTargets: 1,
      primary: 1,
      primaryReselect: 1,
      failOverMac: 2,
      activeSlave: 1,
    },
  ],
  ['ip link add vrf0', { kind: 'vrf', table: 70000 }],
  ['ip link add link lo name iv0', { kind: 'ipvlan', mode: 2, flags: 2 }],
  ['ip link add link lo name iv1', { kind: 'ipvtap', mode: 0, flags: 1 }],
  ['ip link add d0', { kind: 'dummy' }],
  ['ip link add wg0', { kind: 'wireguard' }],
  ['ip link add ifb0', { kind: 'ifb' }],
  ['ip link add link lo name mv0', { kind: 'macvlan', mode: 16, broadcastQueueLength: 77 }],
  [
    'ip link set dev lo type macvlan',
    { kind: 'macvlan', addressMode: 3, addresses: ['02:00:00:00:00:01', '02:00:00:00:00:02'] },
  ],
  [
    'ip link add vx0',
    {
      kind: 'vxlan',
      id: 5,
      group: '239.1.1.1',
      link: 1,
      local: '192.0.2.1',
      ttl: 5,
      tos: 6,
      learning: false,
      ageing: 77,
      limit: 88,
      sourcePorts: { low: 1000, high: 2000 },
      proxy: true,
      rsc: true,
      l2miss: true,
      l3miss: true,
      port: 4790,
      udpChecksum: false,
      udpZeroChecksum6Tx: true,
      udpZeroChecksum6Rx: true,
      remoteChecksumTx: true,
      remoteChecksumRx: true,
      gbp: true,
      label: 0x12345,
      df: 1,
    },
  ],
  [
    'ip link add br0',
    {
      kind: 'bridge',
      forwardDelay: 400,
      helloTime: 100,
      maxAge: 600,
      ageingTime: 700,
      stpState: 1,
      priority: 5,
      vlanFiltering: true,
      vlanProtocol: 0x88a8,
      groupForwardMask: 8,
      groupAddress: '01:80:c2:00:00:05',
      multicastSnooping: false,
      multicastQuerier: true,
      vlanDefaultPvid: 9,
      nfCallIptables: true,
      options: { value: 1, mask: 1 },
      fdbMaxLearned: 50,
    },
  ],
];

test.each(EXPECTED)('what `%s` asks for is read, and written the same', (cause, info) => {
  const link = asked(cause);
  expect(infoOf(link)).toEqual(info);
  expect(infoOf(written({ info }))).toEqual(info);
});

test('the peer of a veth and of a netkit is written as ip writes it', () => {
  const peerOf = ({ infoData = new Uint8Array() }: Link): unknown => infoOf({ infoKind: 'veth', infoData })?.unknown;
  const peers = asked('ip link add a0 ');
  expect(peerOf(written({ info: { kind: 'veth', peer: { name: 'a1' } } }))).toEqual(peerOf(peers));
  const netkit: LinkInfo = { kind: 'netkit', mode: 0, policy: 2, peerPolicy: 2 };
  const { unknown, ...rest } = infoOf(asked('ip link add nk0'))!;
  expect(rest).toEqual(netkit);
  expect(infoOf(written({ info: { ...netkit, peer: { name: 'nk1' } } }))).toEqual({ ...netkit, unknown });
});

test('a port of a bond is read and written', () => {
  const { slaveData } = asked('ip link set lo type bond_slave');
  const port = { kind: 'bond', queueId: 7, priority: -3 } as const;
  expect(portOf({ slaveKind: 'bond', slaveData })).toEqual(port);
  expect(portOf(written({ port }))).toEqual(port);
});

test('a link without a kind, of an unknown kind, or with settings that break the protocol has no typed ones', () => {
  expect(infoOf({})).toBeUndefined();
  expect(infoOf({ infoKind: 'made-up', infoData: Uint8Array.of(5, 0, 1, 0, 7) })).toBeUndefined();
  expect(infoOf({ infoKind: 'vlan', infoData: Uint8Array.of(99, 0, 1, 0, 7, 0) })).toBeUndefined();
  expect(portOf({ slaveKind: 'bridge', slaveData: Uint8Array.of(2, 0, 1, 0) })).toBeUndefined();
});

test('what is not known, or has another size than expected, is kept and written back', () => {
  const infoData = Uint8Array.of(6, 0, 1, 0, 5, 0, 0, 0, 5, 0, 5, 0, 9, 0, 0, 0, 5, 0, 99, 0, 1, 0, 0, 0);
  const info = infoOf({ infoKind: 'vlan', infoData })!;
  const unknown = [
    { type: 5, bytes: Uint8Array.of(9) },
    { type: 99, bytes: Uint8Array.of(1) },
  ];
  expect(info).toEqual({ kind: 'vlan', id: 5, unknown });
  expect(written({ info }).infoData).toEqual(infoData);
});
