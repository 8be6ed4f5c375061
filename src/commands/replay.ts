import { tap } from 'rxjs';
import { oneLine } from '../model/values/one-line.js';
import { toError } from '../model/fault.js';
import { replay as replayed, type Replayed } from '../trace/replay-trace.js';
import type { Header } from '../trace/format.js';
import type { Asked } from '../cli/command-line.js';
import type { Options } from '../config/options.js';
import { describe } from '../text/log-records.js';
import { print } from '../cli/print.js';
import { say } from '../system/say.js';
import { linesOf } from '../cli/trace-lines.js';
import { errorCode } from '../system/files/error-code.js';
import { exitStatusOf } from '../cli/exit-status-of.js';

const seconds = (at: number): string => `+${(at / 1000).toFixed(3)} s`;

/** A run of the daemon begins, or we come into it. */
const begins = ({ began, at, extensions, missing }: Header): string => {
  const gap =
    missing === undefined
      ? ''
      : `; the ${(missing / 1000).toFixed(3)} s before it are missing: the trace could not be written`;
  const without = extensions.length === 0 ? '' : `; without the extensions ${extensions.join(' ')}`;
  return `${new Date(began + at).toISOString()}${at === 0 ? '' : `, ${(at / 1000).toFixed(3)} s after the daemon started`}${gap}${without}`;
};

/** What is shown of a replay; inputs are what the trace itself holds. */
const shown = (told: Replayed): string => {
  if ('input' in told) return '';
  if ('header' in told) return `${seconds(told.at)} -     ${begins(told.header)}\n`;
  if ('unanswered' in told) return `${seconds(told.at)} ?     no recorded answer for: ${told.unanswered}\n`;
  if (told.outcome.kind === 'began' || told.outcome.kind === 'done') return '';
  let lines = '';
  for (const { level, message } of describe(told.outcome))
    if (level !== 'debug') lines += `${seconds(told.at)} ${level.padEnd(5)} ${oneLine(message)}\n`;
  return lines;
};

/** What is printed at a time: held back for longer, it would outlive V8's young generation and wait there for a rare collection. */
const CHUNK_LENGTH = 1 << 13;

/** Runs the pipeline over a trace and prints what it did and would have done. Resolves to the exit status. */
export const replay = (_: Options, { words: [path = '-'] }: Asked): Promise<number> => {
  let text = '';
  const flush = (): void => {
    const whole = text;
    text = '';
    print(whole);
  };
  const show = (told: Replayed): void => {
    text += shown(told);
    if (text.length > CHUNK_LENGTH) flush();
  };
  const failed = (error: unknown): number => {
    if (errorCode(error) === 'EPIPE') return 0; // whoever reads has seen enough
    flush();
    say(`${path}: ${toError(error).message}`);
    return 1;
  };
  return exitStatusOf(replayed(linesOf(path)).pipe(tap({ next: show, complete: flush })), { failed });
};
