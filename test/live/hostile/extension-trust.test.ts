import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, lchownSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Extended, openExtended } from '../extensions/daemon.js';
import { possible } from '../lab/namespace/possible.js';
import { nodeOf } from '../lab/packages/nodes.js';

const somebody = 12_345;
const ran = `process.stderr.write("somebody's own code was run");`;
const extension = (imports: string): string => `${imports}
  export default ({ defineExtension }) => defineExtension({ name: 'outer' });`;

let extended: Extended;
afterEach(() => extended.close());

/** Ways to load, from a module that may be loaded, one that may not; where it lies. */
const ways: readonly (readonly [string, string, (e: Extended) => string])[] = [
  ['an import', 'theirs.mjs', ({ write }) => write('outer.mjs', extension(`import './theirs.mjs';`))],
  [
    'an import of what is imported',
    'theirs.mjs',
    ({ write }) => {
      write('inner.mjs', `export { x } from './theirs.mjs';`);
      return write('outer.mjs', extension(`import './inner.mjs';`));
    },
  ],
  [
    'an import that is waited for',
    'theirs.mjs',
    ({ write }) => write('outer.mjs', extension(`await import('./theirs.mjs');`)),
  ],
  ['an import of CommonJS', 'theirs.cjs', ({ write }) => write('outer.mjs', extension(`import './theirs.cjs';`))],
  [
    'require',
    'theirs.cjs',
    ({ write }) =>
      write(
        'outer.cjs',
        `require('./theirs'.concat('.cjs')); module.exports = ({ defineExtension }) => defineExtension({ name: 'outer' });`,
      ),
  ],
  [
    'require in what is imported',
    'theirs.cjs',
    ({ write }) => {
      write('inner.cjs', `require('./theirs.cjs');`);
      return write('outer.mjs', extension(`import './inner.cjs';`));
    },
  ],
  [
    'a require of its own making',
    'theirs.cjs',
    ({ write }) =>
      write(
        'outer.mjs',
        extension(`import { createRequire } from 'node:module'; createRequire(import.meta.url)('./theirs.cjs');`),
      ),
  ],
  [
    'an import of what is required',
    'theirs.mjs',
    ({ write }) => {
      write('inner.mjs', `import './theirs.mjs';`);
      return write(
        'outer.cjs',
        `require('./inner.mjs'); module.exports = ({ defineExtension }) => defineExtension({ name: 'outer' });`,
      );
    },
  ],
  [
    'JSON',
    'theirs.json',
    ({ write }) =>
      write(
        'outer.mjs',
        extension(`import { createRequire } from 'node:module'; createRequire(import.meta.url)('./theirs.json');`),
      ),
  ],
  [
    'an addon',
    'theirs.node',
    ({ write }) =>
      write(
        'outer.mjs',
        extension(`import { createRequire } from 'node:module'; createRequire(import.meta.url)('./theirs.node');`),
      ),
  ],
  [
    'a package',
    'node_modules/theirs/index.js',
    ({ write }) => {
      write('node_modules/theirs/package.json', '{}');
      return write('outer.mjs', extension(`import 'theirs';`));
    },
  ],
  [
    'a package that is described by a package.json',
    'node_modules/ours/package.json',
    ({ write }) => {
      write('node_modules/ours/index.js', 'module.exports = {};');
      return write('outer.mjs', extension(`import 'ours';`));
    },
  ],
];

const nodes = [
  ['of this machine', () => process.execPath],
  ['24', () => join(nodeOf(24), 'node')],
] as const;
const asRoot = possible ? describe : describe.skip;

