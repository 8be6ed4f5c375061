import { describe, expect, test } from '@jest/globals';
import { readLine } from '../../../src/trace/format.js';
import { createLineReader } from '../../../src/trace/line-cache.js';

const state = (at: string, value: string, wall = ''): string =>
  `{"at":${at},${wall}"input":{"kind":"networkd-link","ifindex":2,"changed":{"OperationalState":"${value}"}}}`;

describe('lines that were read before, but for their time', () => {
  test('say the same as if they were read for the first time', () => {
    const read = createLineReader();
    const long = `{"at":7,"ask":"read /x","answer":"${'x'.repeat(1000)}"}`;
    const lines = [
      ...['1', '2.125', '0', '31536000000.001', '1e3'].flatMap(at => [state(at, 'carrier'), state(at, 'off')]),
      ...['1790000000000', '5', '1e3'].map(wall => state('7', 'carrier', `"wall":${wall},`)),
      state('8', 'carrier'),
      ...['4', '5'].flatMap(at => [
        `{"at":${at},"ask":"list /etc/nb/carrier.d","same":true}`,
        `{"at":${at},"to":3,"now":true,"answer":{"$bytes":"00ff"}}`,
        `{"at":${at},"stop":true}`,
        long,
      ]),
      ...Array.from({ length: 3000 }, (_, nth) => state('9', String(nth % 1500))),
    ];
    for (const line of lines) expect(read(line, 2)).toEqual(readLine(line, 2));
  });

  test.each([
    '{"at":}',
    '{"at":5}',
    '{"at":"x","stop":true}',
    '{"at":x,"stop":true}',
    '{"at":,"stop":true}',
    '{"at":0x1,"stop":true}',
    '{"at":1',
    '{"at":1,"stop":tru}',
    '{"at":1,"wall":,"stop":true}',
    '{"at":1,"wall":x,"stop":true}',
    '{"at":1,"wall":2',
  ])('but %s is refused also if another was right', line => {
    const read = createLineReader();
    read('{"at":1,"stop":true}', 2);
    expect(() => read(line, 3)).toThrow('line 3: expected');
  });

  test.each([state('99999999999999', 'off'), state('1', 'off', '"wall":9e99,'), state('1', 'off', '"wall":-1,')])(
    'and so is %s, whose moment cannot be one',
    line => {
      const read = createLineReader();
      read(state('1', 'off'), 2);
      expect(() => read(line, 3)).toThrow('line 3: expected');
    },
  );
});
