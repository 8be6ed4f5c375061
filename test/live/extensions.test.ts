import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ordinarily } from './lab/ordinary.js';

// Extensions in the built daemon, which is one file and has no node_modules beside it.
let directory = '';
let program: readonly string[] = [];
let running: ChildProcess | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'broker-extensions-'));
  program = ordinarily(directory);
});
afterEach(() => {
  running?.kill('SIGKILL');
  running = undefined;
  rmSync(directory, { recursive: true });
});

const write = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text, { mode: 0o644 });
  return path;
};
const environment = () => ({
  PATH: process.env.PATH,
  DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(directory, 'no-bus')}`,
  RUNTIME_DIRECTORY: directory,
});
const configured = (...extensions: readonly string[]): string =>
  write('network-broker.toml', `[Extensions]\nLoad = ${JSON.stringify(extensions)}\n`);

const start = (config: string) => {
  const [file = '', ...words] = program;
  const child = spawn(file, [...words, '--config', config], {
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running = child;
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const until = async (what: string): Promise<void> => {
    for (let tries = 0; !log.includes(what); tries += 1) {
      if (tries > 200 || child.exitCode !== null) throw new Error(`expected the log to hold ${what}; it is:\n${log}`);
      await wait(50);
    }
  };
  return { child, until, log: () => log };
};

const teller = `
export default ({ rxjs, operators, events, defineExtension }) => {
  const { filter, map, tap, timer } = rxjs;
  return defineExtension({
    name: 'teller',
    sources: [() => timer(0, 50).pipe(map(nth => ({ payload: { nth } })))],
    stages: [source => source.pipe(operators.settle(), map(step => {
      if (step.event.payload?.nth === 1) throw new Error('not this one');
      return step;
    }))],
    sinks: [({ step$ }, report) => step$.pipe(
      filter(({ event }) => events.isExtension(event)),
      tap(({ event }) => report(events.fault('warn', 'told',
        'told ' + event.payload.nth + ' by ' + (step$ instanceof rxjs.Observable ? 'the same' : 'another') + ' rxjs'))),
    )],
  });
};`;

describe('extensions in the built daemon', () => {
  test('it hands over its own rxjs; a stage that throws costs one event', async () => {
    const { child, until, log } = start(configured(write('teller.mjs', teller)));
    await until('told 2 by the same rxjs');
    expect(log()).toContain('extension teller: told 0 by the same rxjs');
    expect(log()).toContain('extension teller threw: not this one; the event is dropped');
    expect(log()).not.toContain('told 1 by');
    child.kill('SIGTERM');
    const [status] = (await once(child, 'close')) as [number];
    expect(status).toBe(0);
  });

  test('what an extension throws in a timer of its own, or a promise, is a fault, too', async () => {
    const stray = write(
      'stray.mjs',
      `export default ({ defineExtension }) => {
        setTimeout(() => { throw new Error('in a timer'); }, 100);
        setTimeout(() => { void Promise.reject(new Error('in a promise')); }, 200);
        return defineExtension({ name: 'stray' });
      };`,
    );
    const { until, child } = start(configured(stray));
    await until(`extension ${stray} threw outside its streams: in a timer`);
    await until(`extension ${stray} threw outside its streams: in a promise`);
    expect(child.exitCode).toBeNull();
  });

  test('one that cannot be loaded is said, and the daemon runs without it', async () => {
    const { until } = start(configured(join(directory, 'absent.mjs')));
    await until(`extension ${directory}/absent.mjs is not loaded: there is no absent.mjs`);
    await until('trying again');
  });

  test('check loads and lists them, and fails for one that cannot be loaded', () => {
    const check = (config: string): string => {
      try {
        const [file = '', ...words] = program;
        const args = [...words, 'check', '--config', config];
        return execFileSync(file, args, { env: environment(), encoding: 'utf8' });
      } catch (error) {
        return (error as { stdout: string }).stdout;
      }
    };
    const path = write('teller.mjs', teller);
    expect(check(configured(path))).toMatch(
      /^ok +extensions +\S+teller\.mjs: teller, with 1 stages, 1 sinks, 1 sources$/m,
    );
    expect(check(configured(join(directory, 'absent.mjs')))).toMatch(/^error +extensions .*absent\.mjs is not loaded/m);
  });
});
