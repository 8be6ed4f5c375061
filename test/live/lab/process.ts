import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A line of a process's output, and when it arrived, in milliseconds since the epoch. */
export interface Line {
  readonly at: number;
  readonly text: string;
}

/** A process that runs in the laboratory until it is stopped. */
export interface Process {
  readonly name: string;
  /** its id in the laboratory */
  readonly pid: number;
  /** when it was executed, in milliseconds since the epoch */
  readonly begun: number;
  /** what it has written so far, both streams, in order */
  readonly lines: readonly Line[];
  /** Hands on every later line at once. */
  readonly follow: (listener: (line: string) => void) => void;
  readonly ended: Promise<Ended>;
  readonly running: () => boolean;
  /** Sends the signal and waits for the end; SIGKILL after 10 s, which is an error. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<Ended>;
  /** Makes it stand still, as if it were very slow; `goOn` ends that. */
  readonly pause: () => Promise<void>;
  readonly goOn: () => Promise<void>;
  /** Lets what stands still notice that the laboratory has ended. */
  readonly awake: () => void;
}

export interface Starting {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** sends a signal to a process id of the laboratory */
  readonly kill: (pid: number, signal: NodeJS.Signals) => Promise<void>;
}

/** Starts it; resolves as soon as it has said its process id, which the command must write as its first line. */
export const startProcess = async ({ name, file, args, kill }: Starting): Promise<Process> => {
  const child = execa(file, args, { stdin: 'ignore', buffer: false, reject: false, cleanup: false });
  const ended = child.then(({ exitCode = null, signal = null }) => ({ code: exitCode, signal }));
  const lines: Line[] = [];
  const listeners: ((line: string) => void)[] = [];
  const take = (text: string): void => {
    lines.push({ at: Date.now(), text });
    for (const listener of listeners) listener(text);
  };
  const pid = new Promise<number>(resolve => {
    createInterface({ input: child.stdout })
      .once('line', text => resolve(Number(text)))
      .on('line', take);
  });
  createInterface({ input: child.stderr }).on('line', take);
  const id = await Promise.race([
    pid,
    ended.then(() => {
      throw new Error(`${name} did not start: ${lines.map(line => line.text).join('\n')}`);
    }),
  ]);
  const begun = lines.shift()?.at ?? Date.now();
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> => {
    if (child.exitCode !== null || child.signalCode !== null) return ended;
    await kill(id, signal);
    const late = wait(10_000, 'late' as const, { ref: false });
    const end = await Promise.race([ended, late]);
    if (end !== 'late') return end;
    await kill(id, 'SIGKILL');
    throw new Error(`${name} had not ended 10 s after ${signal}`);
  };
  return {
    name,
    pid: id,
    begun,
    lines,
    follow: listener => listeners.push(listener),
    ended,
    running: () => child.exitCode === null && child.signalCode === null,
    stop,
    pause: () => kill(id, 'SIGSTOP'),
    goOn: async () => {
      child.kill('SIGCONT'); // nsenter stops with what it started
      await kill(id, 'SIGCONT');
    },
    awake: () => child.kill('SIGCONT'),
  };
};
