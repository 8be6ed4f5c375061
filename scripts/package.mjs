// node package.mjs [DIRECTORY]: what is published, of what `make build` made, and nothing that only the checkout needs.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const to = process.argv[2] ?? join(top, 'dist/package');
if (!existsSync(join(top, 'dist/index.js'))) {
  console.error('package: expected a built checkout, found no dist/index.js: make build');
  process.exit(1);
}
const whole = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));
const ofCheckout = ['private', 'workspaces', 'scripts', 'devDependencies', 'overrides'];
const manifest = Object.fromEntries(Object.entries(whole).filter(([key]) => !ofCheckout.includes(key)));

/** Files that these import, directly or not. */
const reached = files => {
  const all = new Set();
  const visit = file => {
    if (all.has(file)) return;
    all.add(file);
    for (const [, way] of readFileSync(file, 'utf8').matchAll(/\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)) {
      const path = join(dirname(file), way);
      visit(file.endsWith('.d.ts') ? path.replace(/js$/, 'd.ts') : path);
    }
  };
  files.forEach(visit);
  return [...all].map(file => relative(top, file));
};

const entries = Object.values(manifest.exports).flatMap(entry =>
  typeof entry === 'string' ? [] : Object.values(entry),
);
const files = [
  ...reached(entries.map(entry => join(top, entry))),
  ...['compile-all.js', 'compile.js', 'target.js', 'netlink.c', 'spawn.c', 'unix.c'].map(name => `dist/addon/${name}`),
  ...['network-broker.cjs', 'bundle.cjs', 'module-hooks.cjs', 'code-cache.cjs', 'viewer.html'].map(
    name => `dist/${name}`,
  ),
  ...['THIRD-PARTY-LICENSES', 'sbom.cdx.json', 'prebuilds', 'man', 'completion'].map(name => `dist/${name}`),
  ...['bin', 'config', 'examples', 'LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md'],
];

rmSync(to, { recursive: true, force: true });
for (const file of files) {
  mkdirSync(dirname(join(to, file)), { recursive: true });
  cpSync(join(top, file), join(to, file), { recursive: true });
}
cpSync(join(top, 'docs'), join(to, 'docs'), { recursive: true, filter: from => from !== join(top, 'docs/api') });
writeFileSync(join(to, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
/** The tarball has the modes of files: whoever builds may have another umask(2). */
for (const name of readdirSync(to, { recursive: true, encoding: 'utf8' })) {
  const mode = statSync(join(to, name)).mode;
  chmodSync(join(to, name), (mode & 0o100) === 0 ? 0o644 : 0o755);
}
