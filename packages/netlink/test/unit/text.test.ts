import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bytesToText, textToBytes } from '../../src/text.js';

/** Bytes that are often nearly UTF-8: parts of characters, overlong forms, halves of surrogate pairs. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        0,
        0x41,
        0x80,
        0x90,
        0x9f,
        0xa0,
        0xbf,
        0xc0,
        0xc2,
        0xc3,
        0xe0,
        0xed,
        0xef,
        0xf0,
        0xf4,
        0xf5,
        0xff,
      ),
      { maxLength: 12 },
    )
    .map(all => Uint8Array.from(all)),
  fc
    .tuple(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 3 }))
    .map(([text, more]) => Uint8Array.from([...Buffer.from(text), ...more])),
);

test('any bytes come back as they were', () => {
  fc.assert(
    fc.property(bytes, all => expect(Buffer.from(textToBytes(bytesToText(all)))).toEqual(Buffer.from(all))),
    { numRuns: 2000 },
  );
});

test('also when texts were put together, and taken apart at an ASCII character', () => {
  fc.assert(
    fc.property(fc.array(bytes.map(all => all.filter(byte => byte !== 0x2f))), parts => {
      const path = parts.map(bytesToText).join('/');
      expect(path.split('/').map(part => Buffer.from(textToBytes(part)))).toEqual(
        parts.length === 0 ? [Buffer.alloc(0)] : parts.map(part => Buffer.from(part)),
      );
      expect(Buffer.from(textToBytes(JSON.parse(JSON.stringify(path)) as string))).toEqual(
        Buffer.from(textToBytes(path)),
      );
    }),
  );
});

test('UTF-8 is the text that it is, with its byte order mark', () => {
  for (const text of ['', 'eth0', 'ü 漢 👋', '\ufeffa', '\ufffd']) {
    expect(bytesToText(Buffer.from(text))).toBe(text);
    expect(Buffer.from(textToBytes(text))).toEqual(Buffer.from(text));
  }
});

test.each([
  ['a byte of Latin-1', [0x77, 0xe4, 0x6e], 'w\udce4n'],
  ['a character that is cut off', [0xe6, 0xbc], '\udce6\udcbc'],
  ['an overlong form', [0xc0, 0xaf], '\udcc0\udcaf'],
  ['half of a surrogate pair', [0xed, 0xa0, 0x80], '\udced\udca0\udc80'],
  ['what is beyond Unicode', [0xf4, 0x90, 0x80, 0x80], '\udcf4\udc90\udc80\udc80'],
  ['a byte behind a character of two units', [0xf0, 0x9f, 0x91, 0x8b, 0xff], '👋\udcff'],
])('%s is kept byte by byte', (_, all, text) => {
  expect(bytesToText(Uint8Array.from(all))).toBe(text);
  expect([...textToBytes(text)]).toEqual(all);
});

test('a surrogate that stands for no byte is no reason to throw', () => {
  expect(Buffer.from(textToBytes('a\ud800\udc00b\ud800c\udc7f\udc80'))).toEqual(
    Buffer.concat([Buffer.from('a\u{10000}b\ufffdc\ufffd'), Buffer.of(0x80)]),
  );
});
