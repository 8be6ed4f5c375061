import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ordinarily } from '../lab/daemons/ordinary.js';

/** The built daemon, which is one file and has no node_modules beside it, and a directory for its extensions; no bus is there. */
export interface Extended {
  readonly directory: string;
  /** a file in the directory; its path */
  readonly write: (name: string, text: string, owner?: number) => string;
  /** the path of a configuration that loads these */
  readonly configured: (...extensions: readonly string[]) => string;
  readonly start: (config: string, env?: NodeJS.ProcessEnv) => Started;
  /** what `check` prints; `gone`: its working directory was removed */
  readonly check: (config: string, where?: 'here' | 'gone') => string;
  readonly close: () => void;
}

export interface Started {
  readonly child: ChildProcess;
  readonly until: (what: string) => Promise<void>;
  readonly log: () => string;
}

export const openExtended = (node = process.execPath): Extended => {
  const directory = mkdtempSync(join(tmpdir(), 'broker-extensions-'));
  const [file = '', ...words] = ordinarily(directory, node);
  const running: ChildProcess[] = [];
  const environment = {
    PATH: process.env.PATH,
    DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(directory, 'no-bus')}`,
    RUNTIME_DIRECTORY: directory,
  };
  const write: Extended['write'] = (name, text, owner) => {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o644 });
    if (owner !== undefined) chownSync(path, owner, owner);
    return path;
  };
  return {
    directory,
    write,
    configured: (...extensions) => write('network-broker.toml', `[Extensions]\nLoad = ${JSON.stringify(extensions)}\n`),
    start: (config, env = {}) => {
      const child = spawn(file, [...words, '--config', config], {
        env: { ...environment, ...env },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      running.push(child);
      let log = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
      const until = async (what: string): Promise<void> => {
        for (let tries = 0; !log.includes(what); tries += 1) {
          if (tries > 400 || child.exitCode !== null)
            throw new Error(`expected the log to hold ${what}; the exit status is ${child.exitCode}; it is:\n${log}`);
          await wait(50);
        }
      };
      return { child, until, log: () => log };
    },
    check: (config, where) => {
      const removed = ['sh', '-c', 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"', join(directory, 'gone')];
      const [program, ...args] = [...(where === 'gone' ? removed : []), file, ...words, 'check', '--config', config];
      try {
        return execFileSync(program, args, {
          env: environment,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
          timeout: 30_000,
        });
      } catch (error) {
        const { stdout, stderr } = error as { stdout: string; stderr: string };
        return stdout + stderr;
      }
    },
    close: () => {
      for (const child of running) child.kill('SIGKILL');
      rmSync(directory, { recursive: true });
    },
  };
};
