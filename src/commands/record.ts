import { join } from 'node:path';
import { lastValueFrom, takeUntil, tap } from 'rxjs';
import { toError } from '../model/fault.js';
import { signals } from '../system/signals.js';
import { type Kept, keptIn } from '../system/files/trace-ring.js';
import { fetching, type Wanted } from '../system/sockets/trace-socket.js';
import { createLineCutter } from '../trace/line-cutter.js';
import { createRedactor } from '../trace/redact/redact.js';
import type { Asked } from '../cli/command-line.js';
import type { Options } from '../config/options.js';
import { recordOwn } from '../daemon/live-recording.js';
import { say } from '../system/say.js';
import { tracePaths } from '../daemon/tracer.js';
import { errorCode } from '../system/files/error-code.js';

/** The lines of a daemon's trace as they come, those of one piece together; ends with the daemon, or when asked to. */
const linesOf = (path: string, wanted: Wanted, each: (lines: readonly string[]) => void): Promise<unknown> => {
  const cutter = createLineCutter();
  return lastValueFrom(
    fetching(path, wanted).pipe(
      tap(piece => each(cutter.push(piece))),
      takeUntil(signals('SIGINT', 'SIGTERM')),
    ),
    { defaultValue: '' },
  );
};

const keptLines = ({ read }: Kept): readonly string[] => {
  const decoder = new TextDecoder();
  const cutter = createLineCutter();
  const lines: string[] = [];
  for (let piece = read(); piece !== undefined; piece = read())
    for (const line of cutter.push(decoder.decode(piece, { stream: true }))) lines.push(line);
  return [...lines, cutter.rest()].filter(line => line !== '');
};

/**
 * Writes a trace to standard output: the daemon's, as far back as it is kept; with --follow, or if none is kept, what happens from
 * now on; without a daemon what the last one kept, or what one would see and do now. Resolves to the exit status.
 */
export const record = async (options: Options, { flags }: Asked): Promise<number> => {
  const redactor = flags.includes('redact') ? createRedactor() : undefined;
  const print = (line: string): void => {
    process.stdout.write(`${redactor === undefined ? line : redactor.hide(line)}\n`);
  };
  const isFollowing = flags.includes('follow');
  const takeFrom = async (path: string): Promise<void> => {
    const kept: string[] = [];
    await linesOf(path, isFollowing ? 'follow' : 'kept', lines => {
      if (isFollowing) lines.forEach(print);
      else kept.push(...lines);
    });
    if (kept.length === 0 && !isFollowing) {
      say('tracing is off (System.Trace): recording the daemon live until Ctrl-C');
      await linesOf(path, 'live', lines => lines.forEach(print));
    }
    kept.forEach(line => redactor?.learn(line)); // a name may be told late
    kept.forEach(print);
  };
  const sockets = new Set([tracePaths(process.env).socket, join('/run/network-broker', 'trace.sock')]);
  for (const path of sockets)
    try {
      await takeFrom(path);
      return 0;
    } catch (error) {
      if (errorCode(error) === 'EACCES') {
        say(`${path}: only root and the daemon's user may read its trace: try sudo`);
        return 1;
      }
      if (!['ENOENT', 'ECONNREFUSED'].includes(errorCode(error))) {
        say(toError(error).message);
        return 1;
      }
    }
  const left = isFollowing ? undefined : keptIn(tracePaths(process.env).ring);
  if (left === undefined) return recordOwn(options, print);
  say('no daemon is running: this is the trace that the last one kept; --follow records new events');
  const lines = keptLines(left);
  lines.forEach(line => redactor?.learn(line));
  lines.forEach(print);
  return 0;
};
