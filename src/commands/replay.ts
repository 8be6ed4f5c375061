import { oneLine } from '../system/one-line.js';
import { toError } from '../model/fault.js';
import { replay as replayed, type Replayed } from '../trace/replay.js';
import type { Header } from '../trace/format.js';
import type { Asked, Options } from './command-line.js';
import { describe } from './describe.js';
import { linesOf } from './trace-lines.js';

const seconds = (at: number): string => `+${(at / 1000).toFixed(3)} s`;

/** A run of the daemon begins, or we come into it. */
const begins = ({ began, at, extensions }: Header): string => {
  const without = extensions.length === 0 ? '' : `; without the extensions ${extensions.join(' ')}`;
  return `${new Date(began + at).toISOString()}${at === 0 ? '' : `, ${(at / 1000).toFixed(3)} s after the daemon began`}${without}`;
};

/** What is shown of a replay; inputs are what the trace itself holds. */
const shown = (told: Replayed): readonly string[] => {
  if ('input' in told) return [];
  if ('header' in told) return [`${seconds(told.at)} -     ${begins(told.header)}`];
  if ('unanswered' in told)
    return [`${seconds(told.at)} ?     the trace does not say what came of: ${told.unanswered}`];
  if (told.outcome.kind === 'began' || told.outcome.kind === 'done') return [];
  return describe(told.outcome)
    .filter(({ level }) => level !== 'debug')
    .map(({ level, message }) => `${seconds(told.at)} ${level.padEnd(5)} ${oneLine(message)}`);
};

/** Runs the pipeline over a trace and prints what it did and would have done. Resolves to the exit status. */
export const replay = (_: Options, { words }: Asked): Promise<number> =>
  new Promise(resolve => {
    let text = '';
    const flush = (): void => {
      process.stdout.write(text);
      text = '';
    };
    replayed(linesOf(words[0] ?? '-')).subscribe({
      next: told => {
        for (const line of shown(told)) text += `${line}\n`;
        if (text.length > 1 << 16) flush();
      },
      error: (error: unknown) => {
        flush();
        process.stderr.write(`network-broker: ${words[0] ?? ''}: ${toError(error).message}\n`);
        resolve(1);
      },
      complete: () => {
        flush();
        resolve(0);
      },
    });
  });
