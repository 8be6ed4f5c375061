import { describe, expect, test } from '@jest/globals';
import { createLane, drawnIn } from '../../../viewer/pure/layout.js';

/** Marks at these times; `10+5` takes 5 ms, `!` has failed. */
const lane = (text: string) => {
  const all = text.split(' ').map(each => /^([\d.]+)(?:\+([\d.]+))?(!?)$/.exec(each) ?? []);
  const [at, took, level] = [
    all.map(([, time]) => Number(time)),
    all.map(([, , length = '0']) => Number(length)),
    all.map(([, , , bad]) => (bad === '!' ? 2 : 0)),
  ];
  return createLane([...at.keys()], at, took, level);
};
const drawn = (text: string, from = 0, to = 100, width = 1000) =>
  drawnIn(lane(text), { from, to }, width).map(
    ({ mark, count, x, width, level }) => `${mark}×${count} ${x}+${width}${level === 2 ? '!' : ''}`,
  );

describe('what is drawn of a row', () => {
  test('is a mark where it was and as long as it took', () => {
    expect(drawn('10 20+30 60!')).toEqual(['0×1 100+0', '1×1 200+300', '2×1 600+0!']);
  });

  test('joins moments that cannot be told apart, and shows the worst of them', () => {
    expect(drawn('10 10.1 10.2! 10.3 50')).toEqual(['2×4 100+3!', '4×1 500+0']);
  });

  test('has nothing of what is outside, but what began before and still goes on', () => {
    expect(drawn('1 2+60 30 200', 50, 150)).toEqual(['1×1 -480+600']);
  });

  test('is never more than there is room for', () => {
    const many = createLane(
      Array.from({ length: 100_000 }, (_, nth) => nth),
      Array.from({ length: 100_000 }, (_, nth) => nth / 1000),
      new Float64Array(100_000),
      new Uint8Array(100_000),
    );
    const all = drawnIn(many, { from: 0, to: 100 }, 1000);
    expect(all.length).toBeLessThanOrEqual(200);
    expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(100_000);
  });
});
