import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeNeighbour } from '../../src/codec/neighbour.js';
import { encodeNexthopObject } from '../../src/codec/nexthop-object.js';
import { Writer } from '../../src/codec/writer.js';
import * as k from '../../src/constants.js';
import { decodeFurther, type FurtherMessage, type FurtherObject } from '../../src/further.js';
import { infoOf, portOf } from '../../src/link-info.js';
import { captured as links, decode } from './captured.js';

/** Messages of a real kernel, without their headers, see test/fixtures/capture-further.mjs. */
const file = join(dirname(fileURLToPath(import.meta.url)), '../fixtures/further.json');
const captured = (JSON.parse(readFileSync(file, 'utf8')) as { cause: string; type: number; hex: string }[]).map(
  ({ cause, type, hex }) => ({ cause, type, bytes: Uint8Array.from(Buffer.from(hex, 'hex')) }),
);

const header = { flags: 0, sequence: 0, port: 0 };
const read = (type: number, bytes: Uint8Array): ReturnType<typeof decodeFurther> =>
  decodeFurther({ kind: 'unknown', type, bytes, ...header });
const isFurther = (message: ReturnType<typeof decodeFurther>): message is FurtherMessage => 'object' in message;
const objectsOf = (cause: string): (FurtherObject & { is: string })[] =>
  captured
    .filter(entry => entry.cause.startsWith(cause))
    .map(({ type, bytes }) => read(type, bytes))
    .filter(isFurther)
    .map(({ kind, object }) => ({ ...object, is: kind }));

test.each<[string, object]>([
  [
    'ip neighbour add 192.0.2.9',
    {
      kind: 'neighbour',
      is: 'new',
      family: 2,
      address: '192.0.2.9',
      hardwareAddress: '02:00:00:00:00:09',
      state: 0x80,
    },
  ],
  ['ip neighbour add 192.0.2.9', { flags: k.NTF_ROUTER, protocol: 4, type: k.RTN_UNICAST }],
  ['ip neighbour add 192.0.2.10', { address: '192.0.2.10', state: k.NUD_STALE, flags: k.NTF_EXT_LEARNED }],
  ['ip neighbour add 2001:db8::9', { family: 10, address: '2001:db8::9', hardwareAddress: '02:00:00:00:00:0b' }],
  [
    'bridge fdb add',
    { family: 7, hardwareAddress: '02:00:00:00:00:11', state: k.NUD_NOARP, master: expect.any(Number) },
  ],
  ['bridge fdb append', { family: 7, address: '192.0.2.77', port: 4790, vni: 9, flags: k.NTF_SELF }],
  ['bridge fdb del', { is: 'delete', hardwareAddress: '02:00:00:00:00:11' }],
  ['ip nexthop add id 5', { kind: 'nexthop', id: 5, family: 2, gateway: '192.0.2.254', oif: expect.any(Number) }],
  ['ip nexthop add id 6', { id: 6, family: 10, gateway: '2001:db8::fe', flags: k.RTNH_F_ONLINK }],
  ['ip nexthop add id 7', { id: 7, blackhole: true }],
  ['ip nexthop add id 9', { id: 9, protocol: 4 }],
  [
    'ip nexthop add id 11',
    { id: 11, groupType: 1, resilient: { buckets: 32, idleTimer: 500, unbalancedTimer: 6000, unbalancedTime: 0 } },
  ],
  ['ip nexthop add id 12', { id: 12, fdb: true, gateway: '192.0.2.99' }],
  ['ip nexthop add id 13', { id: 13, encapType: 2, encap: expect.any(Uint8Array) }],
  ['ip nexthop del id 7', { is: 'delete', id: 7 }],
  ['sysctl -q net.ipv4', { kind: 'netconf', family: 2, forwarding: 1 }],
  ['sysctl -q net.ipv4', { kind: 'netconf', family: 2, rpFilter: 2 }],
  ['sysctl -q net.ipv4', { kind: 'netconf', family: 10, proxyNeighbour: 1 }],
  ['ip netns set blue 5', { kind: 'nsid', is: 'new', id: 5 }],
  ['python3', { kind: 'prefix', address: '2001:db8:1::', prefixLength: 64, flags: 0xc0 }],
  ['python3', { kind: 'prefix', lifetimes: { valid: 3600, preferred: 1800 } }],
  ['python3', { kind: 'nd-useropt', icmpType: 134, source: expect.stringMatching(/^fe80::/) }],
])('what `%s` causes is read: %j', (cause, expected) => {
  expect(objectsOf(cause)).toContainEqual(expect.objectContaining(expected));
});

