/** The compiled part of the package; see addon/netlink.c for each function. */
import { lazyAddon } from '@network-stack/addon';

/** An open socket, opaque. */
export type Handle = object;

/** Numbers below zero are -errno. */
export interface Addon {
  /**
   * @param protocol NETLINK_*, netlink(7)
   * @param netns a network namespace, see netns.ts; undefined: that of this thread
   */
  open(protocol: number, netns: number | string | undefined): Handle | number;
  watch(handle: Handle, onReadable: () => void, byThread: boolean): number;
  close(handle: Handle): void;
  ref(handle: Handle, on: boolean): void;
  setOption(handle: Handle, level: number, option: number, value: number): number;
  getOption(handle: Handle, level: number, option: number): number;
  send(handle: Handle, bytes: Uint8Array): number;
  receive(handle: Handle, buffer: Uint8Array): number;
}

const isAddon = (value: unknown): value is Addon => typeof value === 'object' && value !== null && 'receive' in value;

/** In CommonJS, which a bundle may be, `import.meta` is empty. */
const here = typeof __dirname === 'string' ? __dirname : import.meta.dirname;
export const addon = lazyAddon('netlink', here, isAddon);
