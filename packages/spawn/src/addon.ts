/** The compiled part of the package; see addon/spawn.c. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import load from 'node-gyp-build';

export interface Addon {
  /**
   * Texts are UTF-8, each with a NUL at its end. `cgroup`: a descriptor of its directory, or -1.
   *
   * @returns pid and the descriptors to read its standard output and standard error from; or -errno
   */
  spawn(
    path: Uint8Array,
    args: Uint8Array,
    env: Uint8Array,
    cwd: Uint8Array,
    onExit: (code: number, signal: number) => void,
    cgroup: number,
  ): readonly [pid: number, stdout: number, stderr: number] | number;
}

const isAddon = (value: unknown): value is Addon => typeof value === 'object' && value !== null && 'spawn' in value;

// By the package's own name, so that a program which bundles this file still finds the binary.
const root = dirname(createRequire(import.meta.url).resolve('@network-stack/spawn/package.json'));
const loaded = load(root);
if (!isAddon(loaded)) throw new TypeError(`expected the spawn addon under ${root}/build, found another module`);
export const addon: Addon = loaded;
