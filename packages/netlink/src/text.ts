/**
 * Names are bytes to the kernel, nearly always UTF-8. In text a byte that is no part of UTF-8 is a lone surrogate, U+DC80
 * for 0x80 to U+DCFF for 0xff: no byte is lost, and no two names become the same text (PEP 383 does the same).
 */
import { isUtf8 } from 'node:buffer';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true }); // to a name it is a character like any other
const BYTE_BASE = 0xdc00;
/** With the flag u: no half of a pair is meant. */
const bytesInText = /([\udc80-\udcff]+)/u;

/** How many bytes the character at `at` has in UTF-8; 0: what is there is no UTF-8. */
const sizeAt = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || ((bytes[at + 1] ?? 0) & 0xc0) !== 0x80) return 0; // seen without asking, which costs
  const size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return isUtf8(bytes.subarray(at, at + size)) ? size : 0;
};

/** Any bytes, as text of which `textToBytes` makes the same bytes again. */
export const bytesToText = (bytes: Uint8Array): string => {
  if (isUtf8(bytes)) return decoder.decode(bytes);
  let text = '';
  let from = 0; // where what is not yet in the text begins
  const addUntil = (end: number): void => {
    if (from < end) text += decoder.decode(bytes.subarray(from, end));
  };
  for (let at = 0; at < bytes.length;) {
    const size = sizeAt(bytes, at);
    at += size || 1;
    if (size > 0) continue;
    addUntil(at - 1);
    text += String.fromCharCode(BYTE_BASE + (bytes[at - 1] ?? 0));
    from = at;
  }
  addUntil(bytes.length);
  return text;
};

/** The bytes that a text stands for: UTF-8 but for those that are none. Surrogates that stand for no byte become U+FFFD. */
export const textToBytes = (text: string): Uint8Array => {
  if (!bytesInText.test(text)) return encoder.encode(text);
  const pieces = text.split(bytesInText); // every other one is of such bytes
  return Buffer.concat(
    pieces.map((piece, nth) => (nth % 2 === 0 ? encoder.encode(piece) : Buffer.from(piece, 'latin1'))),
  );
};
