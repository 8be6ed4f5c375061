// Measures the package beside its peers in one run: npm run bench (root, or a machine that allows user namespaces).
// Every measurement runs in a process and a network namespace of its own; every peer gets the same work.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const unshare = ['--net', '--mount', '--pid', '--fork', '--kill-child'];
if (process.getuid() !== 0) unshare.push('--map-root-user');

/** Runs one of the measurements of measure.mjs and gives its number. */
function measure(name, env = {}) {
  const args = [...unshare, process.execPath, '--expose-gc', join(here, 'measure.mjs'), name];
  const stdio = ['ignore', 'pipe', 'PEER' in env ? 'ignore' : 'inherit'];
  return Number(execFileSync('unshare', args, { encoding: 'utf8', env: { ...process.env, ...env }, stdio }));
}

function median(times, sample) {
  const sorted = Array.from({ length: times }, sample)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** As measure, but NaN when the peer does not survive: the published package ends the process at an overrun. */
function attempt(name, env) {
  try {
    return measure(name, env);
  } catch {
    console.log(`${name}: the process of the peer died, one sample less`);
    return NaN;
  }
}

/** The published package netlink 0.3.0, in a folder of its own; undefined when it cannot be had. */
function published() {
  const folder = mkdtempSync(join(tmpdir(), 'netlink-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  try {
    execFileSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', 'netlink@0.3.0'], { stdio: 'pipe' });
    execFileSync(process.execPath, ['-e', `require(${JSON.stringify(join(folder, 'node_modules/netlink'))})`], {
      stdio: 'pipe',
    });
    return join(folder, 'node_modules/netlink');
  } catch (error) {
    console.log(
      `netlink 0.3.0 is left out: ${String(error.stderr ?? error)
        .trim()
        .split('\n')
        .at(-1)}`,
    );
    return undefined;
  }
}

const peer = published();
const rows = [];
function row(what, ours, goal, peerName, theirs) {
  const ratio = theirs === undefined ? '' : (ours / theirs).toFixed(2);
  rows.push({ what, ours: ours.toFixed(2), goal, peer: peerName, theirs: theirs?.toFixed(2) ?? '', ratio });
}

const netlink = peer === undefined ? 'netlink 0.3.0: not here' : 'netlink 0.3.0';
const beside = (name, times) => (peer === undefined ? undefined : median(times, () => attempt(name, { PEER: peer })));
row(
  'CPU µs per route message received, decoded',
  median(5, () => measure('receive')),
  '≤ 4',
  netlink,
  beside('receive-peer', 5),
);
row(
  'the same, 20,000 waiting',
  median(5, () => measure('drain')),
  '',
  '',
  undefined,
);
row(
  'ms to list 10,000 routes, cold',
  median(7, () => measure('list')),
  '≤ 15',
  'ip -json route',
  median(7, () => measure('list-ip')),
);
if (peer !== undefined) row('', Number(rows.at(-1).ours), '', netlink, beside('list-peer', 5));
row(
  'ms to add 1,000 rules',
  median(7, () => measure('rules')),
  '≤ 2 × peer',
  'ip -batch',
  median(7, () => measure('rules-ip')),
);
row(
  'KiB of private memory, subscribed and idle',
  median(5, () => measure('memory')),
  '',
  'node alone',
  median(5, () => measure('memory-node')),
);
console.table(rows);
