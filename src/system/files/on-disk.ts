import { readdirSync } from 'node:fs';
import { bytesToText, textToBytes } from '@network-stack/netlink/text';

/** Bytes that are no UTF-8, in text. */
const isPlain = (text: string): boolean => !/[\udc80-\udcff]/u.test(text);

/** A path as node:fs must be given it: of a text it would make UTF-8. */
export const onDisk = (path: string): string | Buffer => (isPlain(path) ? path : Buffer.from(textToBytes(path)));

/** A name or a path that node:fs gave in Latin-1, which has a character for each byte. */
export const fromDisk = (latin1: string): string =>
  /[\x80-\xff]/.test(latin1) ? bytesToText(Buffer.from(latin1, 'latin1')) : latin1;

/** The names in a directory, in the order of their bytes. Throws what readdir(3) fails with. */
export const namesIn = (directory: string): readonly string[] =>
  readdirSync(onDisk(directory), 'latin1').sort().map(fromDisk);
