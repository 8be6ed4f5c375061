// The daemon in one file: Node starts it in half the time it needs for a tree of modules.
import { build } from 'esbuild';
import { copyFileSync, readFileSync } from 'node:fs';
import { fileURLToPath, URL } from 'node:url';

const path = name => fileURLToPath(new URL(name, import.meta.url));
const { version } = JSON.parse(readFileSync(path('package.json'), 'utf8'));

// CommonJS, because most of what is bundled is, and because a check of Node's version can then come before everything.
const tooOld = `{
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error('network-broker: expected Node 20.19 or newer, found ' + process.versions.node + ' (' + process.execPath + ')');
    process.exit(1);
  }
}`;

// The addon lies beside the bundle: what is installed has no node_modules.
const addonBesideBundle = {
  name: 'addon-beside-bundle',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^@network-stack\/netlink$/ }, () => ({ path: path('packages/netlink/src/index.ts') }));
    onResolve({ filter: /\.node$/ }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /packages\/netlink\/src\/addon\.ts$/ }, () => ({
      contents: `export const addon = require('./netlink.node');`,
    }));
  },
};

await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/network-broker.cjs',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['x11', 'usocket'], // dbus-next asks for them only where it has no system bus or must pass file descriptors
  alias: {
    rxjs: path('node_modules/rxjs/dist/esm/index.js'), // modules, of which only what is used is taken
    xml2js: path('scripts/no-xml2js.mjs'),
  },
  define: { VERSION: JSON.stringify(version) },
  banner: { js: tooOld },
  plugins: [addonBesideBundle],
  sourcemap: 'linked',
  sourcesContent: false,
  minifySyntax: true,
  logLevel: 'warning',
});

copyFileSync(path('packages/netlink/build/Release/netlink.node'), path('dist/netlink.node'));
