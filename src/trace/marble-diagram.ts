import { rowsOf, type Trouble, troubleOf } from '../text/outcome-words.js';
import type { Replayed } from './replay-trace.js';

/** A mark in a row of a diagram, `at` milliseconds after the beginning. */
export interface Mark {
  readonly at: number;
  readonly row: string;
  readonly text: string;
  /** it went wrong */
  readonly trouble?: Trouble | undefined;
}

/** What a replay emits, as marks: per link a row of events and one for what each sink did; one row of faults. */
export const marksOf = (told: Replayed): readonly Mark[] => {
  if ('unanswered' in told)
    return [{ at: told.at, row: 'not in the trace', text: told.unanswered, trouble: 'warning' }];
  if ('unasked' in told) return [{ at: told.at, row: 'not in the replay', text: told.unasked, trouble: 'warning' }];
  if ('header' in told && told.header.missing !== undefined) {
    const text = `${(told.header.missing / 1000).toFixed(3)} s: the trace could not be written`;
    return [{ at: told.at, row: 'not in the trace', text, trouble: 'warning' }];
  }
  if (!('outcome' in told)) return [];
  const trouble = troubleOf(told.outcome);
  return rowsOf(told.outcome).map(mark => ({ at: told.at, ...mark, ...(trouble && { trouble }) }));
};

const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');

/** The letter of the nth mark, with a number where the letters do not suffice: `a` … `Z`, `a1` … */
export const letterFor = (nth: number): string => {
  const round = Math.floor(nth / LETTERS.length);
  return `${LETTERS[nth % LETTERS.length] ?? '?'}${round === 0 ? '' : round}`;
};

export const rowsIn = (marks: readonly Mark[]): readonly string[] => [...new Set(marks.map(({ row }) => row))].sort();
export const momentsIn = (marks: readonly Mark[]): readonly number[] => [...new Set(marks.map(({ at }) => at))];

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
