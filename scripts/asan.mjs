// node scripts/asan.mjs NAME…: compiles the addon of packages/NAME with AddressSanitizer and UndefinedBehaviorSanitizer and runs
// packages/NAME/test/asan/stress.mjs with it. Needs gcc with libasan, the built package, and root or user namespaces, without
// which it is skipped (status 77). Leaks count only where an addon made them.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
// Node's headers lie beside its binary; a distribution may keep them in /usr/include.
const candidates = [
  join(dirname(dirname(process.execPath)), 'include/node'),
  '/usr/include/node',
  '/usr/local/include/node',
];
const headers = candidates.find(path => existsSync(join(path, 'node_api.h')));
const library = execFileSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
const unshare = ['--net', '--mount', '--pid', '--fork', '--kill-child'];
if (process.getuid() !== 0) unshare.push('--map-root-user');

const skip = why => {
  console.log(`addons under AddressSanitizer: skipped: ${why}`);
  process.exit(77);
};
if (headers === undefined) skip(`node_api.h is in none of ${candidates.join(', ')}`);
if (!existsSync(library)) skip('gcc has no libasan.so');
if (spawnSync('unshare', [...unshare, 'true']).status !== 0) skip('no namespaces can be made');

const warnings = ['-std=c11', '-Wall', '-Wextra', '-Werror'];
const sanitizers = [
  '-g',
  '-O1',
  '-fno-omit-frame-pointer',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
];

for (const name of process.argv.slice(2)) {
  const root = join(top, 'packages', name);
  const folder = join(root, 'build/asan/build/Release');
  mkdirSync(folder, { recursive: true });
  const output = ['-shared', '-fPIC', '-I', headers, '-DNAPI_VERSION=8', '-o', join(folder, `${name}.node`)];
  execFileSync('gcc', [...warnings, ...sanitizers, ...output, join(root, `src/addon/${name}.c`)], { stdio: 'inherit' });
  const { status, signal, stdout, stderr } = spawnSync(
    'unshare',
    [
      ...[...unshare, 'env', `LD_PRELOAD=${library}`, process.execPath, '--expose-gc'],
      join(root, 'test/asan/stress.mjs'),
    ],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        [`@NETWORK_STACK/${name.toUpperCase()}_PREBUILD`]: join(root, 'build/asan'),
        ADDON: join(folder, `${name}.node`),
        ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0:exitcode=99:fast_unwind_on_malloc=0',
        // Node itself does not free everything at its end.
        LSAN_OPTIONS: 'exitcode=0',
      },
    },
  );
  const found = new RegExp(`ERROR: AddressSanitizer.*|runtime error:.*|.*\\b${name}\\.c:\\d+.*`, 'g');
  const faults = stderr.match(found) ?? [];
  if (status !== 0 || faults.length > 0 || !stdout.includes('stress: done')) {
    console.error(`${stdout}\n${stderr.slice(0, 20_000)}`);
    throw new Error(`the addon ${name} is not clean: status ${status}, signal ${signal}, ${faults.length} faults`);
  }
  console.log(`${name}: ${stdout.trim()}; AddressSanitizer and UndefinedBehaviorSanitizer found nothing`);
}
