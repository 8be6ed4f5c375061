/** Runs a function in a fresh network namespace, in a process of its own that has the package as `netlink`. */
import { buildSync } from 'esbuild';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, jest } from '@jest/globals';
import type * as Netlink from '../../src/index.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const bundle = join(root, 'build', `live-${process.pid}`, 'netlink.mjs');

/** What the function gets; it may use nothing else of its surroundings, as it goes to the other process as text. */
export interface Lab {
  readonly netlink: typeof Netlink;
  /** Runs shell commands and gives their output. */
  readonly sh: (commands: string) => string;
  /** The output of `ip -json` with these arguments. */
  readonly ip: (args: string) => Record<string, unknown>[];
  /** Waits until the condition holds; fails after 10 s with what was waited for. */
  readonly until: (what: string, condition: () => boolean) => Promise<void>;
  /** URL of the package, for workers and other processes. */
  readonly url: string;
}

// A process namespace as well: when the process ends, everything that it has started ends with it.
const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child'];
const unshare = process.getuid?.() === 0 ? namespaces : [...namespaces, '--map-root-user'];
/** A process that takes longer is ended, and its test fails. */
const LIMIT_MS = 60_000;
jest.setTimeout(LIMIT_MS + 10_000);

/** Whether namespaces can be made here; when not, the reason is printed, and CI fails. */
export const possible = ((): boolean => {
  try {
    execFileSync('unshare', [...unshare, 'true'], { stdio: 'pipe' });
    return true;
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    process.stderr.write(`live tests are skipped: no network namespace can be made: ${String(error)}\n`);
    return false;
  }
})();

const prelude = `
import { execSync } from 'node:child_process';
const netlink = await import(process.env.NETLINK_URL);
const sh = commands => execSync(commands, { encoding: 'utf8', maxBuffer: 1 << 28 });
const ip = args => JSON.parse(sh('ip -json ' + args) || '[]');
async function until(what, condition) {
  for (const end = Date.now() + 10_000; !condition(); await new Promise(resolve => setTimeout(resolve, 5)))
    if (Date.now() > end) throw new Error('waited 10 s in vain for ' + what);
}
`;

export interface Outcome<T> {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  readonly result: T | undefined;
}

function build(): void {
  mkdirSync(dirname(bundle), { recursive: true });
  buildSync({
    entryPoints: [join(root, 'src/index.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
  });
}

let built = false;
afterAll(() => rmSync(dirname(bundle), { recursive: true, force: true }));

/** Starts another command without any capability. Node itself cannot do it: Debian 13's refuses setuid(). */
export const powerless: readonly string[] = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--'];

/** Runs `body`, in a process that `by` starts, and tells how it ended. */
export function outcome<T>(body: (lab: Lab) => Promise<T> | T, by: readonly string[] = []): Promise<Outcome<T>> {
  if (!built) build();
  built = true;
  const script = `${prelude}
const result = await (${body.toString()})({ netlink, sh, ip, until, url: process.env.NETLINK_URL });
process.stdout.write('\\n##' + JSON.stringify(result ?? null) + '\\n');`;
  const env = {
    ...process.env,
    NETLINK_URL: `file://${bundle}`,
    NODE_OPTIONS: '--enable-source-maps',
  };
  return new Promise((resolve, reject) => {
    const args = [...unshare, ...by, process.execPath, '--input-type=module', '--expose-gc', '--eval', script];
    const child = spawn('unshare', args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const limit = setTimeout(() => {
      stderr += `\nended after ${LIMIT_MS} ms`;
      child.kill('SIGKILL');
    }, LIMIT_MS);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject).on('close', (code, signal) => {
      clearTimeout(limit);
      const json = /\n##(.*)\n/.exec(stdout)?.[1];
      resolve({ code, signal, stderr, result: json === undefined ? undefined : (JSON.parse(json) as T) });
    });
  });
}

/** Runs `body`, which must end well, and gives its result as JSON carries it. */
export async function inNamespace<T>(body: (lab: Lab) => Promise<T> | T, by: readonly string[] = []): Promise<T> {
  const { code, signal, stderr, result } = await outcome(body, by);
  if (code !== 0) throw new Error(`the process in the namespace ended with ${String(code ?? signal)}:\n${stderr}`);
  return result as T;
}

/** Numbers of system calls, where the filter below can be made. */
const SYSTEM_CALLS = new Map([
  ['x64', { prctl: 157, setsockopt: 54 }],
  ['arm64', { prctl: 167, setsockopt: 208 }],
]).get(process.arch);

/** Whether `refusing` can be; when not, the reason is printed. */
export const filterable = possible && SYSTEM_CALLS !== undefined;
if (possible && !filterable)
  process.stderr.write(
    `tests of older kernels are skipped: numbers of system calls on ${process.arch} are not known\n`,
  );

/**
 * Starts another command as on a kernel that does not know these options of netlink sockets, or in a sandbox that does not
 * let them through: setsockopt() fails with this errno (seccomp(2), linux/filter.h).
 */
export function refusing(options: readonly number[], errno: number): readonly string[] {
  const [SOL_NETLINK, LOAD, IS, RETURN, ALLOW, ERRNO] = [270, 0x20, 0x15, 0x06, 0x7fff0000, 0x50000];
  const { prctl = 0, setsockopt = 0 } = SYSTEM_CALLS ?? {};
  const [NUMBER, LEVEL, OPTION] = [0, 24, 32]; // offsets in struct seccomp_data; of the arguments, the low half (little-endian)
  const rest = options.length;
  const program = [
    [LOAD, 0, 0, NUMBER],
    [IS, 0, rest + 3, setsockopt],
    [LOAD, 0, 0, LEVEL],
    [IS, 0, rest + 1, SOL_NETLINK],
    [LOAD, 0, 0, OPTION],
    ...options.map((option, i) => [IS, rest - i, 0, option]),
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, ERRNO | errno],
  ];
  const filter = program.map(words => `pack("SCCL", ${words.join(',')})`).join('.');
  const script = `my $f = ${filter}; my $p = pack("Sx6P", ${program.length}, $f);
    syscall(${prctl}, 38, 1, 0, 0, 0) == 0 && syscall(${prctl}, 22, 2, $p) == 0 or die "seccomp: $!"; exec @ARGV or die $!`;
  return ['perl', '-e', script, '--'];
}
