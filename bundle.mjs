// The library, then the daemon in one file, and that compiled: Node starts it in a third of the time it needs for a tree of modules.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, URL } from 'node:url';
import { target } from './packages/addon/dist/index.js';
import { metafile as ofLibrary } from './scripts/library.mjs';
import { packagesOfCheckout } from './scripts/packages-of-checkout.mjs';
import { writeThirdParty } from './scripts/third-party.mjs';
import { metafile as ofViewer } from './scripts/viewer.mjs';

// In CommonJS `import.meta` is empty, as the addons' modules know: no word of it.
const logOverride = { 'empty-import-meta': 'silent' };
const path = name => fileURLToPath(new URL(name, import.meta.url));
const { version } = JSON.parse(readFileSync(path('package.json'), 'utf8'));

const addons = ['netlink', 'spawn', 'unix'];

/** See loader/network-broker.cjs. */
const importByLoader = {
  name: 'import-by-loader',
  setup: ({ onLoad }) =>
    onLoad({ filter: /src\/system\/import-module\.ts$/ }, () => ({
      contents: 'export const importModule = importByLoader;',
    })),
};

const program = {
  metafile: true,
  bundle: true,
  platform: 'node',
  format: 'cjs', // because most of what is bundled is
  target: 'node20',
  alias: {
    ...packagesOfCheckout,
    'rxjs/testing': path('node_modules/rxjs/dist/esm/testing/index.js'),
    rxjs: path('node_modules/rxjs/dist/esm/index.js'), // modules, of which only what is used is taken
  },
  define: { VERSION: JSON.stringify(version) },
  plugins: [importByLoader],
  sourcemap: 'linked',
  sourcesContent: false,
  minify: true,
  logLevel: 'warning',
  logOverride,
};
const { metafile } = await build({ ...program, entryPoints: ['src/main.ts'], outfile: 'dist/bundle.cjs' });
// A program of its own: it runs as root, and has in it only what that takes.
await build({ ...program, entryPoints: ['src/root-executor.ts'], outfile: 'dist/root-executor.cjs', sourcemap: false });

// A thread of its own in which Node 20 finds modules, once an extension is loaded.
await build({
  entryPoints: ['src/daemon/module-hooks-thread.ts'],
  outfile: 'dist/module-hooks.cjs',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  logLevel: 'warning',
});

writeThirdParty({ ...ofLibrary.inputs, ...metafile.inputs, ...ofViewer.inputs }, path('dist'));
for (const addon of addons) {
  const beside = path(`dist/${addon}.node`);
  rmSync(beside, { force: true }); // a daemon that runs has the old one mapped: written over, it would kill it
  copyFileSync(path(`packages/${addon}/prebuilds/${target()}/${addon}.node`), beside);
}
copyFileSync(path('loader/code-cache.cjs'), path('dist/code-cache.cjs'));
const id = createHash('sha256')
  .update(readFileSync(path('dist/bundle.cjs')))
  .digest('hex')
  .slice(0, 12);
const loader = readFileSync(path('loader/network-broker.cjs'), 'utf8');
writeFileSync(path('dist/network-broker.cjs'), loader.replace('BUILD', id));
execFileSync(process.execPath, [path('dist/code-cache.cjs')], { stdio: 'inherit' });
