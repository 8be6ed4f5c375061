import { isDeepStrictEqual } from 'node:util';
import { showValue, showWhere } from './show-value.js';
import { field } from '../model/values/unknown.js';

/** One thing that happened in virtual time: `mark` is its letter or sign, `text` what it stands for. */
interface Shown {
  readonly frame: number;
  readonly text: string;
  readonly raw: unknown;
}

/** What the letters of a test stand for. */
export type Values = Readonly<Record<string, unknown>>;

const MAX_WIDTH = 100;
const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');

/** Notifications (`{frame, notification}`) and subscription logs (`{subscribedFrame, …}`) as things that happened. */
const shown = (log: unknown): readonly Shown[] =>
  (Array.isArray(log) ? log : [log]).flatMap((entry: unknown): Shown[] => {
    const from = field(entry, 'subscribedFrame');
    const to = field(entry, 'unsubscribedFrame');
    if (typeof from === 'number')
      return [
        { frame: from, text: '^', raw: ['^', from] },
        ...(typeof to === 'number' && to !== Infinity ? [{ frame: to, text: '!', raw: ['!', to] }] : []),
      ];
    const frame = field(entry, 'frame');
    const notification = field(entry, 'notification');
    const kind = field(notification, 'kind');
    const text =
      kind === 'C'
        ? '|'
        : kind === 'E'
          ? `# ${String(field(notification, 'error'))}`
          : showValue(field(notification, 'value'));
    return [{ frame: typeof frame === 'number' ? frame : -1, text, raw: entry }];
  });

const value = ({ raw }: Shown): unknown => field(field(raw, 'notification'), 'value') ?? raw;

/** A letter for each text: the test's own, or one that the test does not use. */
const letters = (all: readonly Shown[], values: Values): ReadonlyMap<string, string> => {
  const own = new Map(Object.entries(values).map(([letter, value]) => [showValue(value), letter]));
  const texts = [...new Set(all.map(({ text }) => text))].filter(text => text.length > 1);
  const taken = new Set([...own.values(), ...all.map(({ text }) => text)]);
  const free = LETTERS.filter(letter => !taken.has(letter)).values();
  return new Map(texts.map(text => [text, text.startsWith('# ') ? '#' : (own.get(text) ?? free.next().value ?? '?')]));
};

const gapOf = (frames: number): string => {
  if (frames <= MAX_WIDTH) return '-'.repeat(Math.max(0, frames));
  return frames % 1000 === 0 ? ` ${frames / 1000}s ` : ` ${frames}ms `;
};

const diagram = (happened: readonly Shown[], names: ReadonlyMap<string, string>): string => {
  const byFrame = new Map<number, string>();
  for (const { frame, text } of happened) byFrame.set(frame, (byFrame.get(frame) ?? '') + (names.get(text) ?? text));
  const groups = [...byFrame].sort(([a], [b]) => a - b);
  let line = '';
  let at = 0;
  for (const [frame, group] of groups) {
    line += gapOf(frame - at);
    line += group.length > 1 ? `(${group})` : group;
    at = frame + (group.length > 1 ? group.length + 2 : 1);
  }
  return line === '' ? '(nothing)' : line;
};

const commonStart = (a: string, b: string): number => {
  let nth = 0;
  while (nth < a.length && a[nth] === b[nth]) nth += 1;
  return nth;
};

/** The expected and the found diagram above one another, the first frame that differs, and what the letters stand for. */
export const showDifference = (expected: unknown, found: unknown, values: Values = {}): string => {
  const [wanted, got] = [shown(expected), shown(found)];
  const names = letters([...wanted, ...got], values);
  const nth = wanted.findIndex((one, at) => !isDeepStrictEqual(one.raw, got[at]?.raw));
  const first = nth === -1 ? got[wanted.length] : wanted[nth];
  const found1 = nth === -1 ? first : got[nth];
  const frame = Math.min(first?.frame ?? Infinity, found1?.frame ?? Infinity);
  const alike = nth !== -1 && first !== undefined && first.text === found1?.text && first.frame === found1.frame;
  const [upper, lower] = [diagram(wanted, names), diagram(got, names)];
  const isHidden = upper === lower && first !== undefined && found1 !== undefined && first.frame !== found1.frame;
  const column = alike ? diagram(wanted.slice(0, nth + 1), names).length - 1 : commonStart(upper, lower);
  return [
    'the diagrams differ',
    `  expected  ${upper}`,
    `  found     ${lower}`,
    `            ${' '.repeat(column)}^ first difference, at frame ${frame === Infinity ? '?' : frame}`,
    ...(alike ? [`  they look alike there, but ${showWhere(value(first), value(found1))}`] : []),
    ...(isHidden
      ? [
          `  ${names.get(first.text) ?? first.text} was expected at frame ${first.frame} and came at frame ${found1.frame}: a group is as long as it is written`,
        ]
      : []),
    ...[...names].map(([text, letter]) => `  ${letter} = ${text.replace(/^# /, '')}`),
  ].join('\n');
};
