// The page of `view`, in one file: dist/viewer.html. Its policy allows this script and these styles by their hashes, and nothing else:
// no network, no frames, no forms, and nothing that a trace holds.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, URL } from 'node:url';

const path = name => fileURLToPath(new URL(`../${name}`, import.meta.url));
const common = { bundle: true, minify: true, write: false, target: 'es2023', logLevel: 'warning' };
const texts = ({ outputFiles: [file] }) => file.text.trim();

const script = await build({
  ...common,
  metafile: true,
  entryPoints: [path('viewer/main.tsx')],
  tsconfig: path('viewer/tsconfig.json'),
  format: 'iife',
  platform: 'browser',
});
const style = await build({ ...common, entryPoints: [path('viewer/style.css')] });
/** What it was made of. */
export const { metafile } = script;

const hash = text => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const [js, css] = [texts(script), texts(style)];
if (/<\/script|<!--/i.test(js) || /<\/style/i.test(css))
  throw new Error('viewer: expected nothing that ends the element it is in');
const policy = [
  "default-src 'none'",
  `script-src ${hash(js)}`,
  `style-src ${hash(css)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const put = (page, name, text) => {
  const [before, after, ...more] = page.split(name);
  if (after === undefined || more.length > 0) throw new Error(`viewer/page.html: expected ${name} once`);
  return before + text + after;
};
// The longest last: none of the texts is looked through for the names that follow.
const page = [
  ['POLICY', policy],
  ['<!-- style -->', `<style>${css}</style>`],
  ['<!-- script -->', `<script>${js}</script>`],
].reduce((page, [name, text]) => put(page, name, text), readFileSync(path('viewer/page.html'), 'utf8'));
writeFileSync(path('dist/viewer.html'), page);
