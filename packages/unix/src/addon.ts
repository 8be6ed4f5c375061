/** The compiled part of the package; see addon/unix.c for each function. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import load from 'node-gyp-build';

/** Numbers below zero are -errno. */
export interface Addon {
  notify(address: string, text: string): number;
  listen(address: string): number;
  connect(address: string): number;
  pair(): readonly [number, number] | number;
  peer(descriptor: number): readonly [pid: number, uid: number, gid: number] | number;
  lock(descriptor: number): number;
  send(descriptor: number, bytes: Uint8Array, descriptors: readonly number[]): number;
  receive(descriptor: number, buffer: Uint8Array): readonly [length: number, ...descriptors: number[]] | number;
}

const isAddon = (value: unknown): value is Addon => typeof value === 'object' && value !== null && 'notify' in value;

// By the package's own name, so that a program which bundles this file still finds the binary.
const root = dirname(createRequire(import.meta.url).resolve('@network-stack/unix/package.json'));
const loaded = load(root);
if (!isAddon(loaded)) throw new TypeError(`expected the unix addon under ${root}/build, found another module`);
export const addon: Addon = loaded;
