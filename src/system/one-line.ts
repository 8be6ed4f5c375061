/** Could end a line, recolour it or turn it round: whatever could make a log line look like another one. */
const deceptive = /[^\P{Cc}\t]|[\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const escaped = (character: string): string => {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/** The text as one line that shows what it is: deceptive characters become escapes, `\x1b`. */
export const oneLine = (text: string): string => text.replace(deceptive, escaped);
