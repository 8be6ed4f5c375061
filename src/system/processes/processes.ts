import { kill } from 'node:process';
import { textToBytes } from '@network-stack/netlink/text';
import { type Ended, type Program, SpawnError } from '@network-stack/spawn';
import { catchError, ignoreElements, Observable, of } from 'rxjs';
import { toError } from '../../model/fault.js';
import type { Tree } from '../../model/config.js';
import type { Cost } from '../../model/outcome.js';
import type { Group } from './cgroups.js';
import { deadline } from '../deadline.js';
import { createBudget, type Output, type Pipe, readOutput } from './output.js';
import { isScarcity, outlasting, SCARCITY_MS } from './scarcity.js';

/** Whom a script is run as, and the tree whose table says so. */
export interface RunAs {
  readonly user: 'root';
  readonly tree: Tree;
  /** below the paths of the tree; empty: these themselves */
  readonly directory: string;
}

export interface ProcessSpec {
  /** absolute; executed under this very name */
  readonly path: string;
  /** what follows its own name */
  readonly args?: readonly string[];
  /** the whole environment */
  readonly env: Readonly<Record<string, string>>;
  /** bytes of its output that are told; what comes then is counted. Without it, everything */
  readonly outputLimit?: number;
  /** id of the event that it runs for */
  readonly event?: number;
  /** absent: as this process's own user */
  readonly as?: RunAs;
}

export interface ProcessStarted {
  readonly kind: 'started';
  /** of the process and of its group */
  readonly pid: number;
}
export interface ProcessOutput {
  readonly kind: 'output';
  readonly stream: 'stdout' | 'stderr';
  /** without control characters; a line longer than 8 KiB comes in pieces */
  readonly line: string;
}
export interface ProcessExited {
  readonly kind: 'exited';
  readonly code: number | null;
  /** `SIGTERM`, … */
  readonly signal: string | null;
  /** milliseconds */
  readonly duration: number;
  /** bytes of its output beyond the limit, if any were */
  readonly cut?: number;
  /** where it had a cgroup of its own */
  readonly cost?: Cost;
  /** whoever runs it for us has ended it, as it took too long */
  readonly timedOut?: boolean;
}
/** It has ended; what it wrote last is still being read. */
export interface ProcessEnded {
  readonly kind: 'ended';
}
/** It could not be started. */
export interface ProcessFailed {
  readonly kind: 'failed';
  readonly error: string;
}
export type ProcessEvent = ProcessStarted | ProcessOutput | ProcessEnded | ProcessExited | ProcessFailed;

export interface Processes {
  /**
   * Runs a program from `/`, without standard input, in a process group of its own: `started`, `output`s,
   * perhaps `ended`, `exited`; or `failed` alone, after 30 s if descriptors, memory or processes lack. Does not wait for children that live on: what they write is read and thrown away until it is
   * more than `outputLimit`, or many others hold pipes. Unsubscribing kills the whole group at once, and all of the cgroup.
   */
  readonly run: (spec: ProcessSpec) => Observable<ProcessEvent>;
  /** A signal for everything in the group, SIGKILL for everything in the cgroup; a group that is gone is left alone. */
  readonly signal: (group: number, name: 'SIGTERM' | 'SIGKILL') => void;
  /** Starts a program for nothing, so that the first one that matters finds everything loaded; then completes. */
  readonly warmUp: () => Observable<never>;
}

/** Milliseconds after the exit in which output is still waited for: a child that lives on may hold the pipes for ever. */
const OUTPUT_TIMEOUT_MS = 100;
/** As long again if so much came meanwhile, up to what pipes and Node can have held at the exit (pipe(7)): a child may write for ever, too. */
const LATE_BYTES = 4096;
const MAX_LATE_BYTES = 4 * 65_536;
const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'it does not exist, or the interpreter in its first line does not'],
  ['EACCES', 'it may not be executed by this user, or its file system is mounted noexec'],
  ['ENOEXEC', 'it is neither an executable for this machine nor a script'],
  ['E2BIG', 'its environment is too large for the kernel'],
  ['ETXTBSY', 'it is being written to'],
  ['EAGAIN', 'there are too many processes'],
  ['ENOMEM', 'there is not enough memory'],
  ['EMFILE', 'the daemon has too many files open'],
  ['ENFILE', 'the system has too many files open'],
]);

