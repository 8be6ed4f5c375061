// make test: every check there is; the last line counts them all. Under CI=true a skipped test is a failure.
// make test-matrix (--matrix): and then all live tests over Debian 12 and over Debian 13 instead of over the host.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

mkdirSync('test/.cache', { recursive: true });
const reports = mkdtempSync(join('test', '.cache', 'reports-')); // where over-debian can write, too
const longest = 30 * 60 * 1000; // milliseconds: what hangs has failed
const run = (title, command, ...args) => {
  console.log(`\n== ${title}`);
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], timeout: longest }).status;
};

/** A step that passes or fails as a whole counts as one test; with status 77 it says why it was skipped. */
const step = (title, command, ...args) => {
  const status = run(title, command, ...args);
  const [passed, skipped] = [status === 0, status === 77];
  return {
    title,
    ok: passed || skipped,
    passed: Number(passed),
    failed: Number(!passed && !skipped),
    skipped: Number(skipped),
  };
};

/** Jest's own counts; a suite that could not be run, or no report at all, counts as one failure. */
const jest = (title, [node, ...before], ...args) => {
  const file = join(reports, `${title}.json`);
  const options = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--passWithNoTests'];
  const ok = run(title, node, ...before, ...options, '--json', `--outputFile=${file}`, ...args) === 0;
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
    const skipped = report.numPendingTests + report.numTodoTests;
    return { title, ok, passed: report.numPassedTests, failed: Math.max(failed, ok ? 0 : 1), skipped };
  } catch {
    return { title, ok: false, passed: 0, failed: 1, skipped: 0 };
  }
};

const host = [process.execPath];
/** Each file of live tests has namespaces of its own; two at a time leave a core for the daemons of each. */
const live = ['--selectProjects', 'live', '--maxWorkers=2', '--forceExit'];
/** Full measures are taken one at a time. */
const liveLong = ['--selectProjects', 'live', '--runInBand', '--forceExit'];

/** The live tests over a Debian that is not the host's; one skipped test, with the reason, where that cannot be. */
const liveOver = release => {
  process.env.LIVE_LONG = '1'; // bursts and attacks in their full measure
  const title = `live over Debian ${release}`;
  const over = [process.execPath, 'test/.cache/over-debian.mjs', release];
  if (run(`Debian ${release}`, ...over) !== 0) return { title, ok: true, passed: 0, failed: 0, skipped: 1 };
  // these need npm, a compiler or a package that the root lacks, and nothing of the system: they were run over the host
  return jest(title, [...over, 'node'], ...liveLong, '--testPathIgnorePatterns', 'packed', 'nodes', 'other-kernel');
};

const matrix = () => [
  step('the matrix', 'make', '--no-print-directory', 'test/.cache/over-debian.mjs'),
  ...['12', '13'].map(liveOver),
];

const matrixToo = process.argv.includes('--matrix');
console.log(`This takes about ${matrixToo ? '40' : '8'} minutes on two idle cores.`);
const results = [
  step('build', 'make', '--no-print-directory', 'build'),
  step('eslint', 'node_modules/.bin/eslint', '.'),
  step('prettier', 'node_modules/.bin/prettier', '--check', '.'),
  step('types', 'node_modules/.bin/tsc', '--noEmit'),
  step('reference', 'node_modules/.bin/typedoc', '--emit', 'none', '--logLevel', 'Warn'),
  step('addons under AddressSanitizer', process.execPath, 'scripts/asan.mjs', 'netlink', 'spawn', 'unix'),
  jest('unit', host, '--selectProjects', 'unit', 'marbles', 'netlink'),
  jest('live', host, ...live),
  ...(matrixToo ? matrix() : []),
];
rmSync(reports, { recursive: true });

const sum = count => results.reduce((total, result) => total + result[count], 0);
const wrong = results.filter(({ ok }) => !ok).map(({ title }) => title);
const mustNotSkip = process.env.CI === 'true' && sum('skipped') > 0;
console.log('');
if (wrong.length > 0) console.log(`Failed: ${wrong.join(', ')}`);
if (mustNotSkip) console.log('Tests were skipped (each says why), and CI=true allows none to be');
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = wrong.length > 0 || mustNotSkip ? 1 : 0;
