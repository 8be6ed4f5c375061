import { ipTextOf, ipBytes } from '../parsers/ip-address.js';
import { createAddressHider, standIns } from './stand-ins.js';

const ipv4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)/g;
const ipv6 = /(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4})(?![\w:])/gi;
const mac = /(?<![\w:])(?:[0-9a-f]{2}:){5,}[0-9a-f]{2}(?![\w:])/gi;

/** Keys of JSON, lease options and state files whose values name hosts and domains. */
const names =
  /^(?:\w*hostname|host[-_]name|fqdn|server[-_]name|\w*domains?|domain[-_](?:name|search)|dhcp6\.(?:domain-search|fqdn)|domain_search_list|search|domainname|dns|ntp|server|ssid|alias)$/i;
/** Keys whose values say which machine, or which card, it is. */
const identities =
  /^(?:client_?id|duid|iaid|dhcp-client-identifier|dhcp6\.(?:client|server)-id|id_(?:serial|net_name|net_label|mm)\w*|id_path\w*|serial\w*)$/i;
/** Words of the format itself. */
const own = new Set(['kind', 'what', 'action', 'family', 'origin', 'format']);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isBytes = (value: unknown): value is readonly number[] =>
  isList(value) && value.every(byte => Number.isInteger(byte) && Number(byte) >= 0 && Number(byte) <= 255);

const escaped = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
const isName = (word: string): boolean =>
  /[a-z]/i.test(word) &&
  !['lo', 'yes', 'no', 'true', 'false', 'localhost'].includes(word) &&
  ipBytes(word) === undefined;
const wordsOf = (text: string): readonly string[] => text.split(/[\s,"]+/).filter(isName);

const patternOf = (glob: string): RegExp =>
  new RegExp(`^${escaped(glob).replace(/\\\*/g, '.*').replace(/\\\?/g, '.')}$`);

const parsed = (text: string): unknown => {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Hides in the lines of a trace what tells whose it is: addresses, names of links, hosts and domains, serial numbers, and all
 * that scripts wrote. The same text always becomes the same stand-in. Names are known from where they are told first:
 * whoever has all lines has them learned before the first is hidden.
 */
export interface Redactor {
  readonly learn: (line: string) => void;
  readonly hide: (line: string) => string;
}

export const createRedactor = (): Redactor => {
  const address = createAddressHider();
  const id = standIns(nth => `id${nth}`);
  const hardware = standIns(
    nth => `02:00:00:00:${(nth >> 8).toString(16).padStart(2, '0')}:${(nth & 255).toString(16).padStart(2, '0')}`,
  );
  const globs = new Set<string>();
  const stands = new Map<string, string>();
  let words = /(?!)/g;
  const learnt = { links: 0, names: 0 };

  const add = (word: string, stand: string): void => {
    stands.set(word, stand);
    const all = [...stands.keys()].sort((a, b) => b.length - a.length).map(escaped);
    words = new RegExp(`(?<![\\w.-])(?:${all.join('|')})(?![\\w-])`, 'g');
  };
  const learnLink = (name: unknown): void => {
    if (typeof name !== 'string' || !isName(name) || stands.has(name)) return;
    learnt.links += 1;
    // What a pattern of the configuration chooses, it still chooses.
    const glob = [...globs].find(one => patternOf(one).test(name));
    add(name, glob === undefined ? `link${learnt.links}` : glob.replace(/[*?]+/g, `-${learnt.links}`));
  };
  const learnName = (name: string): void => {
    if (stands.has(name)) return;
    learnt.names += 1;
    add(name, `name${learnt.names}.example`);
  };
  const learnPattern = (pattern: unknown): void => {
    const bare = typeof pattern === 'string' ? pattern.replace(/^!/, '') : '';
    if (/[*?[]/.test(bare)) globs.add(bare);
    else learnLink(bare);
  };
  const learn = (value: unknown, key: string): void => {
    if (typeof value === 'string') {
      const inner = parsed(value);
      if (inner !== undefined) learn(inner, key);
      else if (names.test(key)) wordsOf(value).forEach(learnName);
      else
        for (const [, name = '', text = ''] of value.matchAll(/^(?:[A-Z]:)?([\w-]+)=(.*)$/gm))
          if (names.test(name)) wordsOf(text).forEach(learnName);
    } else if (isList(value)) {
      const [first, second] = value;
      if (value.length === 2 && typeof first === 'string') learn(second, first);
      value.forEach(each => learn(each, key));
    } else if (isRecord(value)) {
      if (isList(value.routingPolicyRules)) value.routingPolicyRules.forEach(learnPattern);
      if (isList(value.links)) value.links.filter(one => typeof one === 'string').forEach(learnPattern);
      if (typeof value.ifindex === 'number' || 'alternativeNames' in value) learnLink(value.name);
      learnLink(value.link);
      if (isList(value.alternativeNames)) value.alternativeNames.forEach(learnLink);
      for (const [name, each] of Object.entries(value)) learn(each, name);
    }
  };

  const hideText = (text: string): string =>
    text
      .replace(/^((?:[A-Z]:)?([\w-]+)=)(.+)$/gm, (line, start: string, name: string, rest: string) =>
        identities.test(name) ? `${start}${id(rest)}` : line,
      )
      .replace(mac, found => hardware(found.toLowerCase()))
      .replace(ipv6, address)
      .replace(ipv4, found => (found.startsWith('255.') ? found : address(found)))
      .replace(words, found => stands.get(found) ?? found);
  const hideBytes = (bytes: readonly number[]): readonly number[] => {
    if (bytes.length === 6) {
      const text = bytes.map(byte => byte.toString(16).padStart(2, '0')).join(':');
      return hardware(text)
        .split(':')
        .map(byte => Number.parseInt(byte, 16));
    }
    return ipBytes(address(ipTextOf(bytes) ?? '')) ?? bytes;
  };
  const hide = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      if (own.has(key)) return value;
      if (key === 'line') return `[${value.length} characters]`; // what a script wrote may be anything
      if (key === 'ask') return value.replace(/(?<= ).*$/s, hideText);
      if (key === '$bytes') return value.replace(/./g, '0');
      if (identities.test(key) && value !== '') return id(value);
      const inner = parsed(value);
      return inner === undefined ? hideText(value) : JSON.stringify(hide(inner, key));
    }
    if (isList(value)) {
      if ([4, 6, 16].includes(value.length) && isBytes(value)) return hideBytes(value);
      const [first, second] = value;
      if (value.length === 2 && typeof first === 'string') return [hide(first, key), hide(second, first)];
      return value.map(each => hide(each, key));
    }
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, hide(each, name)]));
  };
  const learnLine = (line: string): void => learn(JSON.parse(line), '');
  return {
    learn: learnLine,
    hide: line => {
      learnLine(line);
      return JSON.stringify(hide(JSON.parse(line), ''));
    },
  };
};
