import { describe, expect, test } from '@jest/globals';
import { target } from '@network-stack/addon';
import { buildSync } from 'esbuild';
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, URL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type Program, spawn, SpawnError } from '../../src/index.js';

interface Result {
  readonly pid: number;
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

const run = (program: Partial<Program>): Promise<Result> =>
  new Promise((resolve, reject) => {
    const whole = { path: '/bin/sh', env: { PATH: '/usr/bin:/bin' }, cwd: '/', ...program };
    const { pid, stdout, stderr } = spawn(whole, (code, signal) => {
      output.then(([out, err]) => resolve({ pid, code, signal, out, err }), reject);
    });
    const output = Promise.all([text(stdout), text(stderr)]);
  });
const sh = (command: string, more: Partial<Program> = {}): Promise<Result> => run({ args: ['-c', command], ...more });

const codeOf = (program: Partial<Program>): string => {
  try {
    spawn({ path: '/bin/true', env: {}, cwd: '/', ...program }, () => undefined);
    return 'started';
  } catch (error) {
    return error instanceof SpawnError ? error.code : String(error);
  }
};

const inDirectory = async (use: (directory: string) => Promise<void> | void): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'spawn-'));
  try {
    await use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
};

describe('spawn', () => {
  test('tells the status, or the signal, that a child ended with', async () => {
    expect(await sh('exit 3')).toMatchObject({ code: 3, signal: null });
    expect(await sh('kill -ABRT $$')).toMatchObject({ code: null, signal: 'SIGABRT' });
    expect(await sh('kill -35 $$')).toMatchObject({ code: null, signal: 'SIG35' });
  });

  test('gives both outputs apart, by pipes that the child can open by name', async () => {
    const { out, err } = await sh('echo one; echo two >/dev/stdout; echo three >/dev/stderr; echo four >&2');
    expect([out, err]).toEqual(['one\ntwo\n', 'three\nfour\n']);
  });

  test('gives the arguments, the environment and the directory, and nothing else', async () => {
    const { out } = await sh('echo "$0|$1|$2"; pwd; env', {
      args: ['-c', 'echo "$0|$1|$2"; pwd; exec /usr/bin/env', 'zero', 'größer', ''],
      env: { A: '1 "2"\n3', EMPTY: '' },
      cwd: '/usr',
    });
    expect(out.split('\n').filter(line => !/^(PWD|_|OLDPWD|SHLVL)=/.test(line))).toEqual([
      'zero|größer|',
      '/usr',
      'A=1 "2"',
      '3',
      'EMPTY=',
      '',
    ]);
    expect((await run({ path: '/usr/bin/env', env: {} })).out).toBe('');
  });

  test('makes it the leader of a session, with nothing to read and no descriptor of ours', async () => {
    await inDirectory(async directory => {
      const ours = openSync(join(directory, 'ours'), 'w');
      const { pid, out } = await sh('ps -o pgid= -o sid= -p $$; readlink /proc/$$/fd/*');
      closeSync(ours);
      const [groups, ...open] = out.trim().split('\n');
      expect(groups?.trim().split(/\s+/)).toEqual([String(pid), String(pid)]);
      expect(open.slice(0, 3)).toEqual(['/dev/null', expect.stringMatching(/^pipe:/), expect.stringMatching(/^pipe:/)]);
      expect(open).not.toContain(join(directory, 'ours'));
    });
  });

  test('leaves it no signal blocked or ignored, whatever is so here', async () => {
    const ofLibrary = 0x180000000n; // of threads, which are none of ours: 32 and 33
    const { out } = await run({ path: '/bin/grep', args: ['-E', '^Sig(Blk|Ign)', '/proc/self/status'] });
    const sets = out.match(/[0-9a-f]{16}/g) ?? [];
    expect(sets.map(set => BigInt(`0x${set}`) & ~ofLibrary)).toEqual([0n, 0n]);
    expect(readFileSync('/proc/self/status', 'utf8')).not.toMatch(/^SigIgn:\t0+$/m);
  });

  test('says by errno why nothing was started', async () => {
    await inDirectory(directory => {
      const file = join(directory, 'file');
      writeFileSync(file, '');
      expect(codeOf({ path: file })).toBe('EACCES');
      expect(codeOf({ path: directory })).toBe('EACCES');
      expect(codeOf({ path: join(directory, 'none') })).toBe('ENOENT');
      expect(codeOf({ cwd: join(directory, 'none') })).toBe('ENOENT');
      expect(codeOf({ env: { A: 'x'.repeat(200_000) } })).toBe('E2BIG');
    });
  });

  test.each(['path', 'cwd'])('a NUL in the %s is refused, not cut off', key => {
    expect(codeOf({ [key]: '/bin/true\0x' })).toMatch(/^TypeError: expected .* found a NUL/);
  });

  test('a directory that is no cgroup is refused, and nothing was started', () => {
    const cgroup = openSync('/', 'r');
    expect(codeOf({ cgroup })).toMatch(/^(EBADF|ENODEV)$/); // ENODEV: without clone3(2)
    closeSync(cgroup);
  });

  test('a NUL in an argument or in a variable is refused, as it would make two', () => {
    expect(codeOf({ args: ['a\0b'] })).toMatch(/NUL/);
    expect(codeOf({ env: { A: '1\0B=2' } })).toMatch(/NUL/);
  });

  test('gives a script without a first line to the shell, by its own name', async () => {
    await inDirectory(async directory => {
      const file = join(directory, 'script');
      writeFileSync(file, 'echo "$0 $*"; exit 4\n');
      chmodSync(file, 0o755);
      expect(await run({ path: file, args: ['a'] })).toMatchObject({ out: `${file} a\n`, code: 4 });
    });
  });

  test('many at once end each with its own status', async () => {
    const codes = Array.from({ length: 100 }, (_, nth) => nth);
    const results = await Promise.all(codes.map(code => sh(`exit ${code}`)));
    expect(results.map(({ code }) => code)).toEqual(codes);
  });

  test('leaves neither descriptors nor zombies, also when nothing could be started', async () => {
    const open = (): number => readdirSync('/proc/self/fd').length;
    await sh('true');
    const before = open();
    for (let n = 0; n < 300; n += 1) expect(codeOf({ path: '/none' })).toBe('ENOENT');
    const results = await Promise.all(Array.from({ length: 50 }, () => sh('true')));
    expect(open()).toBeLessThanOrEqual(before);
    for (const { pid } of results) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  test('Node watches its own children as before', async () => {
    const own = new Promise(resolve => execFile('/bin/sh', ['-c', 'exit 5'], error => resolve(error?.code)));
    expect(await sh('exit 6')).toMatchObject({ code: 6 });
    expect(await own).toBe(5);
  });

  test('a worker can be terminated while its child runs, which lives on', async () => {
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      const { spawn } = require(workerData);
      const args = ['-c', 'sleep 60', ''].map(each => each + '\\0').join('');
      parentPort.postMessage(spawn(Buffer.from('/bin/sh\\0'), Buffer.from('sh\\0' + args), Buffer.from(''), Buffer.from('/\\0'), () => undefined, -1)[0]);
      setInterval(() => undefined, 1000);`;
    const addon = new URL(`../../prebuilds/${target()}/spawn.node`, import.meta.url).pathname;
    const worker = new Worker(code, { eval: true, workerData: addon });
    const pid = await new Promise<number>(resolve => worker.once('message', resolve));
    await worker.terminate();
    expect(() => process.kill(pid, 0)).not.toThrow();
    process.kill(-pid, 'SIGKILL');
  });
});

test('the example of the README runs', () => {
  const [, example = ''] =
    /```js\n(.*?)```/s.exec(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')) ?? [];
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { outputFiles } = buildSync({
    stdin: { contents: example.replace('@network-stack/spawn', './src/index.ts'), resolveDir: root },
    ...{ bundle: true, platform: 'node', format: 'esm', packages: 'external', write: false },
  });
  const program = outputFiles[0]?.text ?? '';
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(printed.split('\n').sort()).toEqual(['', expect.stringMatching(/^\d+ ended with 0$/), 'LINK=eth0']);
});

test('what a program is given need not be UTF-8: the caller says which bytes its texts are', async () => {
  const encode = (text: string): Uint8Array => Buffer.from(text, 'latin1');
  const hex = 'printf %s "$LINK" | od -An -tx1';
  expect((await run({ args: ['-c', hex], env: { LINK: 'wl\xe4n0', PATH: '/usr/bin:/bin' }, encode })).out.trim()).toBe(
    '77 6c e4 6e 30',
  );
});
