import { describe, expect, test } from '@jest/globals';
import { createLines } from '../../../../src/system/processes/lines.js';

const linesOf = (...chunks: readonly (string | Buffer)[]): readonly string[] => {
  const found: string[] = [];
  const lines = createLines(line => found.push(line));
  for (const chunk of chunks) lines.push(Buffer.from(chunk));
  lines.end();
  return found;
};

describe('createLines', () => {
  test.each([
    ['nothing is no line', [], []],
    ['lines end at line feeds, the last one at the end', ['a\nb\n\nc'], ['a', 'b', '', 'c']],
    ['a line may come in many chunks', ['a', 'b', '\nc', '\n'], ['ab', 'c']],
    ['a carriage return before a line feed belongs to the line end', ['a\r\nb\r\n'], ['a', 'b']],
    ['a tab stays', ['a\tb\n'], ['a\tb']],
    ['UTF-8 may be cut between chunks', [Buffer.from([0xc3]), Buffer.from([0xa4, 0x0a])], ['ä']],
    ['what is not UTF-8 is shown byte by byte', [Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a])], ['a\\xff\\xfeb']],
  ])('%s', (_, chunks, lines) => {
    expect(linesOf(...chunks)).toEqual(lines);
  });

  test('nothing in a line can look like a line of its own, recolour it or turn it round', () => {
    expect(linesOf('a\rb\u001b[31mc\u0000d\u009be\u2028f\u202eg\u007f\n')).toEqual([
      'a\\x0db\\x1b[31mc\\x00d\\u009be\\u2028f\\u202eg\\x7f',
    ]);
  });

  test('a line longer than 8 KiB comes in pieces', () => {
    expect(linesOf('x'.repeat(20_000) + '\ny\n').map(line => line.length)).toEqual([8192, 8192, 3616, 1]);
  });

  test('pieces come before the line has ended, and no UTF-8 sequence is cut', () => {
    const found: string[] = [];
    const lines = createLines(line => found.push(line));
    lines.push(Buffer.from('x' + '€'.repeat(3000)));
    expect(found).toEqual(['x' + '€'.repeat(2730)]);
    lines.end();
    expect(found.join('')).toBe('x' + '€'.repeat(3000));
  });

  test('a piece of what is no UTF-8 at all is cut all the same', () => {
    const found = linesOf(Buffer.alloc(10_000, 0x80));
    expect(found.join('')).toBe('\\x80'.repeat(10_000));
  });
});
