import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execaSync } from 'execa';
import { checkout } from '../lab/checkout.js';

/** A project of somebody else's that depends on the package as it would be published. */
export interface Project {
  readonly directory: string;
  readonly write: (path: string, text: string) => string;
  /** Runs a program there; its output. An error shows all that it said. */
  readonly run: (command: string, ...args: readonly string[]) => string;
  /** Gives it a development tool that the checkout has, without asking a registry; the tool's own program. */
  readonly borrow: (tool: string, program: string) => string;
  /** Compiles everything there, strictly, to JavaScript below `built`. */
  readonly compile: () => string;
  readonly remove: () => void;
}

const strict = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(checkout, 'node_modules', '@types')],
    allowJs: true,
    checkJs: true,
    rootDir: '.',
    outDir: 'built',
  },
  exclude: ['built', 'node_modules'],
};

const runIn =
  (cwd: string) =>
  (command: string, ...args: readonly string[]): string =>
    execaSync(command, args, { cwd, stdin: 'ignore', stripFinalNewline: false, timeout: 120_000 }).stdout; // what hangs has failed

/** Packs what is published of the checkout, which must be built; the tarball. */
export const packed = (directory: string): string => {
  const run = runIn(checkout);
  const staged = join(directory, 'package');
  run(process.execPath, 'scripts/package.mjs', staged);
  const file = run('npm', 'pack', '--silent', '--pack-destination', directory, staged).trim().split('\n').at(-1);
  rmSync(staged, { recursive: true });
  return join(directory, file ?? '');
};

/** Installs the package into an empty project. */
export const packedProject = (): Project => {
  const directory = mkdtempSync(join(tmpdir(), 'broker-packed-'));
  const run = runIn(directory);
  const file = packed(directory);
  const write = (path: string, text: string): string => {
    const full = join(directory, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  };
  write('package.json', JSON.stringify({ name: 'somebody-elses', version: '1.0.0', private: true, type: 'module' }));
  write('tsconfig.json', JSON.stringify(strict));
  run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', file, 'rxjs@7');
  cpSync(join(directory, 'node_modules', 'network-event-broker', 'examples'), join(directory, 'examples'), {
    recursive: true,
  });
  return {
    directory,
    write,
    run,
    borrow: (tool, program) => {
      symlinkSync(join(checkout, 'node_modules', tool), join(directory, 'node_modules', tool));
      return join(directory, 'node_modules', tool, program);
    },
    compile: () => run(process.execPath, join(checkout, 'node_modules', 'typescript', 'bin', 'tsc')),
    remove: () => rmSync(directory, { recursive: true }),
  };
};

/** The blocks of code in a page that begin with their file's name: `// name.ts`. */
export const codeOf = (page: string): readonly { readonly name: string; readonly code: string }[] =>
  [...readFileSync(join(checkout, page), 'utf8').matchAll(/^```(?:ts|js)\n\/\/ (\S+)\n(.*?)^```/gms)].map(
    ([, name = '', code = '']) => ({ name, code }),
  );
