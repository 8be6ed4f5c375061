// Writes docs/configuration.md from the built configuration table.
import { writeFileSync } from 'node:fs';
import { URL } from 'node:url';
import { configurationPage } from '../dist/config/document.js';

writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationPage());
