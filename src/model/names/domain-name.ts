/** One label of a name: letters, digits, `-` and `_` inside (RFC 1123; `_` as DNS itself and systemd allow it). */
const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;
/** RFC 1035. */
const MAX_LENGTH = 253;

/** A domain name without its last dot; undefined: it is none. */
export const domainName = (text: string): string | undefined => {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  return name.length <= MAX_LENGTH && name.split('.').every(one => label.test(one)) ? name : undefined;
};
