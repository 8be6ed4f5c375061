import type { LinkDetails } from '../../world/networkd/link-details.js';
import { ipTextOf } from '../../model/ip/ip-address.js';

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isByte = (value: unknown): value is number => typeof value === 'number';

/** An IP address, in bytes or as text. */
const addressOf = (value: unknown): string =>
  isList(value) ? (value.every(isByte) ? (ipTextOf(value) ?? '') : '') : textOf(value);

/** `{"Family": 2, "Address": [10, 77, 1, 1]}`, or `{"Server": "ntp.example"}`. */
const serverOf = (value: unknown): string =>
  addressOf(value) || addressOf(field(value, 'Address')) || textOf(field(value, 'Server'));

/** A domain: text, or `{"Domain": "lab.example"}`. */
const domainOf = (value: unknown): string => textOf(value) || textOf(field(value, 'Domain'));

/** Each once, in their order: networkd names a domain as often as it was told of it. */
const listOf = (value: unknown, read: (entry: unknown) => string): readonly string[] =>
  isList(value) ? [...new Set(value.map(read).filter(text => text !== ''))] : [];

/** Text that is JSON; undefined: it is not. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * What networkd says of a link in the reply of `Describe` of org.freedesktop.network1.Link (systemd 249 and later): a
 * JSON document of no documented form. A field whose shape is unknown is as good as missing; undefined: no JSON object.
 */
export const parseLinkDescription = (reply: unknown): Partial<LinkDetails> | undefined => {
  const described = typeof reply === 'string' ? parse(reply) : undefined;
  if (typeof described !== 'object' || described === null || isList(described)) return undefined;
  const text = (name: string): string => textOf(field(described, name));
  return {
    type: text('Type'),
    driver: text('Driver'),
    vendor: text('Vendor'),
    model: text('Model'),
    path: text('Path'),
    linkFile: text('LinkFile'),
    networkFile: text('NetworkFile'),
    dns: listOf(field(described, 'DNS'), serverOf),
    ntp: listOf(field(described, 'NTP'), serverOf),
    searchDomains: listOf(field(described, 'SearchDomains'), domainOf),
    routeDomains: listOf(field(described, 'RouteDomains'), domainOf),
  };
};
