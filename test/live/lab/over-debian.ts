// over-debian RELEASE [COMMAND [ARGUMENT ...]]: runs the command in this checkout as if the host were that Debian, by the
// Node that it has (the host's if it has none). Without a command tells whether that can be. Status 75: it cannot, and why.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './checkout.js';
import { enterRoot, rootInMemory } from './systems/root-in-memory.js';
import { debianRoot, isRelease } from './systems/root.js';

const impossible = 75; // EX_TEMPFAIL of sysexits.h

const [named, ...command] = process.argv.slice(2);
const release = Number(named);

/** What a user may say of tests by variables. */
const passed = ['CI', 'LIVE_LONG'];

const run = (root: string, words: readonly string[], stdio: 'inherit' | 'pipe') => {
  const binds = existsSync(join(root, 'usr/bin/node')) ? {} : { [process.execPath]: '/usr/bin/node' };
  const environment = { LABORATORY_RELEASE: String(release), PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };
  const given = Object.fromEntries(passed.map(name => [name, process.env[name]]));
  const script = `set -eu\n${rootInMemory(root, binds, [checkout])}\n${enterRoot}\ncd '${checkout}'\nexec "$@"`;
  const namespaces = ['--mount', '--pid', '--propagation', 'private', '--fork', '--kill-child'];
  return spawnSync('unshare', [...namespaces, 'sh', '-c', script, 'over-debian', ...words], {
    stdio: ['ignore', stdio, stdio],
    encoding: 'utf8',
    env: { ...environment, ...given },
  });
};

const attempt = (): number => {
  if (!isRelease(release)) throw new Error(`expected 12 or 13, a release of Debian, found ${named ?? 'nothing'}`);
  const root = debianRoot(release);
  const { status, stderr } = run(root, ['node', '--version'], 'pipe');
  if (status !== 0) throw new Error(`expected a node that Debian ${release} can run, found: ${stderr.trim()}`);
  return command.length === 0 ? 0 : (run(root, command, 'inherit').status ?? 1);
};

try {
  process.exitCode = attempt();
} catch (error) {
  console.error(`over-debian: ${error instanceof Error ? error.message.trim() : String(error)}`);
  process.exitCode = impossible;
}
