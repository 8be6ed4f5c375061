import { join } from 'node:path';
import { geteuid } from 'node:process';
import { catchError, concatMap, defer, EMPTY, type Observable, of, type OperatorFunction } from 'rxjs';
import { type ConfigText } from '../../config/assignments.js';
import { formatKept, parseKept } from '../../config/kept.js';
import { type InForce, inForce } from '../load-config.js';
import { parseConfig } from '../../config/parse.js';
import { fault, type Fault, toError } from '../../model/fault.js';
import { distrust } from '../../config/trust.js';
import { lastingFile, MAX_FILE_BYTES } from '../../system/files/lasting-file.js';
import { createTrustedWays } from '../../system/files/trusted-ways.js';
import { textOf } from '../../system/files/regular-file.js';

export interface Kept {
  /** undefined if there is no valid one */
  readonly last: InForce | undefined;
  readonly faults: readonly Fault[];
}

/** The last valid configuration, kept across restarts and boots. */
export interface KeptConfiguration {
  /** judged like any other: somebody may have written to it, and this may be another version of the program */
  readonly read: () => Kept;
  /** Saves each that differs from the one before; emits a fault on failure. */
  readonly keep: OperatorFunction<readonly ConfigText[], Fault>;
}

const nothing: Kept = { last: undefined, faults: [] };
/** Whoever starts the daemon by hand sees what is wrong. */
const none: KeptConfiguration = { read: () => nothing, keep: () => EMPTY };

const unusable = (why: string): Kept => ({
  last: undefined,
  faults: [fault('config-last-unusable', `the last valid configuration cannot be used: ${why}`)],
});

/** Kept in the service's state directory (systemd.exec(5)); without one, nothing is kept. */
export const keptConfiguration = ({ STATE_DIRECTORY }: NodeJS.ProcessEnv): KeptConfiguration => {
  const directory = STATE_DIRECTORY?.split(':')[0] ?? '';
  if (directory === '') return none;
  const file = lastingFile(join(directory, 'last-configuration.json'));
  /** This user may write it. */
  const unsafe = (): string | undefined => {
    const { owners, walker } = createTrustedWays();
    return distrust(walker()(file.path).places, [...new Set([...owners, geteuid?.() ?? 0])]);
  };
  return {
    read: () => {
      const why = unsafe(); // before it is read
      const read = file.read();
      if (read.is === 'absent') return nothing;
      if (read.is === 'refused') return unusable(read.why);
      if (why !== undefined) return unusable(why);
      const texts = parseKept(read.text);
      if (texts === undefined) return unusable(`${file.path}: not a configuration that this program kept`);
      const parsed = parseConfig(texts);
      const last = inForce({ ...parsed, texts });
      return last === undefined ? { last, faults: parsed.faults } : { last, faults: [] };
    },
    keep: texts$ =>
      texts$.pipe(
        concatMap(texts =>
          defer((): Observable<never> => {
            const text = formatKept(texts);
            if (text === textOf(file.path, MAX_FILE_BYTES)) return EMPTY;
            if (text.length > MAX_FILE_BYTES) throw new Error(`it is longer than ${MAX_FILE_BYTES} bytes`);
            return file.write(text);
          }).pipe(
            catchError((error: unknown) => {
              const message = `${file.path}: the configuration could not be saved as the last valid one: ${toError(error).message}`;
              return of(fault('config-unkept', message, error));
            }),
          ),
        ),
      ),
  };
};
