import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { describe } from '../../../src/commands/describe.js';
import { replay, type Replayed } from '../../../src/trace/replay.js';
import type { LogRecord } from './broker.js';
import { scriptDirectory } from './broker.js';
import { checkout } from './checkout.js';
import type { Lab } from './lab.js';

const inside = `PATH=${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin ${join(checkout, 'bin', 'network-broker')}`;

/** The lines of the daemon's trace, as its user gets them. */
export const takeTrace = async (lab: Lab, ...options: readonly string[]): Promise<readonly string[]> =>
  (await lab.sh(`${inside} record --config ${scriptDirectory}/network-broker.toml ${options.join(' ')}`))
    .split('\n')
    .filter(line => line !== '');

export const replayed = (lines: readonly string[]): Promise<readonly Replayed[]> =>
  lastValueFrom(replay(lines).pipe(toArray()), { defaultValue: [] });

/** The log of a replay. */
export const replayedLog = async (lines: readonly string[]): Promise<readonly string[]> =>
  (await replayed(lines)).flatMap(told =>
    'outcome' in told
      ? describe(told.outcome).map(({ message }) => message)
      : 'unanswered' in told
        ? [`? ${told.unanswered}`]
        : [],
  );

/** What the daemon's log tells of outcomes; the rest is about the process. */
export const outcomesIn = (log: readonly LogRecord[]): readonly string[] =>
  log.filter(({ kind }) => kind !== 'daemon' && kind !== 'source').map(({ message }) => message);
