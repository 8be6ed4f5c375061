// Writes the manual pages and the completion into dist/, from the built tables.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, URL } from 'node:url';
import { completion } from '../dist/cli/completion.js';
import { manual } from '../dist/cli/manual-page.js';
import { configurationManual } from '../dist/config/key-manual.js';

const path = name => fileURLToPath(new URL(`../${name}`, import.meta.url));
const { version } = JSON.parse(readFileSync(path('package.json'), 'utf8'));
const texts = {
  'dist/man/network-broker.8': manual(version),
  'dist/man/network-broker.toml.5': configurationManual(version),
  'dist/completion/network-broker': completion(),
};
for (const [name, text] of Object.entries(texts)) {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), text);
}
