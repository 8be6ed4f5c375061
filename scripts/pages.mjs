// Writes the pages of docs/ that are made from tables, from the built ones.
import { writeFileSync } from 'node:fs';
import { URL } from 'node:url';
import { configurationPage } from '../dist/config/document.js';
import { faultPage } from '../dist/text/fault-words.js';

const write = (name, text) => writeFileSync(new URL(`../docs/${name}`, import.meta.url), text);
write('configuration.md', configurationPage());
write('faults.md', faultPage());
