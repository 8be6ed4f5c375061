import { expect, test } from '@jest/globals';
import { panned, showing, whole, zoomed } from '../../../viewer/pure/window.js';

const all = whole(1000);

test('the whole trace has room at either side', () => {
  expect(all).toEqual({ from: -20, to: 1020 });
  expect(whole(0)).toEqual({ from: -1, to: 1 });
});

test('what the pointer is at stays where it is when the window is narrowed', () => {
  const narrow = zoomed(all, 0.5, 300, 1000);
  expect(narrow.to - narrow.from).toBeCloseTo(520);
  expect((300 - narrow.from) / 520).toBeCloseTo((300 - all.from) / 1040);
});

test('nobody gets out of the trace, nor below a tenth of a millisecond', () => {
  expect(zoomed(all, 100, 300, 1000)).toEqual(all);
  expect(panned({ from: 0, to: 100 }, -500, 1000)).toEqual({ from: -20, to: 80 });
  expect(panned({ from: 0, to: 100 }, 5000, 1000)).toEqual({ from: 920, to: 1020 });
  const least = zoomed(all, 1e-9, 300, 1000);
  expect(least.to - least.from).toBeCloseTo(0.1);
});

test('a moment that is shown moves nothing; another one comes to the middle', () => {
  const window = { from: 0, to: 100 };
  expect(showing(window, 50, 1000)).toBe(window);
  expect(showing(window, 500, 1000)).toEqual({ from: 450, to: 550 });
});
