import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build, transform } from 'esbuild';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { publint } from 'publint';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import { packed, packedProject, type Project } from './project.js';

// What tools say of the package as it is published, and what bundlers make of it.
const directory = mkdtempSync(join(tmpdir(), 'published-'));
let tarball: Buffer;
let project: Project;
beforeAll(() => {
  tarball = readFileSync(packed(directory));
  project = packedProject();
  project.write('core.js', "export * from 'network-event-broker/core';\n");
  project.write(
    'whole.js',
    `import { listLinks } from 'network-event-broker/netlink';
import { createProcesses } from 'network-event-broker';
listLinks().then(links => console.log(links.some(({ name }) => name === 'lo')));
createProcesses().run({ path: '/bin/true', env: {} }).subscribe({ next: ({ kind }) => kind === 'exited' && console.log(kind) });
`,
  );
});
afterAll(() => {
  project.remove();
  rmSync(directory, { recursive: true });
});

test('publint has nothing to warn of', async () => {
  const pkgDir = join(project.directory, 'node_modules/network-event-broker');
  expect((await publint({ pkgDir, strict: true, level: 'warning', pack: false })).messages).toEqual([]);
});

test('types are right wherever modules are', async () => {
  const checked = await checkPackage(createPackageFromTarballData(tarball));
  const problems = 'problems' in checked ? checked.problems : ['no types'];
  // There is nothing for TypeScript's `node10`, which knows no `exports`, nor for `node16`, which knows no require of modules (profile esm-only).
  const resolutions = ['node10', 'node16-cjs'];
  expect(
    problems.filter(
      each => typeof each === 'string' || !('resolutionKind' in each && resolutions.includes(each.resolutionKind)),
    ),
  ).toEqual([]);
});

test('packed again, it is the same to the byte', () => {
  const again = mkdtempSync(join(tmpdir(), 'published-'));
  expect(readFileSync(packed(again)).equals(tarball)).toBe(true);
  rmSync(again, { recursive: true });
});

/** What is made of a file for a browser. */
const bundlers: readonly [string, (entry: string) => Promise<string>][] = [
  [
    'esbuild',
    async entry => {
      const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false });
      return outputFiles[0]?.text ?? '';
    },
  ],
  [
    'vite',
    async entry => {
      const lib = { entry, formats: ['es' as const] };
      const made = await vite({ configFile: false, logLevel: 'error', build: { lib, write: false, minify: false } });
      return [made].flat().flatMap(each => ('output' in each ? each.output.map(part => ('code' in part ? part.code : '')) : [])).join(''); // prettier-ignore
    },
  ],
  [
    'rollup',
    async entry => {
      const bundle = await rollup({ input: entry, plugins: [nodeResolve({ browser: true })] });
      return (await bundle.generate({ format: 'es' })).output.map(part => ('code' in part ? part.code : '')).join('');
    },
  ],
];
describe.each(bundlers)('network-event-broker/core, bundled by %s', (name, bundle) => {
  test('has less than 60 kB, and nothing of Node', async () => {
    const { code } = await transform(await bundle(join(project.directory, 'core.js')), { minify: true });
    const file = project.write(`bundled/${name}.mjs`, code);
    expect(code).not.toMatch(/["']node:|\brequire\(|\bprocess\./);
    expect(Buffer.byteLength(code)).toBeLessThan(60_000);
    const look = `console.log(typeof (await import('${file}')).advance)`;
    expect(project.run(process.execPath, '--input-type=module', '-e', look)).toBe('function\n');
  });
});

describe.each(['esm', 'cjs'] as const)('the whole, bundled by esbuild as %s', format => {
  test('runs, with its binaries beside it', async () => {
    const outfile = join(project.directory, 'bundled', format, `program.${format === 'esm' ? 'mjs' : 'cjs'}`);
    const { warnings } = await build({
      ...{ entryPoints: [join(project.directory, 'whole.js')], outfile, bundle: true, platform: 'node', format },
      ...{ logLevel: 'silent', logOverride: { 'empty-import-meta': 'silent' } },
    });
    expect(warnings).toEqual([]);
    const prebuilds = join(project.directory, 'node_modules/network-event-broker/dist/prebuilds');
    cpSync(prebuilds, join(dirname(outfile), 'prebuilds'), { recursive: true });
    expect(project.run(process.execPath, outfile).split('\n').sort()).toEqual(['', 'exited', 'true']);
  });
});
