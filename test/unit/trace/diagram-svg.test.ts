import { describe, expect, test } from '@jest/globals';
import { diagramSvg } from '../../../src/trace/diagram-svg.js';
import type { Mark } from '../../../src/trace/marble-diagram.js';

const marks: readonly Mark[] = [
  { at: 10, row: 'eth0', text: 'OperationalState=carrier' },
  { at: 10, row: 'eth0', text: 'address 192.0.2.5/24 added' },
  { at: 10, row: 'eth1', text: 'link added' },
  { at: 700, row: 'eth0 scripts', text: 'carrier.d/10-a status 1', trouble: 'failed' },
  { at: 800, row: 'faults', text: 'something <odd> & "long" '.repeat(20), trouble: 'warning' },
];
const svg = diagramSvg(marks);
const all = (pattern: RegExp, of = svg): readonly (readonly string[])[] =>
  [...of.matchAll(pattern)].map(found => [...found]);

describe('the picture of a trace', () => {
  test('has a marble with its letter for each mark; what went wrong is a square of another colour', () => {
    expect(all(/<circle /g)).toHaveLength(3);
    expect(all(/<rect x="\d+" .*?fill="(#\w+)"/g).map(([, fill]) => fill)).toEqual(['#b53700', '#806000']);
    expect(
      all(/fill="#fff">(\w+)<\/text>/g)
        .map(([, letter]) => letter)
        .sort(),
    ).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('has what coincides side by side, in one column', () => {
    const [a = 0, b = 0, c = 0] = all(/<circle cx="(\d+)"/g).map(([, x]) => Number(x));
    expect(b - a).toBeGreaterThanOrEqual(20);
    expect(c).toBe(a);
  });

  test('has the times below, and a legend whose lines fit', () => {
    expect(all(/rotate\(.*?>(\+[\d.]+ s)</g).map(([, time]) => time)).toEqual(['+0.010 s', '+0.700 s', '+0.800 s']);
    expect(svg).toContain('>d = +0.700 s  failed: eth0 scripts: carrier.d/10-a status 1<');
    expect(svg).toContain('something &lt;odd&gt; &amp; &quot;long&quot;');
    for (const [, text = ''] of all(/<text [^>]*>([^<]*)</g))
      expect(text.replace(/&\w+;/g, '.').length).toBeLessThanOrEqual(150);
  });

  test('goes on in another strip where there is no more room, and with a number behind the letters', () => {
    const many = diagramSvg(Array.from({ length: 120 }, (_, at): Mark => ({ at, row: 'eth0', text: 'x' })));
    expect(all(/>eth0<\/text>/g, many).length).toBeGreaterThan(2);
    expect(Math.max(...all(/<circle cx="(\d+)"/g, many).map(([, x]) => Number(x)))).toBeLessThan(1220);
    expect(many).toContain('>a1</text>');
  });

  test('of nothing says so', () => {
    expect(diagramSvg([])).toContain('nothing happened');
  });
});
