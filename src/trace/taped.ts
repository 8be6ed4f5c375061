import { EMPTY, Observable, of } from 'rxjs';
import type { Input } from '../model/input.js';
import type { Files } from '../system/files.js';
import type { ProcessEvent, Processes } from '../system/processes.js';
import { encode } from './json.js';
import { type AnswerRecord, writeRecord } from './format.js';

export interface Recorder {
  /** the `tape` of createBroker */
  readonly tape: (input: Input) => void;
  readonly files: (files: Files) => Files;
  readonly processes: (processes: Processes) => Processes;
}

/** A run has several answers, then an end; all else has one. */
export const isRun = (ask: string): boolean => ask.startsWith('run ');

/** The question that a script's run is. */
export const runAsk = (path: string, env: Readonly<Record<string, string>>): string =>
  `run ${env.EVENT_ID ?? ''} ${path}`;
export const listAsk = (directories: readonly string[]): string => `list ${directories.join(' ')}`;
export const ensureAsk = (path: string): string => `ensure ${path}`;
export const readAsk = (path: string): string => `read ${path}`;

/**
 * Writes down what comes in and what the system answers, in the order in which it happens.
 *
 * @param now milliseconds since the trace began
 * @param write takes a line, without its end
 */
export const createRecorder = (now: () => number, write: (line: string) => void): Recorder => {
  const at = (): number => Math.round(now() * 1000) / 1000;
  const last = new Map<string, string>();
  /** Listings are long and rarely change: one that is the same as the last is only called that. */
  const worded = (ask: string, answer: unknown): Pick<AnswerRecord, 'answer' | 'same'> => {
    const text = encode(answer);
    const isSame = last.get(ask) === text;
    last.set(ask, text);
    return isSame ? { same: true } : { answer };
  };
  const taped = <T>(
    ask: string,
    answer$: Observable<T>,
    said: (ask: string, answer: T) => Pick<AnswerRecord, 'answer' | 'same'>,
  ): Observable<T> =>
    new Observable(out => {
      let isNow = true;
      const wrote = (what: Pick<AnswerRecord, 'answer' | 'same' | 'end'>): void =>
        write(writeRecord({ at: at(), ask, ...(isNow && { now: true }), ...what }));
      out.add(
        answer$.subscribe({
          next: answer => {
            wrote(said(ask, answer));
            out.next(answer);
          },
          error: (error: unknown) => out.error(error),
          complete: () => {
            if (isRun(ask)) wrote({ end: true });
            out.complete();
          },
        }),
      );
      isNow = false;
    });

  return {
    tape: input => write(writeRecord({ at: at(), input })),
    files: files => ({
      ...files,
      list: directories => taped(listAsk(directories), files.list(directories), worded),
      read: path => taped(readAsk(path), files.read(path), worded),
      ensureDirectory: path => taped(ensureAsk(path), files.ensureDirectory(path), worded),
    }),
    processes: processes => ({
      ...processes,
      run: spec => taped(runAsk(spec.path, spec.env), processes.run(spec), (_, answer) => ({ answer })),
    }),
  };
};

/** Processes of which none is ever started: what `record` runs without a daemon. */
export const refusedProcesses: Processes = {
  run: () => of<ProcessEvent>({ kind: 'failed', error: 'not run while recording' }),
  signal: () => undefined,
  warmUp: () => EMPTY,
};
