import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describeLive } from '../lab/live.js';
import { bun, deno, fetchTools, node, nodes, npm, pnpm, yarn1, yarn4 } from './managers/tools.js';
import { ordinaryUser, type User } from './managers/user.js';
import { packed } from './project.js';

const manifest = { name: 'somebody-elses', version: '1.0.0', private: true, type: 'module' };
const said = [
  'watching',
  'v0: 192.0.2.5/24 added',
  'stderr: oops',
  'stdout: v0 added 192.0.2.5/24',
  '/mnt/scripts/addresses.d/10-hello: 3',
];

/** How a package is added by its file, how a program is run, and what else runs it. */
const managers = [
  { name: 'npm', add: [...npm, 'install', '--no-audit', '--no-fund'], run: [], others: [[bun], [deno, 'run', '-A']] },
  { name: 'pnpm', add: [...pnpm, 'add'], run: [], others: [] },
  { name: 'Yarn 1', add: [...yarn1, 'add'], run: [], others: [] },
  { name: 'Yarn 4', add: [...yarn4, 'add'], run: [...yarn4.slice(1), 'node'], others: [] }, // Plug’n’Play
  { name: 'Bun', add: [bun, 'add'], run: [], others: [[bun]] },
];

const directory = mkdtempSync(join(tmpdir(), 'packed-'));
let file = '';
beforeAll(() => {
  file = packed(directory);
});
afterAll(() => rmSync(directory, { recursive: true }));

// Deno knows no tarballs: it runs what npm has installed.
describeLive.each(managers)('the package, installed by $name', ({ name, add, run, others }) => {
  let user: User;
  let installing = '';
  beforeAll(() => {
    user = ordinaryUser(fetchTools());
    user.write('package.json', JSON.stringify(manifest));
    if (name === 'Yarn 4') user.write('yarn.lock', ''); // its own project, whatever lies above
    copyFileSync(file, join(user.directory, basename(file)));
    installing = user.run(node(20), ...add, `./${basename(file)}`, 'rxjs@7');
  }, 120_000);
  afterAll(() => user.remove());

  test('comes without a compiler, Python, root or a word of warning', () => {
    expect(user.run(node(20), 'sh', '-c', 'command -v cc gcc make python3 || true')).toBe('');
    const ofYarn = /^.*ESM support for PnP uses the experimental loader API.*\n|Done with warnings/gm;
    expect(installing.replace(ofYarn, '')).not.toMatch(/warn|error|deprecated/i);
  });

  test.each(nodes)('tells of an address and runs a script for it, on Node %i', line => {
    const lines = user
      .runWatching(node(line), 'node', ...run, 'program.mjs')
      .trim()
      .split('\n');
    expect(lines.sort()).toEqual([...said].sort());
  });

  for (const [program = '', ...args] of others)
    test(`tells of an address and runs a script for it, on ${basename(program)}`, () => {
      const lines = user
        .runWatching(node(24), program, ...args, 'program.mjs')
        .trim()
        .split('\n');
      expect(lines.sort()).toEqual([...said].sort());
    });
});
