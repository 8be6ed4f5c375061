// make test: every check there is; the last line counts them all. Under CI=true a skipped test is a failure.
// make test-matrix (--matrix): and then all live tests over Debian 12 and over Debian 13 instead of over the host.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

const cache = join('test', '.cache');
mkdirSync(cache, { recursive: true });
const reports = mkdtempSync(join(cache, 'reports-')); // where over-debian can write, too
const longest = 30 * 60 * 1000; // milliseconds: what hangs has failed

/** The exit status of a command. What it says is shown as it says it, or (`at its end`) in one piece. */
const run = async (title, shown, command, ...args) => {
  const began = Date.now();
  const now = shown === 'at once';
  if (now) console.log(`\n== ${title}`);
  const { exitCode, all, shortMessage } = await execa(command, args, {
    ...{ stdin: 'ignore', all: true, reject: false, timeout: longest },
    ...(now && { stdout: 'inherit', stderr: 'inherit' }),
  });
  if (exitCode === undefined) console.log(shortMessage); // it was not started, or did not end by itself
  const took = `${title}: ${((Date.now() - began) / 1000).toFixed(0)} s`;
  console.log(now ? took : `\n== ${took}\n${all}`.trimEnd());
  return exitCode;
};

/** A step that passes or fails as a whole counts as one test; with status 77 it says why it was skipped. */
const step = async (title, ...command) => {
  const status = await run(title, 'at its end', ...command);
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
const jest = async (title, [node, ...before], ...args) => {
  const file = join(reports, `${title}.json`);
  const options = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--passWithNoTests'];
  const command = [node, ...before, ...options, '--json', `--outputFile=${file}`, ...args];
  const ok = (await run(title, 'at once', ...command)) === 0;
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
    const skipped = report.numPendingTests + report.numTodoTests;
    return { title, ok, passed: report.numPassedTests, failed: Math.max(failed, ok ? 0 : 1), skipped };
  } catch {
    return { title, ok: false, passed: 0, failed: 1, skipped: 0 };
  }
};

/** One after the other. */
const series = async (...steps) => {
  const results = [];
  for (const each of steps) results.push(...[await each()].flat());
  return results;
};
const host = [process.execPath];
/** Each file of live tests has namespaces of its own, and waits for most of its time: three at a time keep two cores at work. */
const live = ['--selectProjects', 'live', '--forceExit'];
const threeAtATime = '--maxWorkers=3';

/** These ask a registry, or make everything anew, for minutes: in the matrix, once. */
const atLength = ['package-managers', 'container', 'fresh-clone', 'prebuilds', 'from-source', 'ubuntu'];

/** The live tests over a Debian that is not the host's; one skipped test, with the reason, where that cannot be. */
const liveOver = release => async () => {
  process.env.LIVE_LONG = '1'; // bursts and attacks in their full measure
  const title = `live over Debian ${release}`;
  const over = [process.execPath, 'test/.cache/over-debian.mjs', release];
  if ((await run(`Debian ${release}`, 'at once', ...over)) !== 0)
    return { title, ok: true, passed: 0, failed: 0, skipped: 1 };
  // These need npm, a compiler, a browser or packages that the root lacks, or bring a system of their own: they were run over the host.
  const beside = ['service/networkd-dispatcher', 'trees/', 'commands/metrics', 'viewer/viewer'];
  const ofHost = ['packed', 'published', 'nodes', 'other-kernel', 'rpm-package', ...beside, ...atLength];
  // These measure, at length: alone.
  const measuring = ['bursts', 'hostile-neighbour'];
  return [
    await jest(title, [...over, 'node'], ...live, threeAtATime, '--testPathIgnorePatterns', ...ofHost, ...measuring),
    await jest(`${title}, in full`, [...over, 'node'], ...live, '--runInBand', ...measuring),
  ];
};

const matrix = [
  () => step('the matrix', 'make', '--no-print-directory', 'test/.cache/over-debian.mjs'),
  ...['12', '13'].map(liveOver),
  () => jest('live, at length', host, ...live, '--runInBand', ...atLength),
];

const matrixToo = process.argv.includes('--matrix');
/** Seeds that have passed once: `make simulate` looks for others. */
const simulated = ['SEED=1', `DAYS=${matrixToo ? 100 : 30}`];
console.log(`This takes about ${matrixToo ? '32' : '6'} minutes on two idle cores.`);
// What is fetched is not waited for before it is needed.
const fetched = run('what the tests need', 'at its end', 'make', '--no-print-directory', 'fetch');
const results = await series(
  () => step('build', 'make', '--no-print-directory', 'build'),
  async () => {
    // What only computes takes what the tests leave of the processors: much of their time they wait.
    const idly = (title, ...command) => step(title, 'nice', '-n', '19', ...command);
    const checks = series(
      () => idly('eslint', 'node_modules/.bin/eslint', '.'),
      () =>
        idly('types', 'node_modules/.bin/tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', `${cache}/types.json`),
      () => idly('types of the viewer', 'node_modules/.bin/tsc', '--noEmit', '-p', 'viewer'),
      () => idly('reference', 'node_modules/.bin/typedoc', '--emit', 'none', '--logLevel', 'Warn'),
      () =>
        idly(
          'prettier',
          'node_modules/.bin/prettier',
          '--check',
          '.',
          '!test/.cache/**', // root directories are made there meanwhile
          '--cache',
          `--cache-location=${cache}/prettier.json`,
        ),
      () => idly('simulated days', 'make', '--no-print-directory', 'simulate', ...simulated),
      () => idly('addons under AddressSanitizer', process.execPath, 'scripts/asan.mjs', 'netlink', 'spawn', 'unix'),
    );
    const tests = series(
      () => jest('unit', host, '--selectProjects', 'unit', 'marbles', 'netlink', '--maxWorkers=2'),
      () => fetched.then(() => jest('live', host, ...live, threeAtATime, '--testPathIgnorePatterns', ...atLength)),
    );
    return [...(await checks), ...(await tests)];
  },
  ...(matrixToo ? matrix : []),
);
rmSync(reports, { recursive: true });

const sum = count => results.reduce((total, result) => total + result[count], 0);
const wrong = results.filter(({ ok }) => !ok).map(({ title }) => title);
const mustNotSkip = process.env.CI === 'true' && sum('skipped') > 0;
console.log('');
if (wrong.length > 0) console.log(`Failed: ${wrong.join(', ')}`);
if (mustNotSkip) console.log('Tests were skipped (each says why), and CI=true allows none to be');
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = wrong.length > 0 || mustNotSkip ? 1 : 0;
