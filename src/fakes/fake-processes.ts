import {
  asyncScheduler,
  concat,
  EMPTY,
  from,
  map,
  merge,
  NEVER,
  Observable,
  Subject,
  switchMap,
  take,
  timer,
} from 'rxjs';
import type { ProcessEvent, Processes } from '../system/processes/processes.js';

/** What a program does. Times are milliseconds of virtual time; Infinity is for ever. */
export interface FakeProgram {
  readonly takes?: number;
  readonly output?: readonly string[];
  readonly code?: number;
  /** ended by a signal instead of a status: `SIGKILL` */
  readonly endedBy?: string;
  /** how long it goes on after SIGTERM */
  readonly tidiesFor?: number;
  /** bytes of its output beyond the limit */
  readonly cut?: number;
  /** why it cannot be started */
  readonly fails?: string;
}

export interface FakeProcesses extends Processes {
  /** what happened, with the time: `0 run a.d/10-a`, `3 SIGTERM a.d/10-a`, `4 exit a.d/10-a`, `9 kill a.d/10-a` */
  readonly log: readonly string[];
  /** the environments that were given, by path */
  readonly environments: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

const after = (time: number): Observable<unknown> => (time === Infinity ? NEVER : timer(time));

/**
 * Processes in virtual time; `programs` says what the program at a path does (by default it ends after one
 * millisecond).
 *
 * @experimental
 */
export const fakeProcesses = (programs: (path: string) => FakeProgram = () => ({})): FakeProcesses => {
  const log: string[] = [];
  const environments = new Map<string, Readonly<Record<string, string>>>();
  const groups = new Map<number, { readonly path: string; readonly signal$: Subject<string> }>();
  let lastPid = 1000;
  const note = (what: string, path: string): void => {
    log.push(`${asyncScheduler.now()} ${what} ${path.split('/').slice(-2).join('/')}`);
  };

  const run: Processes['run'] = ({ path, env }) =>
    new Observable<ProcessEvent>(out => {
      const { takes = 1, output = [], code = 0, endedBy = null, tidiesFor = 0, cut, fails } = programs(path);
      note('run', path);
      environments.set(path, env);
      if (fails !== undefined) {
        out.next({ kind: 'failed', error: fails });
        out.complete();
        return undefined;
      }
      const pid = (lastPid += 1);
      const began = asyncScheduler.now();
      const signal$ = new Subject<string>();
      groups.set(pid, { path, signal$ });
      let isRunning = true;
      const by = (time: number, signal: string | null) => after(time).pipe(map(() => signal));
      const ended$ = merge(
        by(takes, endedBy),
        signal$.pipe(switchMap(signal => by(signal === 'SIGKILL' ? 0 : tidiesFor, signal))),
      ).pipe(
        take(1),
        map((signal): ProcessEvent => {
          isRunning = false;
          note('exit', path);
          return {
            kind: 'exited',
            code: signal === null ? code : null,
            signal,
            duration: asyncScheduler.now() - began,
            ...(cut !== undefined && { cut }),
          };
        }),
      );
      const first: readonly ProcessEvent[] = [
        { kind: 'started', pid },
        ...output.map((line): ProcessEvent => ({ kind: 'output', stream: 'stdout', line })),
      ];
      out.add(concat(from(first), ended$).subscribe(out));
      return () => {
        if (isRunning) note('kill', path);
      };
    });

  return {
    log,
    environments,
    run,
    signal: (group, name) => {
      const found = groups.get(group);
      if (found === undefined) return;
      note(name, found.path);
      found.signal$.next(name);
    },
    warmUp: () => EMPTY,
  };
};
