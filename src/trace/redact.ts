const ipv4 = /\b(?:\d{1,3}\.){3}\d{1,3}\b/g;
const ipv6 = /(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi;
const mac = /\b(?:[0-9a-f]{2}:){5,}[0-9a-f]{2}\b/gi;
const hidden = new Set(['hostname', 'domain', 'search']);
/** Addresses that tell nothing about anybody. */
const harmless = new Set(['0.0.0.0', '127.0.0.1', '255.255.255.255', '::', '::1']);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** The same stand-in for the same text, in the order in which they come. */
const standIns = (name: (nth: number) => string): ((text: string) => string) => {
  const known = new Map<string, string>();
  return text => {
    const stand = known.get(text) ?? name(known.size + 1);
    known.set(text, stand);
    return stand;
  };
};

const escaped = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');

/**
 * Hides in the lines of a trace what tells whose it is: addresses, MAC addresses, names of links, hosts and domains. The
 * same text always becomes the same stand-in, so the trace replays as before; masks and lengths of prefixes stay.
 */
export const createRedactor = (): ((line: string) => string) => {
  const link = standIns(nth => `link${nth}`);
  const host = standIns(nth => `name${nth}.example`);
  const address4 = standIns(nth => `10.${(nth >> 16) & 255}.${(nth >> 8) & 255}.${nth & 255}`);
  const address6 = standIns(nth => `fd00::${nth.toString(16)}`);
  const hardware = standIns(
    nth => `02:00:00:00:${(nth >> 8).toString(16).padStart(2, '0')}:${(nth & 255).toString(16).padStart(2, '0')}`,
  );
  const links = new Set<string>();
  let words = /(?!)/g;

  const learn = (name: unknown): void => {
    if (typeof name !== 'string' || name === '' || name === 'lo' || links.has(name)) return;
    links.add(name);
    words = new RegExp(`(?<![\\w.-])(?:${[...links].map(escaped).join('|')})(?![\\w-])`, 'g');
  };
  const discover = (value: unknown): void => {
    if (isList(value)) value.forEach(discover);
    else if (isRecord(value)) {
      if (typeof value.ifindex === 'number') learn(value.name);
      learn(value.link);
      if (isList(value.alternativeNames)) value.alternativeNames.forEach(learn);
      Object.values(value).forEach(discover);
    }
  };
  const kept = (stand: (text: string) => string) => (text: string) =>
    harmless.has(text) || text.startsWith('255.') ? text : stand(text);
  const hide = (text: string): string =>
    text.replace(mac, hardware).replace(ipv6, kept(address6)).replace(ipv4, kept(address4)).replace(words, link);
  const walk = (value: unknown, name = ''): unknown => {
    if (typeof value === 'string') return hidden.has(name) && value !== '' ? host(value) : hide(value);
    if (isList(value)) return value.map(each => walk(each, name));
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each, key)]));
  };
  return line => {
    const value: unknown = JSON.parse(line);
    discover(value);
    return JSON.stringify(walk(value));
  };
};
