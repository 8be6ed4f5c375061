import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decode, encode } from '../../../src/trace/json.js';
import { isMap, withoutKey, withValue } from '../../../src/world/with-value.js';

const first: ReadonlyMap<number, string> = new Map([
  [7, 'a'],
  [3, 'b'],
]);
const second = withValue(first, 7, 'c');
const third = withValue(second, 3, 'd');
const fourth = withValue(third, 5, 'e');

describe('withValue', () => {
  test('leaves every earlier Map as it was', () => {
    expect([first, second, third, fourth].map(each => [...each])).toEqual([
      [[7, 'a'], [3, 'b']],
      [[7, 'c'], [3, 'b']],
      [[7, 'c'], [3, 'd']],
      [[7, 'c'], [3, 'd'], [5, 'e']],
    ]); // prettier-ignore
  });

  test('is a Map in all that it is asked', () => {
    for (const map of [third, fourth]) {
      const real = new Map(map);
      expect(map.size).toBe(real.size);
      for (const key of [3, 5, 7, 9]) expect([map.has(key), map.get(key)]).toEqual([real.has(key), real.get(key)]);
      expect([...map.keys()]).toEqual([...real.keys()]);
      expect([...map.values()]).toEqual([...real.values()]);
      expect([...map.entries()]).toEqual([...real]);
      const seen: unknown[] = [];
      map.forEach((value, key, whole) => seen.push([key, value, whole === map]));
      expect(seen).toEqual([...real].map(([key, value]) => [key, value, true]));
    }
  });

  test('a value that is undefined is one', () => {
    const map = withValue(withValue<number, string | undefined>(new Map(), 1, 'a'), 1, undefined);
    expect([map.has(1), map.get(1), map.size]).toEqual([true, undefined, 1]);
  });

  test('is written down in a trace as any other', () => {
    expect(isMap(third)).toBe(true);
    expect(isMap([])).toBe(false);
    expect(decode(encode({ third }))).toEqual({ third: new Map(third) });
  });
});

describe('withValue and withoutKey', () => {
  const key = fc.oneof(fc.nat(6), fc.nat(310));
  const value = fc.option(fc.record({ n: fc.nat(99) }), { nil: undefined });
  const changes = fc.array(fc.tuple(key, value), { maxLength: 5 }).map(pairs => new Map(pairs));

  test('makes the same of a Map as a Map, whichever earlier one it is made of, and leaves all earlier ones as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), changes), { maxLength: 30 }), all => {
        type Some = ReadonlyMap<number, { readonly n: number }>;
        const many = new Map(Array.from({ length: 300 }, (_, k) => [k, { n: k }]));
        const made: { readonly map: Some; readonly real: Some }[] = [
          { map: new Map(), real: new Map() },
          { map: many, real: many },
        ];
        for (const [which, some] of all) {
          const { map, real } = made[which % made.length]!;
          let changed = map;
          const next = new Map(real);
          for (const [k, v] of some)
            if (v === undefined) {
              next.delete(k);
              changed = withoutKey(changed, k);
            } else {
              next.set(k, v);
              changed = withValue(changed, k, v);
            }
          made.push({ map: changed, real: next });
        }
        for (const { map, real } of made) {
          expect(map.size).toBe(real.size);
          expect(new Map(map)).toEqual(real);
          for (let k = 0; k < 311; k += 1)
            if (map.has(k) !== real.has(k) || map.get(k) !== real.get(k)) throw new Error(`key ${k}`);
        }
      }),
    );
  });
});
