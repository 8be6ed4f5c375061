import { Socket } from 'node:net';
import { kill } from 'node:process';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { ignoreElements, Observable } from 'rxjs';
import { createLines } from './lines.js';

export interface ProcessSpec {
  /** absolute; executed under this very name */
  readonly path: string;
  /** the whole environment */
  readonly env: Readonly<Record<string, string>>;
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
}
/** It could not be started. */
export interface ProcessFailed {
  readonly kind: 'failed';
  readonly error: string;
}
export type ProcessEvent = ProcessStarted | ProcessOutput | ProcessExited | ProcessFailed;

export interface Processes {
  /**
   * Runs a program from `/`, without arguments and standard input, in a process group of its own: `started`, `output`s,
   * `exited`; or `failed` alone. Does not wait for children that live on. Unsubscribing kills the whole group at once.
   */
  readonly run: (spec: ProcessSpec) => Observable<ProcessEvent>;
  /** A signal for everything in the group; a group that is gone is left alone. */
  readonly signal: (group: number, name: 'SIGTERM' | 'SIGKILL') => void;
  /** Starts a program for nothing, so that the first one that matters finds everything loaded; then completes. */
  readonly warmUp: () => Observable<never>;
}

/** Milliseconds after the exit in which output is still waited for: a child that lives on may hold the pipes for ever. */
const patience = 100;
/** Bytes taken from a pipe in one turn of the event loop. */
const sip = 16_384;

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'it does not exist, or the interpreter in its first line does not'],
  ['EACCES', 'it may not be executed by this user, or its file system is mounted noexec'],
  ['ENOEXEC', 'it is neither a program for this machine nor a script'],
  ['E2BIG', 'its environment is too large for the kernel'],
  ['ETXTBSY', 'it is being written to'],
  ['EAGAIN', 'there are too many processes'],
  ['ENOMEM', 'there is not enough memory'],
  ['EMFILE', 'the daemon has too many files open'],
]);

const options = {
  buffer: false,
  cleanup: false,
  cwd: '/',
  detached: true,
  extendEnv: false,
  reject: false,
  stdin: 'ignore',
} as const;

/** Reads a stream sip by sip, so that megabytes of output do not keep the event loop from its other work. */
const drink = (stream: Readable, each: (chunk: Buffer) => void): void => {
  let isWaiting = false;
  const pump = (): void => {
    isWaiting = false;
    const chunk: unknown = stream.read(Math.min(sip, stream.readableLength));
    if (!(chunk instanceof Buffer)) return;
    each(chunk);
    isWaiting = true;
    setImmediate(pump);
  };
  stream.on('readable', () => {
    if (!isWaiting) pump();
  });
};

const signal: Processes['signal'] = (group, name) => {
  try {
    kill(-group, name);
  } catch {
    // ESRCH: gone. EPERM: all that is left of it has become another user's.
  }
};

const run: Processes['run'] = ({ path, env }) =>
  new Observable(out => {
    const began = performance.now();
    const child = execa(path, [], { ...options, env });
    const { pid } = child;
    if (pid === undefined) {
      void child.then(({ code, originalMessage }) => {
        const why = reasons.get(code ?? '') ?? 'it cannot be started';
        out.next({ kind: 'failed', error: `${why} (${code ?? originalMessage ?? 'unknown error'})` });
        out.complete();
      });
      return undefined;
    }

    let exited = false;
    const readers = (['stdout', 'stderr'] as const).map(name => {
      const stream = child[name];
      const lines = createLines(line => out.next({ kind: 'output', stream: name, line }));
      drink(stream, chunk => {
        if (!out.closed) lines.push(chunk);
      });
      return { stream, lines };
    });
    child.once('exit', (code, endedBy) => {
      exited = true;
      const duration = performance.now() - began;
      const finish = (): void => {
        clearTimeout(timer);
        for (const { stream, lines } of readers) {
          const left: unknown = stream.read();
          if (left instanceof Buffer) lines.push(left);
          lines.end();
          // It stays open and is read on, so that a child that lives on neither blocks nor dies of a broken pipe.
          if (stream instanceof Socket) stream.unref();
        }
        out.next({ kind: 'exited', code, signal: endedBy, duration });
        out.complete();
      };
      // Timers come before the pipes in the event loop: what has long arrived is read first.
      const timer = setTimeout(() => setImmediate(finish), patience);
      child.once('close', finish);
    });
    out.next({ kind: 'started', pid });
    return () => {
      if (!exited) signal(pid, 'SIGKILL');
    };
  });

/** Real processes, by execa. */
export const createProcesses = (): Processes => ({
  run,
  signal,
  warmUp: () => run({ path: '/bin/true', env: {} }).pipe(ignoreElements()),
});
