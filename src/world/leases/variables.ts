import { domainName } from '../../model/names/domain-name.js';
import { ipText } from '../../model/ip/ip-address.js';
import type { Lease } from '../../model/lease.js';
import { dnsServers, hostName, ownDomains } from './usable-values.js';

type Variables = Readonly<Record<string, string>>;

/** Removes control characters and line separators. */
const clean = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, '');

/** `ADDRESS=192.0.2.5,DNS=192.0.2.1,192.0.2.2,ROUTER=…,SUBNETMASK=…,DOMAIN=…`; what the lease does not say is left out. */
const dhclientText = (lease: Lease): string =>
  [
    ['ADDRESS', lease.addresses.join(',')],
    ['PREFIX', lease.prefixes.join(',')],
    ['DNS', dnsServers(lease).join(',')],
    ['ROUTER', lease.routers.join(',')],
    ['SUBNETMASK', lease.subnetMask],
    ['DOMAIN', ownDomains(lease).join(' ')],
  ]
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}`)
    .join(',');

/** The value of `DHCP_LEASE`: checked values for dhclient, the lines of its file for systemd-networkd. */
export const leaseText = (origin: string, lease: Lease): string =>
  origin === 'dhclient'
    ? dhclientText(lease)
    : [...lease.options].map(([name, value]) => `${name}=${clean(value)}`).join(' ');

/**
 * Further variables that scripts have always had with dhclient's leases. Addresses were checked when they were read.
 */
export const dhclientVariables = (lease: Lease): Variables => ({
  ...(dnsServers(lease).length === 0 ? {} : { DNS: dnsServers(lease).join(',') }),
  ...(ownDomains(lease).length === 0 ? {} : { DOMAIN: ownDomains(lease).join(' ') }),
});

/** The lifetime of a lease that never ends, in seconds (RFC 2131, section 3.3; RFC 8415, section 7.7). */
const INFINITY = 0xffff_ffff;

/** As systemd writes spans of time (systemd.time(7)), in seconds. */
const units: Readonly<Record<string, number>> = {
  y: 31_557_600, month: 2_629_800, w: 604_800, d: 86_400, h: 3600, min: 60, s: 1, '': 1,
}; // prettier-ignore

/** `1min 45s`, `105` or `infinity`; undefined for anything else. */
const secondsOf = (text: string): number | undefined => {
  if (text === 'infinity') return INFINITY;
  const words = text.split(' ').map(word => /^(\d{1,10})([a-z]*)$/.exec(word) ?? []);
  const seconds = words.reduce((sum, [, count, unit = '?']) => sum + Number(count) * (units[unit] ?? NaN), 0);
  return Number.isNaN(seconds) ? undefined : seconds;
};

const lifetimeOf = ({ options, start, expire }: Lease): number | undefined => {
  const said = options.get('dhcp-lease-time') ?? options.get('LIFETIME');
  if (said !== undefined) return secondsOf(said);
  if (expire === 'never') return INFINITY;
  return typeof start === 'number' ? Math.round((expire - start) / 1000) : undefined;
};

/** The addresses in the options with these names. */
const addressesOf = ({ options }: Lease, ...names: readonly string[]): readonly string[] =>
  names.flatMap(name => (options.get(name) ?? '').split(/[\s,]+/).flatMap(word => ipText(word) ?? []));

const serverOf = ({ server }: Lease): string =>
  /^[0-9a-f]{1,2}(:[0-9a-f]{1,2})+$/i.test(server) ? server : (ipText(server) ?? '');

const mtuOf = ({ options }: Lease): string => {
  const text = options.get('interface-mtu') ?? options.get('MTU') ?? '';
  return /^\d{1,5}$/.test(text) ? text : '';
};

/** One variable per value: its description, and how it is read from a lease. Lists are separated by spaces. */
const table: Readonly<Record<string, readonly [text: string, value: (lease: Lease) => string]>> = {
  DHCP_ADDRESS: ['The addresses.', ({ addresses }) => addresses.join(' ')],
  DHCP_PREFIX: ['The prefixes that are delegated to this host: `2001:db8:1ff::/56`.', ({ prefixes }) => prefixes.join(' ')],
  DHCP_NETMASK: ['`255.255.255.0`; IPv4 only.', ({ subnetMask }) => ipText(subnetMask) ?? ''],
  DHCP_BROADCAST: ['The broadcast address.', lease => addressesOf(lease, 'broadcast-address', 'BROADCAST').join(' ')],
  DHCP_ROUTER: ['The router; where the server names several, the first.', ({ routers }) => routers[0] ?? ''],
  DHCP_ROUTES: ['Classless static routes: `10.0.0.0/8,192.0.2.1`; by 0.0.0.0 without a router.', ({ routes }) => routes.join(' ')],
  DHCP_DNS: ['The DNS servers.', lease => dnsServers(lease).join(' ')],
  DHCP_NTP: ['The time servers.', lease => addressesOf(lease, 'ntp-servers', 'dhcp6.sntp-servers', 'NTP').join(' ')],
  DHCP_DOMAIN: ['The domain of the link.', lease => ownDomains(lease).join(' ')],
  DHCP_SEARCH: ['The domains that names are searched in.', ({ search }) => search.flatMap(text => domainName(text) ?? []).join(' ')],
  DHCP_HOSTNAME: ['The name that the server gives to this host.', ({ hostname }) => hostName(hostname) ?? ''],
  DHCP_MTU: ['The MTU.', mtuOf],
  DHCP_SERVER: ['The server: its address; of dhclient for IPv6 its DUID.', serverOf],
  DHCP_LIFETIME: [
    'For how many seconds the lease was given, 4294967295 if for ever; of systemd-networkd for IPv6, how many were left when it was asked.',
    lease => String(lifetimeOf(lease) ?? ''),
  ],
}; // prettier-ignore

/** The descriptions of a lease's variables. */
export const leaseVariableTexts: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(table).map(([name, [text]]) => [name, text]),
);

/** The values of a lease, one variable each; absent and invalid ones are left out. */
export const leaseVariables = (lease: Lease): Variables =>
  Object.fromEntries(
    Object.entries(table)
      .map(([name, [, value]]) => [name, value(lease)] as const)
      .filter(([, value]) => value !== ''),
  );
