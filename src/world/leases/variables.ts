import type { Lease } from '../../model/lease.js';

/** One label of a name: letters, digits, `-` and `_` inside (RFC 1123; `_` as DNS itself and systemd allow it). */
const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;

const isName = (text: string, longest: number): boolean =>
  text.length <= longest && text.split('.').every(one => label.test(one));

/** A domain name without its last dot (RFC 1035: 253 characters); undefined: it is none. */
export const domainName = (text: string): string | undefined => {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  return isName(name, 253) ? name : undefined;
};

/** A host name that Linux takes (hostname(7): 64 characters); undefined: it is none, or names every host. */
export const hostName = (text: string): string | undefined =>
  isName(text, 64) && !text.includes('_') && !/^localhost(\.|$)/i.test(text) ? text : undefined;

/** Domains of `domain-name`, which servers use for several, too; a value in which one is none is refused whole. */
const ownDomains = ({ domain }: Lease): readonly string[] => {
  const names = domain.split(' ').map(domainName);
  return names.every(name => name !== undefined) ? names : [];
};

/** The domains that names are completed with: the link's own first, each once. */
export const searchDomains = (lease: Lease): readonly string[] => [
  ...new Set([...ownDomains(lease), ...lease.search.flatMap(text => domainName(text) ?? [])]),
];

/** Control characters are for terminals and parsers, not for us. */
const clean = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, '');

/** `ADDRESS=192.0.2.5,DNS=192.0.2.1,192.0.2.2,ROUTER=…,SUBNETMASK=…,DOMAIN=…`; what the lease does not say is left out. */
const dhclientText = (lease: Lease): string =>
  [
    ['ADDRESS', lease.addresses.join(',')],
    ['DNS', lease.dns.join(',')],
    ['ROUTER', lease.routers.join(',')],
    ['SUBNETMASK', lease.subnetMask],
    ['DOMAIN', ownDomains(lease).join(' ')],
  ]
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}`)
    .join(',');

/** A lease as `DHCP_LEASE` gives it to scripts: of dhclient the values that are checked, of systemd-networkd its file's lines. */
export const leaseText = (origin: string, lease: Lease): string =>
  origin === 'dhclient'
    ? dhclientText(lease)
    : [...lease.options].map(([name, value]) => `${name}=${clean(value)}`).join(' ');

/** What scripts are given of a lease besides. Addresses were checked when they were read. */
export const leaseVariables = (lease: Lease): Readonly<Record<string, string>> => ({
  ...(lease.dns.length === 0 ? {} : { DNS: lease.dns.join(',') }),
  ...(ownDomains(lease).length === 0 ? {} : { DOMAIN: ownDomains(lease).join(' ') }),
});
