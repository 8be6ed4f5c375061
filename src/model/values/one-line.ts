/** Could end a line, recolour it or turn it round, or is a byte that is no UTF-8: whatever could make a log line look like another one. */
const deceptive = /[^\P{Cc}\t]|[\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]/gu;

const escaped = (character: string): string => {
  const code = character.charCodeAt(0);
  const byte = code < 0x80 ? code : code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : undefined; // see bytesToText
  return byte === undefined ? `\\u${code.toString(16).padStart(4, '0')}` : `\\x${byte.toString(16).padStart(2, '0')}`;
};

/** The text as one line that shows what it is: deceptive characters become escapes. `\x1b` and `\xe4` are bytes, `\u0085` is a character. */
export const oneLine = (text: string): string => text.replace(deceptive, escaped);
