import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isIP } from 'node:net';
import { ipBytes, prefixBytes } from '../../src/codec/ip-bytes.js';
import { ipv4Text, ipv6Text } from '../../src/codec/ip-text.js';

const textOf = (bytes: Uint8Array): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return bytes.length === 4 ? ipv4Text(view, 0) : ipv6Text(view, 0);
};

test.each([
  ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:DB8::AAAA', '2001:db8::aaaa'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['fe80:0:0:0::', 'fe80::'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['::ffff:c000:201', '::ffff:192.0.2.1'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ['255.254.0.1', '255.254.0.1'],
])('%s is written as %s', (text, canonical) => {
  expect(textOf(ipBytes(text))).toBe(canonical);
});

test('any address survives the way through text', () => {
  const words = fc.array(fc.constantFrom(0, 0, 0, 1, 0xff, 0xffff, 0x20), { minLength: 8, maxLength: 8 });
  const sparse = words.map(ws => Uint8Array.from(ws.flatMap(w => [w >> 8, w & 255])));
  const any = fc.oneof(
    sparse,
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
  );
  fc.assert(
    fc.property(any, bytes => {
      const text = textOf(bytes);
      expect(isIP(text)).toBe(bytes.length === 4 ? 4 : 6);
      expect([...ipBytes(text)]).toEqual([...bytes]);
    }),
    { numRuns: 2000 },
  );
});

test('IPv6 text is what the URL standard writes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), bytes => {
      expect(new URL(`http://[${textOf(bytes)}]/`).hostname).toBe(`[${textOf(bytes)}]`);
    }),
  );
});

test.each(['', '1.2.3', '1.2.3.256', '01.2.3.4', ':::', '1::2::3', '12345::', 'fe80::1%eth0', '::1.2.3'])(
  '"%s" is no address',
  text => {
    expect(() => ipBytes(text)).toThrow(RangeError);
  },
);

test('a prefix without a length is a single address', () => {
  expect(prefixBytes('192.0.2.1').length).toBe(32);
  expect(prefixBytes('::1').length).toBe(128);
  expect(prefixBytes('::/0').length).toBe(0);
});
