import { rowsOf } from '../text/outcome-words.js';
import type { Replayed } from './replay-trace.js';

/** A mark in a row of a diagram, `at` milliseconds after the beginning. */
export interface Mark {
  readonly at: number;
  readonly row: string;
  readonly text: string;
}

/** What a replay emits, as marks: per link a row of events and one for what each sink did; one row of faults. */
export const marksOf = (told: Replayed): readonly Mark[] => {
  if ('unanswered' in told) return [{ at: told.at, row: 'not in the trace', text: told.unanswered }];
  if ('unasked' in told) return [{ at: told.at, row: 'not in the replay', text: told.unasked }];
  if ('header' in told && told.header.missing !== undefined) {
    const text = `${(told.header.missing / 1000).toFixed(3)} s: the trace could not be written`;
    return [{ at: told.at, row: 'not in the trace', text }];
  }
  return 'outcome' in told ? rowsOf(told.outcome).map(mark => ({ at: told.at, ...mark })) : [];
};

const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');

const rowsIn = (marks: readonly Mark[]): readonly string[] => [...new Set(marks.map(({ row }) => row))].sort();
const momentsIn = (marks: readonly Mark[]): readonly number[] => [...new Set(marks.map(({ at }) => at))];

/** Draws as many marks as there are letters. */
const picture = (marks: readonly Mark[]): readonly string[] => {
  const rows = rowsIn(marks);
  const width = Math.max(...rows.map(row => row.length));
  const moments = momentsIn(marks);
  const lines = new Map(rows.map(row => [row, '']));
  for (const moment of moments) {
    const cells = rows.map(row => {
      const letters = marks.flatMap(({ at, row: its }, nth) =>
        at === moment && its === row ? [LETTERS[nth] ?? '?'] : [],
      );
      return letters.length > 1 ? `(${letters.join('')})` : letters.join('');
    });
    const wide = Math.max(...cells.map(cell => cell.length));
    rows.forEach((row, nth) => lines.set(row, `${lines.get(row) ?? ''}-${(cells[nth] ?? '').padEnd(wide, '-')}`));
  }
  return [
    ...rows.map(row => `${row.padEnd(width)}  ${lines.get(row) ?? ''}-`),
    '',
    ...marks.map(
      ({ at, row, text }, nth) => `  ${LETTERS[nth] ?? '?'} = +${(at / 1000).toFixed(3)} s  ${row}: ${text}`,
    ),
  ];
};

/** A marble diagram for each link, in pieces of 52 marks. Distances mean nothing: the legend has the times. */
export const diagramText = (marks: readonly Mark[]): string => {
  const pieces: string[] = [];
  for (let from = 0; from < marks.length; from += LETTERS.length)
    pieces.push(picture(marks.slice(from, from + LETTERS.length)).join('\n'));
  return `${pieces.length === 0 ? 'nothing happened' : pieces.join('\n\n')}\n`;
};

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');

/** The same as an SVG picture: a line per row, a marble per mark, with the text as its title. */
export const diagramSvg = (marks: readonly Mark[]): string => {
  const rows = rowsIn(marks);
  const moments = new Map(momentsIn(marks).map((at, nth) => [at, nth]));
  const [left, step, high] = [160, 36, 40];
  const width = left + step * (moments.size + 1);
  const y = (row: string): number => high * (rows.indexOf(row) + 1);
  const line = (row: string): string =>
    `<text x="8" y="${y(row) + 4}">${escaped(row)}</text><line x1="${left - 10}" x2="${width}" y1="${y(row)}" y2="${y(row)}" stroke="#888"/>`;
  const marble = ({ at, row, text }: Mark): string =>
    `<circle cx="${left + step * (moments.get(at) ?? 0)}" cy="${y(row)}" r="9" fill="#4a90d9" fill-opacity="0.7"><title>+${(at / 1000).toFixed(3)} s ${escaped(text)}</title></circle>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${high * (rows.length + 1)}" font-family="sans-serif" font-size="12">`,
    ...rows.map(line),
    ...marks.map(marble),
    '</svg>\n',
  ].join('\n');
};
