import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isIP } from 'node:net';
import { ipBytes, ipText } from '../../../../src/model/ip/ip-address.js';

describe('ipText', () => {
  test.each([
    ['192.0.2.5', '192.0.2.5'],
    ['FD77::1C6', 'fd77::1c6'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ])('%s is written %s', (text, canonical) => expect(ipText(text)).toBe(canonical));

  test.each([
    '', '1.2.3', '1.2.3.4.5', '01.2.3.4', '256.1.1.1', ' 1.2.3.4', ':', ':::', '1::2::3', '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7', 'fe80::1%eth0', '12345::', 'g::', '::1.2.3', '1:2:3:4:5:6:7:8::', '1.2.3.4\n',
  ])('%j is no address', text => expect(ipText(text)).toBeUndefined()); // prettier-ignore

  test('knows the addresses that Node knows, and writing one again changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), text => {
        const canonical = ipText(text);
        expect(canonical === undefined).toBe(isIP(text) === 0);
        expect(ipText(canonical ?? '')).toBe(canonical);
        expect(ipBytes(canonical ?? '')).toEqual(ipBytes(text));
      }),
    );
  });
});

test('ipBytes gives 4 or 16 bytes in network order', () => {
  expect(ipBytes('192.0.2.5')).toEqual([192, 0, 2, 5]);
  expect(ipBytes('fd77::1c6')).toEqual([0xfd, 0x77, ...Array<number>(12).fill(0), 1, 0xc6]);
});