const signalGroup: Processes['signal'] = (group, name) => {
  try {
    kill(-group, name);
  } catch {
    // ESRCH: gone. EPERM: all that is left of it has become another user's.
  }
};

const whyNot = (thrown: unknown): string => {
  const code = thrown instanceof SpawnError ? thrown.code : undefined;
  const lasting = isScarcity(thrown) ? `, for ${SCARCITY_MS / 1000} s` : '';
  return `${reasons.get(code ?? '') ?? 'it cannot be started'}${lasting} (${code ?? toError(thrown).message})`;
};

/** What is another user's to run is never run as this one. */
const notAs = ({ user }: RunAs): string =>
  `it is to run as ${user} (User = "${user}" of its tree), which is not possible here`;

/** What was started. */
export interface Begun {
  /** of the process and of its group */
  readonly pid: number;
  readonly stdout: Pipe;
  readonly stderr: Pipe;
  /** where it began in a cgroup of its own */
  readonly group?: Group | undefined;
}

/** Starts a program when subscribed to: emits it once, or errs (SpawnError, TypeError). */
export type Start = (program: Program, ended: Ended) => Observable<Begun>;

/** Real processes, however they are started: the rest is the same for all. */
export const processesBy = (begin: Start): Processes => {
  const running = new Map<number, Group>();
  const signal: Processes['signal'] = (group, name) => {
    signalGroup(group, name);
    if (name === 'SIGKILL') running.get(group)?.kill();
  };

  const start: Processes['run'] = ({ path, args = [], env, outputLimit = Infinity }) =>
    new Observable(out => {
      const began = performance.now();
      const budget = createBudget(outputLimit);
      const outputs = new Set<Output>();
      let exit: Omit<ProcessExited, 'kind' | 'cut'> | undefined;
      let cancel = (): void => undefined;
      let begun: Begun | undefined;

      const finish = (end: Omit<ProcessExited, 'kind' | 'cut'>): void => {
        cancel();
        for (const output of outputs) output.finish();
        out.next({ kind: 'exited', ...end, ...(budget.cut > 0 && { cut: budget.cut }) });
        out.complete();
        if (begun !== undefined) running.delete(begun.pid);
        begun?.group?.leave();
      };
      /** Whoever listens may be slow: while much is to be read, it is. */
      const linger = (end: Omit<ProcessExited, 'kind' | 'cut'>, most: number): void => {
        const before = budget.taken;
        cancel = deadline(OUTPUT_TIMEOUT_MS, () => {
          if (budget.taken - before < LATE_BYTES || budget.taken > most) finish(end);
          else linger(end, most);
        });
      };
      const read = (stream: ProcessOutput['stream'], pipe: Pipe): void => {
        const output = readOutput(
          pipe,
          budget,
          line => out.next({ kind: 'output', stream, line }),
          () => {
            outputs.delete(output);
            if (exit !== undefined && outputs.size === 0) finish(exit);
          },
        );
        outputs.add(output);
      };
      const ended: Ended = (code, signalled) => {
        const cost = begun?.group?.cost();
        const end = { code, signal: signalled, duration: performance.now() - began, ...(cost && { cost }) };
        exit = end;
        if (outputs.size === 0) finish(end);
        else {
          linger(end, budget.taken + MAX_LATE_BYTES);
          out.next({ kind: 'ended' });
        }
      };
      const starting = begin({ path, args, env, cwd: '/', encode: textToBytes }, ended).subscribe({
        next: child => {
          begun = child;
          if (child.group !== undefined) running.set(child.pid, child.group);
          read('stdout', child.stdout);
          read('stderr', child.stderr);
          out.next({ kind: 'started', pid: child.pid });
        },
        error: (error: unknown) => out.error(error),
      });
      return () => {
        starting.unsubscribe();
        if (begun !== undefined && exit === undefined) signal(begun.pid, 'SIGKILL');
        for (const output of outputs) output.leave();
      };
    });

  /** What lacks is waited for: who asks for runs one after the other gets them in that order. */
  const run: Processes['run'] = spec =>
    spec.as === undefined
      ? start(spec).pipe(
          outlasting(),
          catchError((thrown: unknown) => of<ProcessFailed>({ kind: 'failed', error: whyNot(thrown) })),
        )
      : of({ kind: 'failed', error: notAs(spec.as) });

  return { run, signal, warmUp: () => run({ path: '/bin/true', env: {} }).pipe(ignoreElements()) };
};
