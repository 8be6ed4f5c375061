/** Runs a function in a fresh network namespace, in a process of its own that has the package as `netlink`. */
import { buildSync } from 'esbuild';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
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
  symlinkSync(join(root, 'prebuilds'), join(dirname(bundle), 'prebuilds')); // where a bundle looks for the addon
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