asRoot.each(nodes)('Node %s: what an extension loads is judged as it is itself', (_, node) => {
  beforeEach(() => {
    extended = openExtended(node());
  });

  test.each(ways)(
    "%s of somebody else's file: it is not loaded, nor is the extension, and check says the same",
    async (_, theirs, outer) => {
      const { configured, start, check, write, directory } = extended;
      const path = write(theirs, theirs.endsWith('js') ? ran : '{}', somebody);
      const config = configured(outer(extended));
      const { until, log } = start(config);
      await until('ready after');
      expect(log()).not.toContain('own code was run');
      expect(log()).toMatch(/error extension \S+outer\.[cm]js is not loaded: /);
      const line =
        log()
          .split('\n')
          .find(each => each.includes('is not loaded')) ?? '';
      expect(line).toMatch(/: \S+, which \S+ loads, must not be loaded: |: require\(\) of ES module/);
      if (line.includes('which')) expect(line).toContain(`${path} belongs to user ${somebody}, expected root`);
      const said = check(config);
      expect(said).toContain(line.slice(line.indexOf('extension')).trim());
      expect(said).not.toContain('own code was run');
      expect(directory).not.toBe('');
    },
  );

  test('a link of somebody else, and a directory that others may write', async () => {
    const { configured, start, write, directory } = extended;
    write('good.mjs', 'export {};');
    symlinkSync('good.mjs', join(directory, 'link.mjs'));
    lchownSync(join(directory, 'link.mjs'), somebody, somebody);
    write('open/inner.mjs', 'export {};');
    chmodSync(join(directory, 'open'), 0o777);
    const linked = write('linked.mjs', extension(`import './link.mjs';`));
    const opened = write('opened.mjs', extension(`import './open/inner.mjs';`));
    const { until } = start(configured(linked, opened));
    await until(
      `extension ${linked} is not loaded: ${directory}/good.mjs, which ${linked} loads, must not be loaded: ${directory}/link.mjs belongs to user ${somebody}`,
    );
    await until(
      `extension ${opened} is not loaded: ${directory}/open/inner.mjs, which ${opened} loads, must not be loaded: ${directory}/open is writable by group or others (mode 0777)`,
    );
  });

  test('what is imported later, too: a fault, and what it would have run is not run', async () => {
    const { configured, start, check, write } = extended;
    const path = write('theirs.mjs', ran, somebody);
    const outer = write('outer.mjs', extension(`setTimeout(() => { void import('./theirs.mjs') }, 700);`));
    const config = configured(outer);
    const { until, log } = start(config);
    await until(
      `extension outer failed outside its stages and sinks: ${path}, which ${outer} loads, must not be loaded: ${path} belongs to user ${somebody}`,
    );
    expect(log()).not.toContain('own code was run');
    expect(check(config)).toMatch(/^ok +extensions /m);
  });

  test('wherever it is started, though its working directory be gone', () => {
    const { configured, check, write } = extended;
    const config = configured(write('outer.mjs', extension('')));
    expect(check(config, 'gone')).toMatch(/^ok +extensions +\S+outer\.mjs: outer/m);
  });

  test('what belongs to root or to the daemon without capabilities is loaded: files, packages, links, JSON, CommonJS', async () => {
    const { configured, start, check, write, directory } = extended;
    write('node_modules/ours/package.json', '{ "exports": { "import": "./index.mjs", "require": "./index.cjs" } }');
    write(
      'node_modules/ours/index.mjs',
      `import data from './data.json' with { type: 'json' }; export const x = data.x;`,
    );
    write('node_modules/ours/index.cjs', `exports.x = require('./data').x;`);
    write('node_modules/ours/data.json', '{ "x": 1 }');
    write('inner.cjs', `exports.x = require('ours').x;`);
    symlinkSync('inner.cjs', join(directory, 'link.cjs'));
    const outer = write(
      'outer.mjs',
      extension(`
      import inner from './link.cjs';
      import { x } from 'ours';
      import { readFileSync } from 'node:fs';
      import 'data:text/javascript,import "node:path"';
      if (x + inner.x !== 2) throw new Error('not what it should be');`),
    );
    const config = configured(outer);
    await start(config).until(`extension outer: ${outer}`);
    expect(check(config)).toMatch(/^ok +extensions +\S+outer\.mjs: outer, /m);
  });
});