test('a DNS server of a router advertisement is told', () => {
  const bytes = Uint8Array.from(Buffer.from('000000000258' + '20010db8000000000000000000000053', 'hex'));
  const told = expect.objectContaining({ kind: 'nd-useropt', options: [{ type: 25, bytes }] });
  expect(objectsOf('python3')).toContainEqual(told);
});

test('every message of the further groups has a reader, and nothing of it stays raw', () => {
  expect(captured.length).toBeGreaterThan(45);
  for (const { cause, type, bytes } of captured) {
    const message = read(type, bytes);
    expect({ cause, kind: message.kind }).toEqual({ cause, kind: expect.stringMatching(/^(new|delete)$/) });
    if (isFurther(message)) expect({ cause, unknown: message.object.unknown }).toEqual({ cause, unknown: undefined });
  }
});

test('every neighbour and next hop object of a real kernel can be written and read back', () => {
  let written = 0;
  for (const { type, bytes } of captured) {
    const message = read(type, bytes);
    if (!isFurther(message)) continue;
    const writer = new Writer();
    if (message.object.kind === 'neighbour') encodeNeighbour(writer, message.object);
    else if (message.object.kind === 'nexthop') encodeNexthopObject(writer, message.object);
    else continue;
    expect(read(type, writer.bytes())).toMatchObject({ object: message.object });
    written++;
  }
  expect(written).toBeGreaterThan(25);
});

test('weights of a group of next hops are read and written with both their bytes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ id: fc.nat(), weight: fc.integer({ min: 1, max: 65536 }) }), { maxLength: 5 }),
      group => {
        const writer = new Writer();
        encodeNexthopObject(writer, { kind: 'nexthop', id: 1, group });
        expect(read(k.RTM_NEWNEXTHOP, writer.bytes())).toMatchObject({ object: { family: 0, group } });
      },
    ),
  );
});

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 20_000);
test(`${INPUTS} mutated messages of the further groups and settings of links give objects or reasons, never an exception`, () => {
  let state = Number(process.env.FUZZ_SEED ?? 1);
  const next = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const settings = links
    .flatMap(({ bytes }) => decode(bytes))
    .flatMap(message => ('object' in message && message.object.kind === 'link' ? [message.object] : []))
    .filter(({ infoData, slaveData }) => infoData !== undefined || slaveData !== undefined);
  const mutate = (bytes: Uint8Array): Uint8Array => {
    const out = [...bytes];
    for (let n = 1 + next(5); n > 0; n--) {
      const at = next(Math.max(1, out.length));
      const kind = next(3);
      if (kind === 0) out.splice(at, 1 + next(6));
      else if (kind === 1) out.splice(at & ~3, 2, next(64), 0);
      else out[at] = next(256);
    }
    return Uint8Array.from(out);
  };
  const reached = { new: 0, delete: 0, malformed: 0, unknown: 0, settings: 0, none: 0 };
  for (let i = 0; i < INPUTS; i++) {
    const { type, bytes } = captured[next(captured.length)]!;
    const message = read(next(50) === 0 ? next(200) : type, mutate(bytes));
    reached[message.kind]++;
    const { infoKind, infoData, slaveKind, slaveData } = settings[next(settings.length)]!;
    const info = infoOf({ infoKind, infoData: infoData && mutate(infoData) });
    const port = portOf({ slaveKind, slaveData: slaveData && mutate(slaveData) });
    reached[(infoData === undefined ? port : info) === undefined ? 'none' : 'settings']++;
  }
  for (const count of Object.values(reached)) expect(count).toBeGreaterThan(10);
}, 600_000);
