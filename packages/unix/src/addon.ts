/** The compiled part of the package; see addon/unix.c for each function. */
import { lazyAddon } from '@network-stack/addon';

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

/** In CommonJS, which a bundle may be, `import.meta` is empty. */
const here = typeof __dirname === 'string' ? __dirname : import.meta.dirname;
export const addon = lazyAddon('unix', here, isAddon);
