import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ordinarily } from '../lab/daemons/ordinary.js';

// The built daemon as a process, where no bus answers: what it says, how it ends. `make build` comes first.
let directory = '';
let config = '';
let program: readonly string[] = [];
let running: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'broker-command-'));
  program = ordinarily(directory);
  config = join(directory, 'network-broker.toml');
  writeFileSync(config, '');
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running = [];
  rmSync(directory, { recursive: true });
});

const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(directory, 'no-bus')}`,
  RUNTIME_DIRECTORY: directory,
  ...more,
});

/** Starts it with standard error in a file, which is how the tests see all that was logged. */
const start = (args: readonly string[], envOf: (fd: number) => NodeJS.ProcessEnv = () => ({})) => {
  const logFile = join(directory, `log-${running.length}`);
  const fd = openSync(logFile, 'w');
  const [file = '', ...words] = program;
  const child = spawn(file, [...words, ...args], {
    env: environment(envOf(fd)),
    stdio: ['ignore', 'pipe', fd],
  });
  closeSync(fd);
  running.push(child);
  let printed = '';
  child.stdout?.on('data', chunk => (printed += String(chunk)));
  const ended = once(child, 'close');
  const log = () => readFileSync(logFile, 'utf8');
  return {
    child,
    log,
    /** exit status, and what was printed */
    ended: async () => ({ status: (await ended)[0] as unknown, printed, log: log() }),
    logged: async (text: string) => {
      const last = Date.now() + 5_000;
      while (!log().includes(text)) {
        if (Date.now() > last) throw new Error(`expected "${text}" in the log within 5 s, found:\n${log()}`);
        await wait(10);
      }
    },
  };
};
const daemon = (...args: readonly string[]) => start(['run', '--config', config, ...args]);

describe('what is asked wrongly or quickly answered', () => {
  test('--version and --help print and succeed', async () => {
    expect(await start(['--version']).ended()).toMatchObject({
      status: 0,
      printed: expect.stringMatching(/^network-broker \d/),
    });
    expect(await start(['check', '--help']).ended()).toMatchObject({
      status: 0,
      printed: expect.stringMatching(/^Usage: /),
    });
  });

  test('wrong usage ends with status 2 and says what is wrong', async () => {
    expect(await start(['chekc']).ended()).toEqual({
      status: 2,
      printed: '',
      log: "network-broker: there is no command 'chekc'; did you mean check?\nTry: network-broker --help\n",
    });
  });

  test('explain says what a fault means, without a daemon, or which one was probably meant', async () => {
    expect(await start(['explain', 'config-twice']).ended()).toEqual({
      status: 0,
      printed: expect.stringMatching(/^config-twice \(error\)\n\n.*\n\nWhat to do: .*\n$/),
      log: '',
    });
    const json = await start(['explain', '--json', 'source-lost']).ended();
    expect(JSON.parse(json.printed)).toEqual({
      code: 'source-lost',
      severity: 'warn',
      meaning: expect.any(String),
      remedy: expect.any(String),
    });
    expect(await start(['explain', 'sorce-lost']).ended()).toEqual({
      status: 1,
      printed: '',
      log: "network-broker: there is no fault code 'sorce-lost'; did you mean source-lost?\n",
    });
    expect(await start(['explain', 'eth0']).ended()).toMatchObject({
      status: 1,
      log: "network-broker: there is no fault code 'eth0'; docs/faults.md lists all but those of extensions\n",
    });
  });

  test('check names every fault of the configuration, the missing bus as well, and fails', async () => {
    writeFileSync(config, '[System]\nLogLevel = "loud"\n[Scripts]\nMaxParallel = 0\n');
    const { status, printed } = await start(['check', '-c', config]).ended();
    expect(status).toBe(1);
    expect(printed).toContain(`error  configuration  ${config}:2: [System] LogLevel: expected one of`);
    expect(printed).toContain(`error  configuration  ${config}:4: [Scripts] MaxParallel: expected`);
    expect(printed).toMatch(/^error {2}bus .*is dbus running\?$/m);
    expect(printed).not.toContain('\u001b');
    expect(printed).not.toContain('ok     generator'); // of a configuration that is wrong nobody knows
  });
});

describe('the daemon', () => {
  test('does not start with a wrong configuration, names all faults and fails', async () => {
    writeFileSync(config, '[System]\nLogLevel = "loud"\nGenerator = "x"\n');
    const { status, log } = await daemon().ended();
    expect(status).toBe(78);
    expect(log).toContain('LogLevel');
    expect(log).toContain('Generator');
    expect(log).toContain(`fatal not started: ${config} has errors`);
  });

  test('waits for a bus that is not there, and stops when asked, with status 0', async () => {
    const { child, logged, ended } = daemon();
    await logged('trying again');
    child.kill('SIGTERM');
    expect(await ended()).toMatchObject({ status: 0, log: expect.stringMatching(/info stopped\n$/) });
  });

  test('SIGHUP reads the configuration again; a wrong one is refused and the old one kept', async () => {
    const { child, log, logged, ended } = daemon();
    await logged('trying again');
    writeFileSync(config, '[System]\nLogLevel = "loud"\n');
    child.kill('SIGHUP');
    await logged('the configuration has errors; the previous one stays in use');
    expect(log()).toContain(`${config}:2: [System] LogLevel`);
    writeFileSync(config, '[System]\nLogLevel = "fatal"\nColour = 1\n');
    child.kill('SIGHUP');
    await logged('has no key Colour');
    child.kill('SIGINT');
    const { status, log: all } = await ended();
    expect(status).toBe(0);
    expect(all).not.toContain('stopped'); // the new level was taken
  });

  test('an option goes before the configuration, also after a reload', async () => {
    const { child, logged, ended } = daemon('--log-level', 'info', '--log-format', 'json');
    await logged('trying again');
    writeFileSync(config, '[System]\nLogLevel = "fatal"\n');
    child.kill('SIGHUP');
    await logged('rereading the configuration');
    child.kill('SIGTERM');
    const { log } = await ended();
    const records = log
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>);
    expect(records.at(-1)).toEqual({ level: 'info', time: expect.any(String), kind: 'daemon', message: 'stopped' });
  });

  test("in the journal each line has syslog's priority, elsewhere not, whatever variable was inherited", async () => {
    const journal = start(['run', '-c', config], fd => {
      const { dev, ino } = fstatSync(fd);
      return { JOURNAL_STREAM: `${dev}:${ino}` };
    });
    await journal.logged('trying again');
    journal.child.kill('SIGTERM');
    for (const line of (await journal.ended()).log.trim().split('\n')) expect(line).toMatch(/^<[2-7]>\S/);
    // One after the other: a runtime directory is one daemon's.
    const elsewhere = start(['run', '-c', config], () => ({ JOURNAL_STREAM: '8:12345' }));
    await elsewhere.logged('trying again');
    elsewhere.child.kill('SIGTERM');
    for (const line of (await elsewhere.ended()).log.trim().split('\n'))
      expect(line).toMatch(/^\d{4}-\S+Z (info|warn) /);
  });

  test('goes on when nobody reads its log any more', async () => {
    const [file = '', ...words] = program;
    const child = spawn(file, [...words, '-c', config], {
      env: environment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running.push(child);
    let said = '';
    while (!said.includes('trying again')) said += String((await once(child.stderr, 'data'))[0]); // it hears signals by now
    child.stderr.destroy();
    await once(child.stderr, 'close');
    child.kill('SIGHUP'); // makes it write
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
