// The library as it is installed. No package of the workspace is beside it there, and a registry that is asked for one would answer
// whoever took its name: so their code and their types become a part of dist/.
import { build } from 'esbuild';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath, URL } from 'node:url';
import { defaults } from '../dist/config/schema.js';
import { faultCodes } from '../dist/model/fault-codes.js';
import { packagesOfCheckout } from './packages-of-checkout.mjs';

const path = name => fileURLToPath(new URL(`../${name}`, import.meta.url));
const { dependencies } = JSON.parse(readFileSync(path('package.json'), 'utf8'));
const packages = ['addon', 'netlink', 'spawn', 'unix'];

/** Texts are the command's, which is a bundle of its own: what a fault means and what helps, what a key of the configuration is for. */
const severities = Object.entries(faultCodes).map(([code, { severity }]) => [code, { severity }]);
const values = {
  'model/fault-codes': `export const faultCodes = ${JSON.stringify(Object.fromEntries(severities))};`,
  'config/schema': `export const defaults = ${JSON.stringify(defaults)};`,
};
const withoutTexts = {
  name: 'without-texts',
  setup: ({ onResolve, onLoad }) => {
    // Simulated days parse a configuration: that module has the whole table of keys.
    onResolve({ filter: /\/schema\.js$/ }, ({ importer }) =>
      importer === path('src/config/parse.ts') ? { path: path('src/config/schema.ts'), suffix: '?whole' } : undefined,
    );
    onLoad({ filter: /src\/(model\/fault-codes|config\/schema)\.ts$/ }, ({ path, suffix }) =>
      suffix === '' ? { contents: values[/src\/(.*)\.ts$/.exec(path)[1]] } : undefined,
    );
  },
};

/** execa has it for Windows. */
const withoutWindows = {
  name: 'without-windows',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^cross-spawn$/ }, ({ path }) => ({ path, namespace: 'without-windows' }));
    onLoad({ filter: /./, namespace: 'without-windows' }, () => ({
      contents: 'export default { _parse: (command, args, options) => ({ command, args, options }) };',
    }));
  },
};

rmSync(path('dist/chunks'), { recursive: true, force: true });
/** What it was made of. */
export const { metafile } = await build({
  metafile: true,
  entryPoints: {
    index: path('src/index.ts'),
    core: path('src/core.ts'),
    'testing/index': path('src/testing/index.ts'),
    'netlink/index': path('packages/netlink/src/index.ts'),
  },
  outdir: path('dist'),
  bundle: true,
  splitting: true, // one instance of each module, whoever imports it
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: Object.keys(dependencies),
  alias: packagesOfCheckout,
  plugins: [withoutTexts, withoutWindows],
  logLevel: 'warning',
});

/** Declarations of the packages, and paths to them where they were imported by name. */
for (const name of packages)
  cpSync(path(`packages/${name}/dist`), path(`dist/${name}`), {
    recursive: true,
    filter: from => !/\.(js|map|node)$/.test(from),
  });
const declarations = readdirSync(path('dist'), { recursive: true, encoding: 'utf8' }).filter(file =>
  file.endsWith('.d.ts'),
);
for (const file of declarations.map(each => path(`dist/${each}`))) {
  const before = readFileSync(file, 'utf8');
  const after = before.replaceAll(
    /(["'])@network-stack\/([a-z]+)(?:\/([a-z-]+))?\1/g,
    (_, quote, name, part = 'index') => {
      const way = relative(dirname(file), path(`dist/${name}/${part}.js`));
      return `${quote}${way.startsWith('.') ? way : `./${way}`}${quote}`;
    },
  );
  if (after !== before) writeFileSync(file, after);
}

/** Binaries, for this machine or as many as were made, and what makes them elsewhere. */
rmSync(path('dist/prebuilds'), { recursive: true, force: true });
for (const name of packages.slice(1)) {
  for (const of of readdirSync(path(`packages/${name}/prebuilds`))) {
    mkdirSync(path(`dist/prebuilds/${of}`), { recursive: true });
    copyFileSync(path(`packages/${name}/prebuilds/${of}/${name}.node`), path(`dist/prebuilds/${of}/${name}.node`));
  }
  copyFileSync(path(`packages/${name}/src/addon/${name}.c`), path(`dist/addon/${name}.c`));
}
for (const part of ['compile', 'compile-all', 'target'])
  copyFileSync(path(`packages/addon/dist/${part}.js`), path(`dist/addon/${part}.js`));
