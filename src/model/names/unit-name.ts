import { textToBytes } from '@network-stack/netlink/text';

/** Bytes that a unit's name may have and that need no escape there (systemd.unit(5)): no `@`, which ends what comes before it. */
const plain = /[A-Za-z0-9:_.-]/;

/** The longest name of a unit, in bytes (UNIT_NAME_MAX of systemd). */
const MAX_UNIT_NAME = 255;

/**
 * A link's name, or a file's, as the instance of a unit: `%i`. As systemd-networkd-wait-online@ has it, so `wg-home` stays as it
 * is; a byte that no unit's name has is escaped as systemd-escape(1) does it: `a b` is `a\x20b`.
 */
export const instanceOf = (name: string): string => {
  let instance = '';
  for (const byte of textToBytes(name)) {
    const character = String.fromCharCode(byte);
    instance += plain.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return instance;
};

/** May systemd have a unit of this name? */
export const isUnitName = (name: string): boolean =>
  name.length <= MAX_UNIT_NAME &&
  /^[A-Za-z0-9:_.\\-]+(@[A-Za-z0-9:_.\\@-]*)?\.(service|socket|target|device|mount|automount|timer|swap|path|slice|scope)$/.test(
    name,
  );

/** A pattern of ListUnitsByPatterns (fnmatch(3)) that means just this text. */
export const literally = (text: string): string => text.replaceAll('\\', '\\\\');
