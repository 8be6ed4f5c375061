import { expect, test } from '@jest/globals';
import { momentText, spanText, ticksOf, wallText } from '../../../viewer/pure/time.js';

test('a moment is written as replay writes it, and by the wall clock', () => {
  expect(momentText(12_345)).toBe('+12.345 s');
  expect(wallText(0)).toBe('1970-01-01 00:00:00.000 UTC');
  expect(wallText(1e300)).toBe('');
});

test('how long something took is written in the unit that people would say it in', () => {
  expect([0.25, 3.25, 45, 3_200, 65_000, 7_380_000, 190_000_000].map(spanText)).toEqual([
    '0.25 ms',
    '3.3 ms',
    '45 ms',
    '3.20 s',
    '1 min 5 s',
    '2 h 3 min',
    '2 d 5 h',
  ]);
});

test('the axis has labels at round times, never more than asked for', () => {
  expect(ticksOf({ from: -20, to: 1020 }, 8).map(({ label }) => label)).toEqual([
    '0',
    '0.2 s',
    '0.4 s',
    '0.6 s',
    '0.8 s',
    '1.0 s',
  ]);
  expect(ticksOf({ from: 0, to: 150_000 }, 6).map(({ label }) => label)).toEqual([
    '0',
    '30 s',
    '1 min',
    '1 min 30 s',
    '2 min',
    '2 min 30 s',
  ]);
  for (const span of [0.1, 1, 37, 1e3, 1e5, 1e7, 1e9, 3e12])
    for (const most of [2, 5, 12]) {
      const ticks = ticksOf({ from: 0, to: span }, most);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(most + 1);
      expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
    }
});
