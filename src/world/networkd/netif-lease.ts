import type { Family } from '../../model/address.js';
import { emptyLease, type Instant, type Lease, routersOf } from '../../model/lease.js';
import { ipText, ipTextOf } from '../../model/ip/ip-address.js';
import { isRecord, parseJson } from '../../model/values/unknown.js';
import { assignedValues } from '../../model/values/assigned-values.js';

type Fields = Readonly<Record<string, unknown>>;

/** The entries of a list in Describe that came from this DHCP client. */
const broughtBy = (description: Fields, list: string, source: string): readonly Fields[] => {
  const entries: unknown = description[list];
  return (Array.isArray(entries) ? entries : []).filter(
    (entry): entry is Fields => isRecord(entry) && entry.ConfigSource === source,
  );
};

const isBytes = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every(byte => typeof byte === 'number');

const ipOf = (bytes: unknown): readonly string[] => {
  const text = isBytes(bytes) ? ipTextOf(bytes) : undefined;
  return text === undefined ? [] : [text];
};

const addressOf = ({ Address: bytes }: Fields): readonly string[] => ipOf(bytes);

const prefixOf = ({ Prefix: bytes, PrefixLength: length }: Fields): readonly string[] =>
  typeof length === 'number' && length <= 128 ? ipOf(bytes).map(network => `${network}/${length}`) : [];

/** The prefixes delegated to this host (in systemd 257, not 252). */
const prefixesIn = ({ DHCPv6Client: client }: Fields): readonly Fields[] => {
  const prefixes: unknown = isRecord(client) ? client.Prefixes : undefined;
  return (Array.isArray(prefixes) ? prefixes : []).filter(isRecord);
};

/** The wall clock and the time since boot when networkd was queried, in milliseconds. */
export interface Moment {
  readonly now: number;
  readonly sinceBoot: number;
}

/** systemd 252 spells it in its own way. */
const endOf = ({ ValidLifetimeUSec: end, ValidLifetimeUsec: ofOld = end }: Fields): readonly number[] =>
  typeof ofOld === 'number' && ofOld < 2 ** 63 ? [ofOld] : [];

const expiryOf = (addresses: readonly Fields[], { now, sinceBoot }: Moment): Instant => {
  const ends = addresses.flatMap(endOf);
  return ends.length === 0 ? 'never' : Math.round(now + Math.max(...ends) / 1000 - sinceBoot);
};

const leaseWith = (family: Family, link: string, expire: Instant, rest: Partial<Lease>): Lease => ({
  ...emptyLease,
  family,
  link,
  renew: expire,
  rebind: expire,
  expire,
  ...rest,
});

const addressesIn = (text = ''): readonly string[] => text.split(' ').flatMap(word => ipText(word) ?? []);
/** `10.0.0.0/8,192.0.2.1`, as networkd writes them */
const routesIn = (text = ''): readonly string[] =>
  text.split(' ').filter(word => {
    const [, network = '', length, router = ''] = /^([\d.]+)\/(\d{1,2}),([\d.]+)$/.exec(word) ?? [];
    return Number(length) <= 32 && ipText(network) === network && ipText(router) === router;
  });
const wordsIn = (text = ''): readonly string[] => text.split(' ').filter(word => word !== '');

/** When addresses end, as the kernel said; one that it did not speak of never does. */
export type Ends = ReadonlyMap<string, number>;

/**
 * The IPv4 lease that networkd wrote to `/run/systemd/netif/leases/N`; it ends with its address, which networkd gives the kernel for
 * as long. None if the file says no address.
 */
export const networkdLease4 = (link: string, text: string, ends: Ends = new Map()): readonly Lease[] => {
  const options = assignedValues(text);
  const addresses = addressesIn(options.get('ADDRESS'));
  const [address] = addresses;
  if (address === undefined) return [];
  const routes = routesIn(options.get('CLASSLESS_ROUTES'));
  return [
    leaseWith('ipv4', link, ends.get(address) ?? 'never', {
      addresses,
      server: options.get('SERVER_ADDRESS') ?? '',
      routes,
      routers: routersOf(routes, addressesIn(options.get('ROUTER'))),
      subnetMask: options.get('NETMASK') ?? '',
      dns: addressesIn(options.get('DNS')),
      domain: options.get('DOMAINNAME') ?? '',
      search: wordsIn(options.get('DOMAIN_SEARCH_LIST')),
      hostname: options.get('HOSTNAME') ?? '',
      options,
    }),
  ];
};

/**
 * The IPv6 lease, for which networkd writes no file: what the DHCPv6 client brought according to the text of Describe
 * (org.freedesktop.network1(5)).
 */
export const networkdLease6 = (link: string, text: string, moment: Moment): readonly Lease[] => {
  const parsed = parseJson(text);
  const description = isRecord(parsed) ? parsed : {};
  const brought = broughtBy(description, 'Addresses', 'DHCPv6');
  const addresses = brought.flatMap(addressOf).toSorted();
  const delegated = prefixesIn(description);
  const prefixes = delegated.flatMap(prefixOf).toSorted();
  if (addresses.length + prefixes.length === 0) return [];
  const dns = broughtBy(description, 'DNS', 'DHCPv6').flatMap(addressOf);
  const ntp = broughtBy(description, 'NTP', 'DHCPv6').flatMap(addressOf);
  const search = broughtBy(description, 'SearchDomains', 'DHCPv6').flatMap(({ Domain: domain }) =>
    typeof domain === 'string' ? [domain] : [],
  );
  const expire = expiryOf([...brought, ...delegated], moment);
  const options = new Map(
    Object.entries({
      ADDRESS: addresses.join(' '),
      PREFIX: prefixes.join(' '),
      DNS: dns.join(' '),
      NTP: ntp.join(' '),
      DOMAIN_SEARCH_LIST: [...new Set(search)].join(' '),
      LIFETIME: typeof expire === 'number' ? String(Math.max(0, Math.round((expire - moment.now) / 1000))) : '',
    }).filter(([, value]) => value !== ''),
  );
  return [leaseWith('ipv6', link, expire, { addresses, prefixes, dns, search, options })];
};
