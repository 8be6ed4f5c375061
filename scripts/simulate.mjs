// The simulation, bundled with the sources: node scripts/simulate.mjs [PROGRAM of test/simulation/, main if unsaid].
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { packagesOfCheckout } from './packages-of-checkout.mjs';

const [, , program = 'main'] = process.argv;
const outfile = `test/.cache/simulation-${program}.mjs`;

/** A source in which something was changed on purpose: see test/simulation/defects.ts. */
const defective = ({ file, find, replace }) => ({
  name: 'defective',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!path.endsWith(file)) return undefined;
      const parts = readFileSync(path, 'utf8').split(find);
      if (parts.length !== 2) throw new Error(`${file}: expected one ${find}, found ${parts.length - 1}`);
      return { contents: parts.join(replace), loader: 'ts' };
    }),
});
await build({
  entryPoints: [`test/simulation/${program}.ts`],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  external: ['pino', 'pino-pretty', 'esbuild'],
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  alias: packagesOfCheckout, // their sources, so that nothing has to be built: only what is pure is used of them
  plugins: process.env.DEFECT === undefined ? [] : [defective(JSON.parse(process.env.DEFECT))],
  sourcemap: 'inline',
  logLevel: 'warning',
});
process.exitCode = spawnSync(process.execPath, ['--enable-source-maps', outfile], { stdio: 'inherit' }).status ?? 1;
