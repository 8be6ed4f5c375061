import { ipText } from '../model/ip/ip-address.js';
import { prefixOf } from '../model/ip/prefix.js';
import { domainName } from '../model/names/domain-name.js';
import { isRecord, parseJson } from '../model/values/unknown.js';

/** What a variable may hold. */
export interface ValueKind {
  /** ends the sentence "expected …" */
  readonly expected: string;
  readonly is: (value: string) => boolean;
}

const kind = (expected: string, is: ValueKind['is']): ValueKind => ({ expected, is });

/** Separated by single characters; an empty value is an empty list. */
const listOf = (separator: string, expected: string, isOne: (word: string) => boolean): ValueKind =>
  kind(expected, value => value === '' || value.split(separator).every(isOne));

const isAddress = (word: string): boolean => !word.includes('/') && ipText(word) !== undefined;
/** With its length: prefixOf() takes an address alone for one. */
const isPrefix = (word: string): boolean => word.includes('/') && prefixOf(word) !== undefined;
const isAnyAddress = (word: string): boolean => isAddress(word) || isPrefix(word);
const isDomain = (word: string): boolean => domainName(word) !== undefined;

/**
 * A link's name (IFNAMSIZ, 15 bytes) of which no shell makes anything else, and no program an option: the kernel takes any
 * byte but a slash, a colon and white space.
 */
export const isPlainLinkName = (name: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9_.@=+-]{0,14}$/.test(name);

export const oneOf = (words: Iterable<string>): ValueKind => {
  const known = new Set(words);
  return kind([...known].join(', '), value => known.has(value));
};
export const orEmpty = ({ expected, is }: ValueKind): ValueKind =>
  kind(`${expected} or nothing`, value => value === '' || is(value));

export const number = kind('a number', value => /^\d{1,16}$/.test(value));
export const linkName = orEmpty(kind('a link name of letters, digits and _.@=+-', isPlainLinkName));
export const address = kind('an IP address', isAddress);
export const addressOrPrefix = kind('an IP address, perhaps with a prefix length', isAnyAddress);
export const prefix = kind('an address with its prefix length', isPrefix);
export const addresses = listOf(' ', 'IP addresses, separated by spaces', isAnyAddress);
export const addressesByComma = listOf(',', 'IP addresses, separated by commas', isAnyAddress);
export const domains = listOf(' ', 'domain names, separated by spaces', isDomain);
/** `10.0.0.0/8,192.0.2.1` */
export const classlessRoutes = listOf(' ', 'routes, separated by spaces', word => {
  const [to = '', by = '', ...rest] = word.split(',');
  return rest.length === 0 && isPrefix(to) && isAddress(by);
});
/** `192.0.2.5/24 192.0.2.1`, as NetworkManager has them */
export const addressWithGateway = kind('an address with its prefix length, perhaps a gateway', value => {
  const [first = '', second = '0.0.0.0', ...rest] = value.split(' ');
  return rest.length === 0 && isPrefix(first) && isAddress(second);
});
/** `10.0.0.0/8 192.0.2.1 100`, as NetworkManager has them */
export const routeWithMetric = kind('a route: a prefix, a gateway, a metric', value => {
  const [to = '', by = '0.0.0.0', metric = '0', ...rest] = value.split(' ');
  return rest.length === 0 && isPrefix(to) && isAddress(by) && /^\d{1,10}$/.test(metric);
});
/** Of RFC 8415 and of dhclient: `00:01:00:01:…` */
export const server = kind(
  'an address or a DUID',
  value => isAddress(value) || /^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){1,129}$/i.test(value),
);
export const hostname = kind('a host name', value => isDomain(value) && !value.includes('_'));
/** Names of D-Bus properties. */
export const propertyNames = listOf(' ', 'names of properties', word => /^[A-Z][A-Za-z0-9]{0,63}$/.test(word));
/** Of a server that nobody knows: no quotes, no dollar, no backquote, nothing that ends a word but spaces. */
export const leaseText = kind('letters, digits, spaces and _.,:/=@+-', value => /^[A-Za-z0-9 _.,:/=@+-]*$/.test(value));
/** What we write of routes and rules, lines of it. */
export const changeLines = kind('lines of letters, digits, spaces and _.,:/=@+-', value =>
  value.split('\n').every(line => /^[A-Za-z0-9 _.,:/=@+-]*$/.test(line)),
);
/** `added 192.0.2.5/24` */
export const addressLines = kind('lines of an action and an address', value =>
  value.split('\n').every(line => {
    const [action = '', what = '', ...rest] = line.split(' ');
    return rest.length === 0 && ['added', 'changed', 'removed'].includes(action) && isPrefix(what);
  }),
);
export const json = kind('a JSON object', value => isRecord(parseJson(value)));
/** `a1b2…`, with hyphens */
export const uuid = kind('a UUID', value => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value));
