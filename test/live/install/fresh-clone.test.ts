import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { checkout } from '../lab/checkout.js';
import { inRoot } from '../lab/systems/in-root.js';
import { describeLive } from '../lab/live.js';
import { debianRoot } from '../lab/systems/root.js';

jest.setTimeout(900_000);

/** What stands in the line that begins with this word. */
const numbers = (text: string, word: string): readonly number[] =>
  new RegExp(`^${word} (.*)$`, 'm').exec(text)?.[1]?.split(' ').map(Number) ?? [];

describeLive('a fresh clone, in a Debian 13 that has only git, make, gcc, nodejs and npm', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fresh-clone-'));
  const bundle = join(directory, 'clone');
  beforeAll(() => {
    execaSync('git', ['bundle', 'create', '--quiet', bundle, 'HEAD'], { cwd: checkout });
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('is built without a warning, runs, and packs to the same bytes as another', () => {
    const said = inRoot(
      debianRoot(13, ['ca-certificates', 'git', 'make', 'gcc', 'libc6-dev', 'nodejs', 'npm']),
      `cd /root
git config --global init.defaultBranch main
git config --global advice.detachedHead false
mkdir -p elsewhere
busy() { awk '/^cpu / { print ($2 + $3 + $4 + $7 + $8 + $9) / 100 }' /proc/stat; }
began=$(date +%s) before=$(busy)
git clone --quiet /clone one
cd one
make build
mkfifo /tmp/log
make run >/tmp/log 2>&1 &
timeout 60 grep -m 1 ready /tmp/log
kill $!
wait $! || true
echo "took $(($(date +%s) - began))"
times >/tmp/times
echo "processors $before $(busy)"
awk 'NR == 2 { split($0, n, /[ms ]+/); print "own", 60 * (n[1] + n[3]) + n[2] + n[4] }' /tmp/times
cd /root
git clone --quiet /clone elsewhere/two
(umask 077; cd elsewhere/two; make build >/dev/null 2>&1)
for clone in one elsewhere/two; do
  cd /root/$clone
  node scripts/package.mjs
  npm pack --silent --pack-destination /tmp ./dist/package >/dev/null
  sha256sum /tmp/network-event-broker-*.tgz | sed 's/^/tarball /; s/ \\/.*//'
done`,
      { [bundle]: '/clone' },
    );
    const [took = NaN] = numbers(said, 'took');
    const [own = NaN] = numbers(said, 'own');
    const [before = NaN, after = NaN] = numbers(said, 'processors');
    const others = Math.max(0, after - before - own);
    const figure = (seconds: number): string => `${seconds.toFixed(0)} s`;
    process.stderr.write(
      `a fresh clone ran after ${figure(took)}; it used ${figure(own)} of the processors, others ${figure(others)}\n`,
    );
    expect(took - others).toBeLessThan(90); // others delayed it by no more than they used: on idle processors this is what it takes
    expect(said).not.toMatch(/warn|deprecated|vulnerabilit/i);
    const tarballs = said.match(/^tarball \S+/gm) ?? [];
    expect(tarballs).toHaveLength(2);
    expect(new Set(tarballs).size).toBe(1);
  });
});
