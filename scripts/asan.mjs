// node scripts/asan.mjs NAME…: compiles the addon of packages/NAME with AddressSanitizer and UndefinedBehaviorSanitizer and runs
// packages/NAME/test/asan/stress.mjs with it. Needs gcc with libasan, the built package, and root or user namespaces, without
// which it is skipped (status 77). Leaks count only where an addon made them.
import { cpSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import { compile } from '../packages/addon/dist/compile.js';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const { stdout: library } = execaSync('gcc', ['-print-file-name=libasan.so']);
const unshare = ['--net', '--mount', '--pid', '--fork', '--kill-child'];
if (process.getuid() !== 0) unshare.push('--map-root-user');

const skip = why => {
  console.log(`addons under AddressSanitizer: skipped: ${why}`);
  process.exit(77);
};
if (!existsSync(library)) skip('gcc has no libasan.so');
if (execaSync('unshare', [...unshare, 'true'], { reject: false }).failed) skip('no namespaces can be made');

const sanitizers = [
  '-g',
  '-O1',
  '-fno-omit-frame-pointer',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
];

for (const name of process.argv.slice(2)) {
  const root = join(top, 'packages', name);
  const folder = join(root, 'build/asan'); // the package anew, which takes the addon beside it
  for (const part of ['dist', 'test/asan']) cpSync(join(root, part), join(folder, part), { recursive: true });
  const addon = join(folder, `dist/${name}.node`);
  compile(join(root, `src/addon/${name}.c`), addon, 'gcc', sanitizers);
  const { exitCode, signal, stdout, stderr } = execaSync(
    'unshare',
    [
      ...[...unshare, 'env', `LD_PRELOAD=${library}`, process.execPath, '--expose-gc'],
      join(folder, 'test/asan/stress.mjs'),
    ],
    {
      reject: false,
      env: {
        ADDON: addon,
        ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0:exitcode=99:fast_unwind_on_malloc=0',
        // Node itself does not free everything at its end.
        LSAN_OPTIONS: 'exitcode=0',
      },
    },
  );
  const found = new RegExp(`ERROR: AddressSanitizer.*|runtime error:.*|.*\\b${name}\\.c:\\d+.*`, 'g');
  const faults = stderr.match(found) ?? [];
  if (exitCode !== 0 || faults.length > 0 || !stdout.includes('stress: done')) {
    console.error(`${stdout}\n${stderr.slice(0, 20_000)}`);
    throw new Error(`the addon ${name} is not clean: status ${exitCode}, signal ${signal}, ${faults.length} faults`);
  }
  console.log(`${name}: ${stdout}; AddressSanitizer and UndefinedBehaviorSanitizer found nothing`);
}
