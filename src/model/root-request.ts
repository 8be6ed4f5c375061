// What is said over the socket of the root executor: one request in one line of JSON, then its replies, a line each.
import type { Tree } from './config.js';

/** The unit of it: config/network-broker-root.socket. */
export const ROOT_SOCKET = '/run/network-broker-root.sock';
/** What it reads to know which trees are root's. */
export const ROOT_CONFIGURATION = '/etc/network-broker/network-broker.toml';
/** Of a request, its line end included. */
export const MAX_ROOT_REQUEST_BYTES = 256 * 1024;

/** Asks for one run of one script. Whatever it says is judged by the executor (src/root/). */
export interface RootRequest {
  /** of a tree that root's own configuration gives to root */
  readonly tree: Pick<Tree, 'path' | 'style'>;
  /** below the paths of the tree; empty: the path itself */
  readonly directory: string;
  /** the name of the script in there */
  readonly script: string;
  readonly args: readonly string[];
  /** those of the style, without PATH; of what comes in a file as well (`JSON_FILE`), the text */
  readonly variables: Readonly<Record<string, string>>;
}

/** Variables that have a file beside them, which the executor writes itself: `JSON_FILE` of `JSON`. */
export const variablesWithFile: readonly string[] = ['JSON', 'ADDRESSES', 'ROUTES', 'RULES'];
