/** The compiled part of the package; see addon/netlink.c for each function. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import load from 'node-gyp-build';

/** An open socket, opaque. */
export type Handle = object;

/** Numbers below zero are -errno. */
export interface Addon {
  /** @param protocol NETLINK_*, netlink(7) */
  open(protocol: number): Handle | number;
  watch(handle: Handle, onReadable: () => void): number;
  close(handle: Handle): void;
  ref(handle: Handle, on: boolean): void;
  setOption(handle: Handle, level: number, option: number, value: number): number;
  getOption(handle: Handle, level: number, option: number): number;
  send(handle: Handle, bytes: Uint8Array): number;
  receive(handle: Handle, buffer: Uint8Array): number;
}

const isAddon = (value: unknown): value is Addon => typeof value === 'object' && value !== null && 'receive' in value;

// By the package's own name, so that a program which bundles this file still finds the binary.
const root = dirname(createRequire(import.meta.url).resolve('@network-stack/netlink/package.json'));
const loaded = load(root);
if (!isAddon(loaded)) throw new TypeError(`expected the netlink addon under ${root}/build, found another module`);
export const addon: Addon = loaded;
