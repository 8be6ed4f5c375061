/** The compiled part of the package; see addon/sd-notify.c. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import load from 'node-gyp-build';

export interface Addon {
  /** 0, or -errno */
  send(address: string, text: string): number;
}

const isAddon = (value: unknown): value is Addon => typeof value === 'object' && value !== null && 'send' in value;

// By the package's own name, so that a program which bundles this file still finds the binary.
const root = dirname(createRequire(import.meta.url).resolve('@network-stack/sd-notify/package.json'));
const loaded = load(root);
if (!isAddon(loaded)) throw new TypeError(`expected the sd-notify addon under ${root}/build, found another module`);
export const addon: Addon = loaded;
