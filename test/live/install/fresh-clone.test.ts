import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../lab/checkout.js';
import { inRoot } from '../lab/systems/in-root.js';
import { describeLive } from '../lab/live.js';
import { debianRoot } from '../lab/systems/root.js';

jest.setTimeout(900_000);

describeLive('a fresh clone, in a Debian 13 that has only git, make, gcc, nodejs and npm', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fresh-clone-'));
  const bundle = join(directory, 'clone');
  beforeAll(() => {
    execFileSync('git', ['bundle', 'create', '--quiet', bundle, 'HEAD'], { cwd: checkout });
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('is built without a warning, runs, and packs to the same bytes as another', () => {
    const said = inRoot(
      debianRoot(13, ['ca-certificates', 'git', 'make', 'gcc', 'libc6-dev', 'nodejs', 'npm']),
      `cd /root
git config --global init.defaultBranch main
git config --global advice.detachedHead false
mkdir -p elsewhere
began=$(date +%s)
git clone --quiet /clone one
cd one
make build
mkfifo /tmp/log
make run >/tmp/log 2>&1 &
timeout 60 grep -m 1 ready /tmp/log
kill $!
echo "took $(($(date +%s) - began)) s"
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
    process.stderr.write(`a fresh clone ${/^took.*/m.exec(said)?.[0] ?? ''}\n`);
    expect(said).not.toMatch(/warn|deprecated|vulnerabilit/i);
    const tarballs = said.match(/^tarball \S+/gm) ?? [];
    expect(tarballs).toHaveLength(2);
    expect(new Set(tarballs).size).toBe(1);
  });
});
