// node compile-all.js: makes the addons for the machine and the Node that run this. A C compiler and headers are all it takes.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { compile } from './compile.js';
import { target } from './target.js';

const here = import.meta.dirname;

try {
  for (const name of ['netlink', 'spawn', 'unix']) {
    const beside = join(here, `${name}.c`); // where all four are one package
    const [source, to] = existsSync(beside)
      ? [beside, join(here, '..')]
      : [join(here, '../..', name, 'src/addon', `${name}.c`), join(here, '../..', name)];
    compile(source, join(to, 'prebuilds', target(), `${name}.node`));
  }
} catch (error) {
  console.error(`addons: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
