import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { firstProcess, inside, type LabOptions } from './namespace/first-process.js';
import { type User, users } from './namespace/users.js';
import { type Look, poll } from './poll.js';
import { type Process, startProcess } from './process.js';

export interface Starts {
  readonly as?: User;
  readonly env?: Readonly<Record<string, string>>;
  /** another network namespace of the laboratory */
  readonly netns?: string;
}

/** A private set of namespaces: mounts, network, processes, host name. Nothing in it reaches the host, nothing of it stays. */
export interface Lab {
  /** Runs sh commands as root and gives their output; throws with what they wrote if they fail. */
  readonly sh: (commands: string, starts?: Starts) => Promise<string>;
  /** Starts a process that stays. */
  readonly start: (name: string, command: readonly string[], starts?: Starts) => Promise<Process>;
  /** Where a file of the laboratory is seen from outside. */
  readonly path: (path: string) => string;
  /** Writes a file, with its directories, as root. */
  readonly write: (path: string, text: string | Uint8Array, mode?: number) => Promise<void>;
  /** The file's contents; empty if there is none. */
  readonly read: (path: string) => Promise<string>;
  /** Waits until `look` gives something, 20 s at most unless told otherwise; a failure tells what every process wrote last. */
  readonly until: <T>(what: string, look: Look<T>, seconds?: number) => Promise<T>;
  readonly processes: readonly Process[];
  readonly close: () => Promise<void>;
}

/** Stops when it is asked to, when its input ends, and so also when this process dies. */
const enterNew = async (
  options: LabOptions,
): Promise<{ prefix: string[]; root: string; close: () => Promise<void> }> => {
  const { file, args, env } = firstProcess(options);
  const child = execa(file, args, { env, extendEnv: false, reject: false, cleanup: false });
  await Promise.race([
    once(child.stdout, 'data'),
    child.then(({ stderr }) => {
      throw new Error(`no laboratory could be made: ${stderr}`);
    }),
  ]);
  const pid = String(child.pid);
  return {
    prefix: ['nsenter', '-t', pid, '-m', '-u', '-n', '-i', `--pid=/proc/${pid}/ns/pid_for_children`],
    root: `/proc/${pid}/root`,
    close: async () => {
      child.stdin.end();
      await child;
    },
  };
};

const tail = ({ name, lines, running }: Process): string =>
  `--- ${name} (${running() ? 'running' : 'ended'}), last lines:\n${lines
    .slice(-25)
    .map(({ text }) => `    ${text}`)
    .join('\n')}`;

/** Opens a laboratory. In the environment of `LABORATORY=inside` this process is in one already (first-process.ts). */
export const openLab = async (options: LabOptions = {}): Promise<Lab> => {
  const { prefix, root, close } = inside()
    ? { prefix: [], root: '', close: () => Promise.resolve() }
    : await enterNew(options);
  const processes: Process[] = [];

  const drop = (as: User): readonly string[] => [
    'setpriv',
    ...(process.getuid?.() === 0
      ? ['--reuid', String(users[as]), '--regid', String(users[as]), '--clear-groups']
      : ['--ambient-caps=-all']),
    '--inh-caps=-all',
  ];
  const command = (words: readonly string[], { as, env = {}, netns }: Starts): [string, string[]] => {
    const variables = Object.entries({ PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/', ...env }).map(
      ([key, value]) => `${key}=${value}`,
    );
    const all = [
      ...prefix,
      ...(netns === undefined ? [] : ['nsenter', `--net=/run/netns/${netns}`]),
      ...(as === undefined || as === 'root' ? [] : drop(as)),
      'env',
      '-i',
      ...variables,
      ...words,
    ];
    return [all[0] ?? '', all.slice(1)];
  };

  const sh: Lab['sh'] = async (commands, starts = {}) => {
    const [file, args] = command(['sh', '-euc', commands], starts);
    const { stdout } = await execa(file, args, { stripFinalNewline: false, maxBuffer: 1 << 28 });
    return stdout;
  };
  const start: Lab['start'] = async (name, words, starts = {}) => {
    const [file, args] = command(['sh', '-c', 'echo $$; exec "$@"', name, ...words], starts);
    const kill = async (pid: number, signal: string): Promise<void> => {
      await sh(`kill -${signal.slice(3)} ${pid}`);
    };
    const started = await startProcess({ name, file, args, kill });
    processes.push(started);
    return started;
  };
  const path: Lab['path'] = file => `${root}${file}`;
  const write: Lab['write'] = async (file, text, mode = 0o644) => {
    await mkdir(dirname(path(file)), { recursive: true });
    await writeFile(path(file), text);
    await chmod(path(file), mode);
  };
  const read: Lab['read'] = file => readFile(path(file), 'utf8').catch(() => '');
  const until: Lab['until'] = async (what, look, seconds = 20) => {
    const found = await poll(look, seconds);
    if (found === undefined)
      throw new Error(`waited ${seconds} s in vain for ${what}\n${processes.map(tail).join('\n')}`);
    return found;
  };
  return {
    sh,
    start,
    path,
    write,
    read,
    until,
    processes,
    close: async () => {
      const closed = close();
      processes.forEach(({ awake }) => {
        awake();
      });
      await closed;
    },
  };
};

/** A laboratory for one test, whatever becomes of it. */
export const withLab = async (body: (lab: Lab) => Promise<void>): Promise<void> => {
  const lab = await openLab();
  try {
    await body(lab);
  } finally {
    await lab.close();
  }
};
