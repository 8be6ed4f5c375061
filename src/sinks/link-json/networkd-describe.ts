import type { LinkDetails } from '../../world/networkd/link-details.js';
import { ipTextOf } from '../../model/ip/ip-address.js';
import { field, isList, isRecord, isText, parseJson, textOf } from '../../model/values/unknown.js';

const isByte = (value: unknown): value is number => typeof value === 'number';

/** An IP address, in bytes or as text. */
const addressOf = (value: unknown): string =>
  isList(value) ? (value.every(isByte) ? (ipTextOf(value) ?? '') : '') : textOf(value);

/** `{"Family": 2, "Address": [10, 77, 1, 1]}`, or `{"Server": "ntp.example"}`. */
const serverOf = (value: unknown): string =>
  addressOf(value) || addressOf(field(value, 'Address')) || textOf(field(value, 'Server'));

/** A domain: text, or `{"Domain": "lab.example"}`. */
const domainOf = (value: unknown): string => textOf(value) || textOf(field(value, 'Domain'));

/** Each once, in order: networkd repeats a domain that it was told of repeatedly. */
const listOf = (value: unknown, read: (entry: unknown) => string): readonly string[] =>
  isList(value) ? [...new Set(value.map(read).filter(text => text !== ''))] : [];

/**
 * Reads the reply of `Describe` of org.freedesktop.network1.Link (systemd 249 and later): a JSON document of
 * undocumented form. A field of unknown shape counts as missing; undefined if it is not a JSON object.
 */
export const parseLinkDescription = (reply: unknown): Partial<LinkDetails> | undefined => {
  const described = isText(reply) ? parseJson(reply) : undefined;
  if (!isRecord(described)) return undefined;
  const text = (name: string): string => textOf(described[name]);
  return {
    type: text('Type'),
    driver: text('Driver'),
    vendor: text('Vendor'),
    model: text('Model'),
    path: text('Path'),
    linkFile: text('LinkFile'),
    networkFile: text('NetworkFile'),
    dns: listOf(described.DNS, serverOf),
    ntp: listOf(described.NTP, serverOf),
    searchDomains: listOf(described.SearchDomains, domainOf),
    routeDomains: listOf(described.RouteDomains, domainOf),
  };
};
