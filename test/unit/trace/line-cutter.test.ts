import { expect, test } from '@jest/globals';
import { MAX_LINE_LENGTH } from '../../../src/trace/format.js';
import { createLineCutter } from '../../../src/trace/line-cutter.js';

test('lines come whole, however the text is cut', () => {
  const { push, rest } = createLineCutter();
  expect(['a', 'b\nc\n\nd', '', 'e\nf'].flatMap(push)).toEqual(['ab', 'c', '', 'de']);
  expect(rest()).toBe('f');
});

test('a line that is too long is refused by its number, before its end has come', () => {
  const { push } = createLineCutter();
  const piece = 'x'.repeat(MAX_LINE_LENGTH / 4);
  expect(push(`a\n${piece}`)).toEqual(['a']);
  for (let nth = 0; nth < 3; nth += 1) expect(push(piece)).toEqual([]);
  expect(() => push('x')).toThrow(`line 2: expected at most ${MAX_LINE_LENGTH} characters, found more`);
});
