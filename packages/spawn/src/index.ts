import { Socket } from 'node:net';
import { constants } from 'node:os';
import { versions } from 'node:process';
import { AddonError } from '@network-stack/addon';
import { addon } from './addon.js';

/** Nothing was started. `code` is the errno's name: `ENOENT`, `EACCES`, `E2BIG`, … */
export class SpawnError extends Error {
  override readonly name = 'SpawnError';
  constructor(
    readonly code: string,
    path: string,
  ) {
    super(`expected to execute ${path}, found ${code}`);
  }
}

export interface Program {
  /** of the file; PATH is not searched */
  readonly path: string;
  /** what follows the name of the program itself */
  readonly args?: readonly string[];
  /** the whole environment */
  readonly env: Readonly<Record<string, string>>;
  /** the directory it begins in */
  readonly cwd: string;
  /** an open directory of a cgroup (version 2) that it begins in, or, where clone3(2) is not to be had, moves into before it begins; ENODEV, EBADF: it cannot */
  readonly cgroup?: number;
  /** the bytes of these texts; UTF-8 unless told otherwise */
  readonly encode?: (text: string) => Uint8Array;
}

export interface Child {
  /** of the process, of its group and of its session */
  readonly pid: number;
  /** a pipe: the end comes when every process that inherited it has ended or closed it */
  readonly stdout: Socket;
  readonly stderr: Socket;
}

/** The status or the name of the signal (`SIGTERM`, `SIG34`) that it ended with; both null: somebody else has waited for it. */
export type Ended = (code: number | null, signal: string | null) => void;

/** By number. The first of several names counts: SIGABRT, not SIGIOT. */
const byNumber = (names: Readonly<Record<string, number>>): ReadonlyMap<number, string> =>
  new Map(
    Object.entries(names)
      .map(([name, number]): [number, string] => [number, name])
      .reverse(),
  );
const signals = byNumber(constants.signals);
const errors = byNumber(constants.errno); // libuv has no name for ENOEXEC

const utf8 = (text: string): Uint8Array => Buffer.from(text);

/** @throws TypeError when a text has a NUL in it: to C it would end there */
export const refuseNul = ({ path, args = [], env, cwd }: Program): void => {
  if ([path, ...args, ...Object.entries(env).flat(), cwd].some(text => text.includes('\0')))
    throw new TypeError(`expected to execute ${JSON.stringify(path)} with texts that C can take, found a NUL in one`);
};

/** Can programs be started by the addon here? Bun and Deno lack `uv_signal_init`, and end when it is called. */
export const isAvailable = (): boolean => {
  if ('bun' in versions || 'deno' in versions) return false;
  try {
    addon();
    return true;
  } catch (error) {
    if (error instanceof AddonError) return false;
    throw error;
  }
};

const reading = (fd: number): Socket => new Socket({ fd, readable: true, writable: false });

/**
 * Starts a program by posix_spawn(3), or in a cgroup by clone3(2): in a session of its own, with no signal blocked or ignored, standard input from
 * /dev/null and no other descriptor of this process. A script without `#!` is given to /bin/sh, as by execvp(3).
 *
 * @param ended called once, from the event loop
 * @throws SpawnError when it cannot be executed; TypeError when a text has a NUL in it
 */
export const spawn = (program: Program, ended: Ended): Child => {
  const { path, args = [], env, cwd, cgroup = -1, encode = utf8 } = program;
  const packed = (texts: readonly string[]): Uint8Array => encode(texts.map(text => `${text}\0`).join(''));
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  refuseNul(program);
  const exited = (code: number, signal: number): void =>
    ended(code < 0 ? null : code, signal === 0 ? null : (signals.get(signal) ?? `SIG${signal}`));
  const begun = addon().spawn(
    packed([path]),
    packed([path, ...args]),
    packed(variables),
    packed([cwd]),
    exited,
    cgroup,
  );
  if (typeof begun !== 'number') return { pid: begun[0], stdout: reading(begun[1]), stderr: reading(begun[2]) };
  const code = errors.get(-begun) ?? `error ${-begun}`;
  if (code === 'ENOEXEC' && path !== '/bin/sh')
    return spawn({ ...program, path: '/bin/sh', args: [path, ...args] }, ended);
  throw new SpawnError(code, path);
};
