// Compiles the addon with AddressSanitizer and UndefinedBehaviorSanitizer and runs stress.mjs with it: npm run test:asan
// Needs gcc with libasan, the built package, and root or user namespaces. Leaks count only where the addon made them.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const folder = join(root, 'build/asan/build/Release');
// Node's headers lie beside its binary; a distribution may keep them in /usr/include.
const candidates = [
  join(dirname(dirname(process.execPath)), 'include/node'),
  '/usr/include/node',
  '/usr/local/include/node',
];
const headers = candidates.find(path => existsSync(join(path, 'node_api.h')));
if (headers === undefined) throw new Error(`node_api.h is in none of ${candidates.join(', ')}`);

mkdirSync(folder, { recursive: true });
const warnings = ['-std=c11', '-Wall', '-Wextra', '-Werror'];
const sanitizers = [
  '-g',
  '-O1',
  '-fno-omit-frame-pointer',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
];
const output = ['-shared', '-fPIC', '-I', headers, '-DNAPI_VERSION=8', '-o', join(folder, 'netlink.node')];
execFileSync('gcc', [...warnings, ...sanitizers, ...output, join(root, 'src/addon/netlink.c')], { stdio: 'inherit' });

const library = execFileSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
const unshare = ['--net', '--mount', '--pid', '--fork', '--kill-child'];
if (process.getuid() !== 0) unshare.push('--map-root-user');
const { status, signal, stdout, stderr } = spawnSync(
  'unshare',
  [...unshare, 'env', `LD_PRELOAD=${library}`, process.execPath, '--expose-gc', join(here, 'stress.mjs')],
  {
    encoding: 'utf8',
    env: {
      ...process.env,
      '@NETWORK_STACK/NETLINK_PREBUILD': join(root, 'build/asan'),
      ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0:exitcode=99:fast_unwind_on_malloc=0',
      // Node itself does not free everything at its end.
      LSAN_OPTIONS: 'exitcode=0',
    },
  },
);
const faults = stderr.match(/ERROR: AddressSanitizer.*|runtime error:.*|.*\bnetlink\.c:\d+.*/g) ?? [];
if (status !== 0 || faults.length > 0 || !stdout.includes('stress: done')) {
  console.error(`${stdout}\n${stderr.slice(0, 20_000)}`);
  throw new Error(`the addon is not clean: status ${status}, signal ${signal}, ${faults.length} faults`);
}
console.log(`${stdout.trim()}; AddressSanitizer and UndefinedBehaviorSanitizer found nothing in the addon`);
