import { expect, test } from '@jest/globals';
import dbus from 'dbus-next';
import * as fc from 'fast-check';
import { readBody } from '../../../src/system/bus/dbus-reader.js';
import { Variant, written } from '../../../src/system/bus/dbus-writer.js';
import { signature, text, uint32 } from '../../live/lab/bus-clients/raw-bus.js';

interface Typed {
  readonly type: string;
  readonly value: unknown;
  /** as it is read */
  readonly plain: unknown;
}
const basic = (type: string, values: fc.Arbitrary<unknown>): fc.Arbitrary<Typed> =>
  values.map(value => ({ type, value, plain: value }));
const word = fc.string({ unit: 'grapheme' }).filter(each => !each.includes('\0'));

const { typed } = fc.letrec<{ typed: Typed }>(tie => ({
  typed: fc.oneof(
    { depthSize: 'small' },
    basic('y', fc.nat(0xff)),
    basic('b', fc.boolean()),
    basic('n', fc.integer({ min: -0x8000, max: 0x7fff })),
    basic('q', fc.nat(0xffff)),
    basic('i', fc.integer()),
    basic('u', fc.nat(0xffff_ffff)),
    basic('x', fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n })),
    basic('t', fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })),
    basic('s', word),
    basic('o', fc.constant('/org/example')),
    basic('g', fc.constantFrom('', 'a{sv}')),
    fc.uint8Array().map(bytes => ({ type: 'ay', value: bytes, plain: Buffer.from(bytes) })),
    tie('typed').map(({ type, value, plain }) => ({ type: 'v', value: new Variant(type, value), plain })),
    fc
      .tuple(tie('typed'), fc.nat(3))
      .filter(([{ type }]) => type !== 'y')
      .map(([{ type, value, plain }, n]) => ({
        type: `a${type}`,
        value: Array<unknown>(n).fill(value),
        plain: Array<unknown>(n).fill(plain),
      })),
    fc.array(tie('typed'), { minLength: 1, maxLength: 4 }).map(all => ({
      type: `(${all.map(({ type }) => type).join('')})`,
      value: all.map(({ value }) => value),
      plain: all.map(({ plain }) => plain),
    })),
    fc
      .tuple(fc.array(fc.oneof(word, fc.constant('__proto__'))), tie('typed'))
      .map(([keys, { type, value, plain }]) => ({
        type: `a{s${type}}`,
        value: Object.fromEntries(keys.map(key => [key, value])),
        plain: Object.fromEntries(keys.map(key => [key, plain])),
      })),
  ),
}));
const body = fc
  .array(typed)
  .map(all => ({
    types: all.map(({ type }) => type).join(''),
    values: all.map(({ value }) => value),
    plain: all.map(({ plain }) => plain),
  }))
  .filter(({ types }) => types.length < 256);

test('what is written is read, variants as what is in them', () => {
  fc.assert(
    fc.property(body, ({ types, values, plain }) => {
      expect(readBody(written(types, values), true, types)).toEqual(plain);
    }),
  );
});

/** The same bytes by another implementation. */
const byDbusNext = async (types: string, values: readonly unknown[]): Promise<Buffer> => {
  const path = '../../../node_modules/dbus-next/lib/marshall-compat.js';
  const { marshallMessage } = (await import(path)) as { marshallMessage: (message: unknown) => [Buffer] };
  const [all] = marshallMessage({ type: 1, serial: 1, path: '/', signature: types, body: values });
  return all.subarray(all.length - all.readUInt32LE(4));
};

test.each([
  ['s', ['x']],
  [
    'ia(iay)',
    [
      2,
      [
        [2, Buffer.from([192, 0, 2, 1])],
        [10, Buffer.alloc(16)],
      ],
    ],
  ],
  [
    'ia(sb)',
    [
      3,
      [
        ['example.org', false],
        ['ü', true],
      ],
    ],
  ],
  ['yst', [1, 'a', 1n << 40n]],
  ['a{sv}', [{ pid: new dbus.Variant('u', 7), 'start-time': new dbus.Variant('t', 9n) }]],
] as const)('%s is written as dbus-next does', async (types, values) => {
  const ours = values.map(value =>
    types === 'a{sv}' ? { pid: new Variant('u', 7), 'start-time': new Variant('t', 9n) } : value,
  );
  expect(written(types, ours)).toEqual(await byDbusNext(types, values));
});

test('a value that is not of its type is a TypeError', () => {
  for (const [types, values] of [
    ['s', [1]],
    ['u', ['1']],
    ['as', ['x']],
    ['ss', ['x']],
    ['v', [1]],
    ['(ss)', [['x']]],
  ] as const)
    expect(() => written(types, values)).toThrow(TypeError);
});

test('bytes that are not what the signature says, and signatures that are none, are no body; nothing is thrown', () => {
  const anySignature = fc.oneof(fc.string(), fc.stringMatching(/^[ybnqiuxtdsoghva(){}]{0,20}$/));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), anySignature, (bytes, isLittle, types) => {
      readBody(Buffer.from(bytes), isLittle, types);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['text beyond the end', 's', Buffer.concat([uint32(9), Buffer.from('short\0')])],
  ['an array beyond the end', 'ay', Buffer.concat([uint32(0xffff_ffff), Buffer.from('short')])],
  ['an element beyond its array', 'au', Buffer.concat([uint32(6), uint32(1), uint32(2)])],
  ['a variant of nothing', 'v', Buffer.from('\0\0')],
  ['a variant of two', 'v', Buffer.from('\x02yy\0\x01\x02')],
  ['an empty structure', 'a()', uint32(0)],
  ['a half dictionary entry', 'a{s}', uint32(0)],
  ['an unknown type', 'm', uint32(0)],
  ['arrays without end', 'a'.repeat(200), Buffer.alloc(0)],
])('%s is no body', (_, types, bytes) => {
  expect(readBody(bytes, true, types)).toBeUndefined();
});

test('variants in one another are read 64 deep and no deeper, a million of them too', () => {
  const nested = (depth: number): Buffer =>
    Buffer.concat([...Array<Buffer>(depth).fill(signature('v')), signature('y'), Buffer.from([7])]);
  expect(readBody(nested(60), true, 'v')).toEqual([7]);
  expect(readBody(nested(64), true, 'v')).toBeUndefined();
  expect(readBody(nested(1_000_000), true, 'v')).toBeUndefined();
});

test('a descriptor is a mere number, also in a variant: none is ever passed', () => {
  expect(readBody(uint32(3), true, 'h')).toEqual([3]);
  expect(readBody(Buffer.concat([signature('h'), Buffer.alloc(1), uint32(3)]), true, 'v')).toEqual([3]);
});

test('a key __proto__ is a key like any other', () => {
  const [read] =
    readBody(written('a{sv}', [Object.fromEntries([['__proto__', new Variant('s', 'x')]])]), true, 'a{sv}') ?? [];
  expect(Object.entries(read as object)).toEqual([['__proto__', 'x']]);
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
});

test('big-endian numbers and text are read', () => {
  const bytes = Buffer.concat([
    Buffer.from(uint32(7)).swap32(),
    Buffer.from(text('x').subarray(0, 4)).swap32(),
    Buffer.from('x\0'),
  ]);
  expect(readBody(bytes, false, 'us')).toEqual([7, 'x']);
});
