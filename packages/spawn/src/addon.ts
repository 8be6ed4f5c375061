/** The compiled part of the package; see addon/spawn.c. */
import { lazyAddon } from '@network-stack/addon';

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

/** In CommonJS, which a bundle may be, `import.meta` is empty. */
const here = typeof __dirname === 'string' ? __dirname : import.meta.dirname;
export const addon = lazyAddon('spawn', here, isAddon);
