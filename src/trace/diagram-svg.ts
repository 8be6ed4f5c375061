import { groupBy } from '../model/values/group-by.js';
import { letterFor, type Mark, momentsIn, rowsIn } from './marble-diagram.js';

const LEFT = 180;
const MARBLE = 24;
const GAP = 12;
const ROW = 34;
const AXIS = 64;
/** Of a strip, pixels: about what is readable on paper; what does not fit goes on in the next one. */
const WIDTH = 1200;
/** Characters of a line of the legend. */
const LINE = 150;
const LINE_HEIGHT = 17;

/** Dark enough under white letters, and told apart by who cannot see red and green (Okabe and Ito). */
const colours = { fine: '#0072b2', warning: '#806000', failed: '#b53700' } as const;

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

const timeText = (at: number): string => `+${(at / 1000).toFixed(3)} s`;
const write = (x: number, y: number, text: string, more = ''): string =>
  `<text x="${x}" y="${y}"${more}>${escaped(text)}</text>`;

/** All marks of a moment: those of one row stand side by side. */
interface Column {
  readonly at: number;
  readonly x: number;
  readonly width: number;
  readonly rows: ReadonlyMap<string, readonly Lettered[]>;
}
interface Lettered extends Mark {
  readonly letter: string;
}

/** The columns, in strips. */
const stripsOf = (marks: readonly Lettered[]): readonly (readonly Column[])[] => {
  const strips: Column[][] = [];
  const byMoment = groupBy(marks, ({ at }) => at);
  let x = Infinity;
  for (const at of momentsIn(marks)) {
    const rows = groupBy(byMoment.get(at) ?? [], ({ row }) => row);
    const width = Math.max(...[...rows.values()].map(together => together.length)) * MARBLE;
    if (x + width > WIDTH) {
      strips.push([]);
      x = LEFT;
    }
    strips.at(-1)?.push({ at, x, width, rows });
    x += width + GAP;
  }
  return strips;
};

/** A circle with its letter; what went wrong is a square. */
const marble = ({ at, text, letter, trouble }: Lettered, x: number, y: number): string => {
  const fill = ` fill="${colours[trouble ?? 'fine']}"`;
  const shape =
    trouble === undefined
      ? `<circle cx="${x}" cy="${y}" r="10"${fill}>`
      : `<rect x="${x - 10}" y="${y - 10}" width="20" height="20"${fill}>`;
  const end = trouble === undefined ? '</circle>' : '</rect>';
  const title = `<title>${escaped(`${timeText(at)} ${text}`)}</title>`;
  return shape + title + end + write(x, y + 4, letter, ' text-anchor="middle" fill="#fff"');
};

const strip = (columns: readonly Column[], rows: readonly string[], top: number): readonly string[] => {
  const last = columns.at(-1);
  const end = last === undefined ? LEFT : last.x + last.width + GAP;
  const y = (nth: number): number => top + ROW * nth + ROW / 2;
  const bottom = top + ROW * rows.length;
  return [
    ...columns.map(
      ({ x, width }) => `<line x1="${x + width / 2}" x2="${x + width / 2}" y1="${top}" y2="${bottom}" stroke="#ddd"/>`,
    ),
    ...rows.map(
      (row, nth) =>
        write(8, y(nth) + 4, row.length > 26 ? `${row.slice(0, 25)}…` : row) +
        `<line x1="${LEFT - 10}" x2="${end}" y1="${y(nth)}" y2="${y(nth)}" stroke="#888"/>`,
    ),
    ...columns.flatMap(column =>
      [...column.rows].flatMap(([row, together]) =>
        together.map((mark, nth) => marble(mark, column.x + MARBLE * (nth + 0.5), y(rows.indexOf(row)))),
      ),
    ),
    ...columns.map(({ at, x, width }) => {
      const [middle, below] = [x + width / 2, bottom + 8];
      const turned = ` transform="rotate(-60 ${middle + 4} ${below})" text-anchor="end" font-size="10"`;
      return write(middle + 4, below, timeText(at), turned);
    }),
  ];
};

/** In lines that fit; those after the first are indented. */
const wrapped = (text: string): readonly string[] => {
  const lines: string[] = [];
  for (let rest = text; rest !== '';) {
    const room = lines.length === 0 ? LINE : LINE - 6;
    const space = rest.length > room ? rest.lastIndexOf(' ', room) : -1;
    const line = rest.slice(0, space > 0 ? space : room);
    lines.push(line);
    rest = rest.slice(line.length).trimStart();
  }
  return lines;
};

const legend = (
  marks: readonly Lettered[],
  top: number,
): { readonly lines: readonly string[]; readonly end: number } => {
  let y = top;
  const lines = marks.flatMap(({ at, row, text, letter, trouble }) => {
    const colour = trouble === undefined ? '' : ` fill="${colours[trouble]}"`;
    const word = trouble === undefined ? '' : `${trouble}: `;
    return wrapped(`${letter} = ${timeText(at)}  ${word}${row}: ${text}`).map((line, nth) => {
      y += LINE_HEIGHT;
      return write(nth === 0 ? 8 : 40, y, line, colour);
    });
  });
  return { lines, end: y };
};

/** The same as a picture for tickets and paper: marbles with their letters, times below them, and what the letters mean. */
export const diagramSvg = (marks: readonly Mark[]): string => {
  const lettered = marks.map((mark, nth): Lettered => ({ ...mark, letter: letterFor(nth) }));
  const strips = stripsOf(lettered);
  const rows = rowsIn(marks);
  const high = ROW * rows.length + AXIS;
  const { lines, end } = legend(lettered, high * strips.length + 10);
  const size = `width="${WIDTH + 20}" height="${end + 20}" viewBox="0 0 ${WIDTH + 20} ${end + 20}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="12" role="img">`,
    '<title>Diagram of a trace</title>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...strips.flatMap((columns, nth) => strip(columns, rows, high * nth)),
    ...(marks.length === 0 ? [write(8, 20, 'nothing happened')] : lines),
    '</svg>\n',
  ].join('\n');
};
