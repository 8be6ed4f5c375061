import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { env, execPath, pid, version } from 'node:process';

const WARNINGS = ['-std=c11', '-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Werror'];
const CODE = ['-O2', '-fPIC', '-fvisibility=hidden', '-fstack-protector-strong', '-DNAPI_VERSION=8'];
/** Functions are looked up when they are called, for Bun and Deno lack some. Nothing in the file depends on time or place. */
const LINKING = ['-shared', '-s', '-Wl,-z,relro,-z,lazy,-z,noexecstack,-z,noseparate-code,--build-id=none,--as-needed'];

/** Where the headers of the Node that runs this are: beside its binary, or where a distribution keeps them. Throws what to install. */
export const nodeHeaders = (): string => {
  const beside = join(dirname(dirname(realpathSync(execPath))), 'include/node');
  const places = [beside, '/usr/include/node', '/usr/local/include/node'];
  const found = places.find(place => existsSync(join(place, 'node_api.h')));
  if (found !== undefined) return found;
  throw new Error(
    `expected node_api.h of Node ${version} in ${places.join(' or ')}, found it in none of these: install it (Debian: libnode-dev; Fedora: nodejs-devel; Alpine: nodejs-dev)`,
  );
};

/** Compiles one C file to one addon. Throws what the compiler said, or how to get one. */
export const compile = (source: string, output: string, cc = env.CC ?? 'cc', further: readonly string[] = []): void => {
  const fresh = `${output}.${pid}`;
  const files = ['-I', nodeHeaders(), '-o', fresh, basename(source)];
  mkdirSync(dirname(output), { recursive: true });
  const made = spawnSync(cc, [...WARNINGS, ...CODE, ...LINKING, ...further, ...files], {
    cwd: dirname(source), // and its name alone: the path is not in the result
    encoding: 'utf8',
  });
  if (made.error !== undefined)
    throw new Error(
      `expected the C compiler ${cc}, found none (${made.error.message}): install it (Debian, Fedora: gcc; Alpine: gcc musl-dev linux-headers), or name another one in CC`,
    );
  if (made.status !== 0)
    throw new Error(
      `expected ${cc} to compile ${source}; the headers of the C library and of Linux are needed (Debian: libc6-dev; Fedora: glibc-devel kernel-headers; Alpine: musl-dev linux-headers). It said:\n${made.stderr}`,
    );
  renameSync(fresh, output); // a program that runs has the old one mapped: written over, it would be killed
};
