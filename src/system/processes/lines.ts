import { bytesToText } from '@network-stack/netlink/text';
import { oneLine } from '../../model/values/one-line.js';

/** Longest line in bytes; a longer one comes in pieces. */
const MAX_LINE_BYTES = 8192;
const newline = 0x0a;

/** One line as it may be logged: control characters and what is not UTF-8 become `\x1b`, `\xe4`. */
const readable = (bytes: Buffer): string => oneLine(bytesToText(bytes).replace(/\r$/, ''));

/** Where to cut so that no UTF-8 sequence is cut in two. */
const cutAt = (bytes: Buffer): number => {
  let at = MAX_LINE_BYTES;
  while (at > MAX_LINE_BYTES - 4 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
};

export interface Lines {
  readonly push: (chunk: Buffer) => void;
  /** what is left is a line, too */
  readonly end: () => void;
}

/** Cuts bytes into lines that may be logged; holds back at most one piece. */
export const createLines = (each: (line: string) => void): Lines => {
  let rest: Buffer = Buffer.alloc(0);
  /** Hands on whole pieces and returns what is left. */
  const cut = (bytes: Buffer): Buffer => {
    let left = bytes;
    while (left.length > MAX_LINE_BYTES) {
      const at = cutAt(left);
      each(readable(left.subarray(0, at)));
      left = left.subarray(at);
    }
    return left;
  };
  return {
    push: chunk => {
      let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline)) {
        each(readable(cut(bytes.subarray(0, at))));
        bytes = bytes.subarray(at + 1);
      }
      rest = cut(bytes);
    },
    end: () => {
      if (rest.length > 0) each(readable(rest));
      rest = Buffer.alloc(0);
    },
  };
};
