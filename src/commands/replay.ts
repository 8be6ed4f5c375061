import { defer, lastValueFrom, mergeMap, type Observable, tap } from 'rxjs';
import { resolve } from 'node:path';
import { oneLine } from '../model/values/one-line.js';
import { toError } from '../model/fault.js';
import type { Stage } from '../model/flow.js';
import { wireExtensions } from '../extensions/wire.js';
import { replay as replayed, type Replayed } from '../trace/replay-trace.js';
import type { Header } from '../trace/format.js';
import type { Asked } from '../cli/command-line.js';
import type { Options } from '../config/options.js';
import { describe } from '../text/log-records.js';
import { print } from '../cli/print.js';
import { say } from '../system/say.js';
import { askedLines, askedPortion } from '../cli/trace-portion.js';
import { portion } from '../trace/portion.js';
import { errorCode } from '../system/files/error-code.js';
import { exitStatusOf } from '../cli/exit-status-of.js';

const seconds = (at: number): string => `+${(at / 1000).toFixed(3)} s`;

/** A run of the daemon begins, or we come into it. */
const begins = ({ began, at, extensions, missing }: Header): string => {
  const gap =
    missing === undefined
      ? ''
      : `; the ${(missing / 1000).toFixed(3)} s before it are missing: the trace could not be written`;
  const without =
    extensions.length === 0 ? '' : `; with the extensions ${extensions.join(' ')}, whose sinks are not replayed`;
  return `${new Date(began + at).toISOString()}${at === 0 ? '' : `, ${(at / 1000).toFixed(3)} s after the daemon started`}${gap}${without}`;
};

/** What is shown of a replay; inputs are what the trace itself holds. */
const shown = (told: Replayed): string => {
  if ('input' in told) return '';
  if ('header' in told) return `${seconds(told.at)} -     ${begins(told.header)}\n`;
  if ('unanswered' in told) return `${seconds(told.at)} ?     no recorded answer for: ${told.unanswered}\n`;
  if ('unasked' in told)
    return `${seconds(told.at)} !     recorded, but not done by this replay: ${oneLine(told.unasked)}\n`;
  if (told.outcome.kind === 'began' || told.outcome.kind === 'done') return '';
  let lines = '';
  for (const { level, message } of describe(told.outcome))
    if (level !== 'debug') lines += `${seconds(told.at)} ${level.padEnd(5)} ${oneLine(message)}\n`;
  return lines;
};

/** What is printed at a time: held back for longer, it would outlive V8's young generation and wait there for a rare collection. */
const CHUNK_LENGTH = 1 << 13;

/** The stages of these modules; nothing else of them is run. Errs if one cannot be loaded. */
const stagesOf = async (paths: readonly string[]): Promise<readonly { name: string; stage: Stage }[]> => {
  const { loadExtensions } = await import('../daemon/load-extensions.js');
  const all = await lastValueFrom(loadExtensions(paths.map(path => resolve(path))), { defaultValue: [] });
  const extensions = all.map(one => {
    if ('fault' in one) throw new Error(one.fault.message);
    return one.extension;
  });
  return wireExtensions(extensions).stages;
};

/**
 * Runs the pipeline over a trace and prints what it did and would have done. Resolves to the exit status: 1 as well if
 * the trace holds what the replay does not show.
 */
export const replay = (_: Options, asked: Asked): Promise<number> => {
  const {
    words: [path = '-'],
    values: { extension = [] },
  } = asked;
  let text = '';
  let unshown = 0;
  const flush = (): void => {
    const whole = text;
    text = '';
    print(whole);
  };
  const show = (told: Replayed): void => {
    if ('unasked' in told) unshown += 1;
    text += shown(told);
    if (text.length > CHUNK_LENGTH) flush();
  };
  const failed = (error: unknown): number => {
    if (errorCode(error) === 'EPIPE') return 0; // whoever reads has seen enough
    flush();
    say(`${path}: ${toError(error).message}`);
    return 1;
  };
  const end = (): number => {
    if (unshown === 0) return 0;
    say(
      `${path}: ${unshown} of what was recorded ${unshown === 1 ? 'is' : 'are'} not in this replay, see the lines with !`,
    );
    return 1;
  };
  const told$: Observable<Replayed> =
    extension.length === 0
      ? replayed(askedLines(path, asked))
      : defer(() => stagesOf(extension)).pipe(mergeMap(stages => replayed(askedLines(path, asked), stages)));
  return exitStatusOf(told$.pipe(portion(askedPortion(asked)), tap({ next: show, complete: flush })), { failed, end });
};
