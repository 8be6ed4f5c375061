import { expect, test } from '@jest/globals';
import { Writer } from '../../src/codec/writer.js';
import { decodeRule } from '../../src/codec/rule.js';
import { captured, decode } from './captured.js';

const message = (type: number, body: (writer: Writer) => void, flags = 0): Uint8Array => {
  const writer = new Writer();
  writer.message(type, flags, 7, () => body(writer));
  return writer.bytes();
};
const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap(part => [...part]));
const good = message(32, writer => {
  writer.u8(2, 0, 0, 0, 254, 0, 0, 1);
  writer.u32(0);
});

test('every captured message is understood, alone and with all others in one datagram', () => {
  const alone = captured.flatMap(({ bytes }) => decode(bytes));
  expect(alone.filter(({ kind }) => kind === 'malformed' || kind === 'unknown')).toEqual([]);
  const padded = captured.map(({ bytes }) => join(bytes, new Uint8Array(-bytes.length & 3)));
  expect(decode(join(...padded))).toEqual(alone);
});

test('bytes may start anywhere in their buffer', () => {
  for (const { bytes } of captured) {
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decode(shifted.subarray(3))).toEqual(decode(bytes));
  }
});

test.each([
  ['a body too short', message(24, w => w.u32(2)), 'route message of 4 bytes, expected 12 or more, at byte 16'],
  [
    'an attribute that reaches beyond the message',
    message(32, w => {
      w.u32(2, 0, 0);
      w.u16(40);
      w.u16(6);
    }),
    'attribute length 40, expected 4 to 4, at byte 28',
  ],
  [
    'an attribute with the wrong length',
    message(32, w => {
      w.u32(2, 0, 0);
      w.u8Attribute(6, 1);
    }),
    'attribute 6 of 1 bytes, expected 4, at byte 28',
  ],
  [
    'an attribute without end',
    message(24, w => {
      w.u32(2, 0, 0, 0);
    }),
    'attribute length 0, expected 4 to 4, at byte 28',
  ],
  [
    'an address message without an address',
    message(20, w => w.u32(2, 1)),
    'address message without an address, at byte 16',
  ],
])('%s is an error of that message only', (_, bad, reason) => {
  expect(decode(join(good, bad, good))).toMatchObject([
    { kind: 'new', object: { kind: 'rule' } },
    { kind: 'malformed', sequence: 7, reason, bytes: bad },
    { kind: 'new', object: { kind: 'rule' } },
  ]);
});

test.each([0, 15, 29, 4_000_000_000])('a message length of %i ends the datagram with an error', length => {
  const bad = good.slice();
  new DataView(bad.buffer).setUint32(0, length, true);
  expect(decode(join(good, bad))).toMatchObject([{ kind: 'new' }, { kind: 'malformed', bytes: bad }]);
});

test('a message type of a newer kernel is kept raw', () => {
  expect(decode(message(9999, w => w.u32(1)))).toMatchObject([
    { kind: 'unknown', type: 9999, bytes: Uint8Array.of(1, 0, 0, 0) },
  ]);
});

test('types that nobody asked for are passed over unread', () => {
  const bad = message(24, w => w.u32(0));
  expect(decode(join(good, bad), new Set([32]))).toMatchObject([{ kind: 'new', type: 32 }]);
});

test('parts of a dump go to their reader, those that are malformed or interrupted go the way of all others', () => {
  const [multi, interrupted] = [0x2, 0x12];
  const rule = (priority: number, flags: number): Uint8Array =>
    message(
      32,
      w => {
        w.u32(2, 0, 0);
        w.u32Attribute(6, priority);
      },
      flags,
    );
  const bad = message(32, w => w.u32(0), multi);
  const priorities: number[] = [];
  const read = (view: DataView, from: number, end: number): void => {
    priorities.push(decodeRule(view, from, end).priority);
  };
  const others = decode(
    join(
      rule(1, multi),
      bad,
      rule(2, multi),
      rule(3, interrupted),
      rule(4, 0),
      message(24, w => w.u32(2, 0, 0), multi),
    ),
    undefined,
    { type: 32, read },
  );
  expect(priorities).toEqual([1, 2]);
  expect(others).toMatchObject([
    { kind: 'malformed', type: 32, flags: multi, sequence: 7, bytes: bad },
    { kind: 'new', flags: interrupted, object: { priority: 3 } },
    { kind: 'new', flags: 0, object: { priority: 4 } },
    { kind: 'new', object: { kind: 'route' } },
  ]);
});

test('what a reader of parts throws by itself is not taken for a malformed message', () => {
  const read = (): void => {
    throw new TypeError('a mistake');
  };
  expect(() =>
    decode(
      message(32, w => w.u32(2, 0, 0), 0x2),
      undefined,
      { type: 32, read },
    ),
  ).toThrow(TypeError);
});

test('an error carries errno, the sentence of the kernel and where the mistake is', () => {
  const answer = { errno: 22, reason: 'Invalid prefix for given prefix length', offset: 28, missing: 3 };
  const body = (w: Writer): void => {
    w.u32(-22 >>> 0, 16); // errno, then the header of the request
    w.u32(24, 7, 0);
    w.textAttribute(1, answer.reason);
    w.u32Attribute(2, answer.offset);
    w.u32Attribute(5, answer.missing);
  };
  expect(decode(message(2, body, 0x300))).toMatchObject([{ kind: 'answer', answer }]);
});

test('an error that repeats the request is read behind it', () => {
  const bytes = message(
    2,
    w => {
      w.u32(-17 >>> 0);
      w.raw(good);
      w.textAttribute(1, 'again');
    },
    0x200,
  );
  expect(decode(bytes)).toMatchObject([{ kind: 'answer', answer: { errno: 17, reason: 'again' } }]);
});

test.each([
  ['dump of routes of a table that does not exist', { errno: 2, reason: 'ipv4: FIB table does not exist' }],
  ['delete a route that does not exist', { errno: 3 }],
  ['add a route with bits behind its prefix', { errno: 22, reason: 'Invalid prefix for given prefix length' }],
  ['set link 1 up', { errno: 0 }],
])('the kernel answers "%s"', (cause, answer) => {
  const answers = captured.filter(entry => entry.cause === cause).flatMap(({ bytes }) => decode(bytes));
  expect(answers).toMatchObject([{ kind: 'answer', answer }]);
});

test.each([
  ['a route of Phonet', 24, 35, [1, 0, 0, 254, 4, 0, 1, 0, 0, 0, 0, 5, 0, 1, 0, 0x64, 0, 0, 0]],
  ['an address of MCTP', 20, 45, [0, 0, 0, 3, 0, 0, 0, 5, 0, 2, 0, 8, 0, 0, 0]],
  ['a rule of a family that there is not', 32, 99, [0, 0, 0, 254, 0, 0, 1, 0, 0, 0, 0]],
])('%s, whose addresses are of no known form, is kept raw', (_, type, family, rest) => {
  const writer = new Writer();
  writer.message(type, 0, 7, () => writer.u8(family, ...rest));
  expect(decode(writer.bytes())).toEqual([
    { kind: 'unknown', type, flags: 0, sequence: 7, port: 0, bytes: Uint8Array.of(family, ...rest) },
  ]);
});
