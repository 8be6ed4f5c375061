import type { Lease } from '../../model/lease.js';
import { dnsServers, ownDomains } from './values.js';

/** Control characters are for terminals and parsers, not for us. */
const clean = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, '');

/** `ADDRESS=192.0.2.5,DNS=192.0.2.1,192.0.2.2,ROUTER=…,SUBNETMASK=…,DOMAIN=…`; what the lease does not say is left out. */
const dhclientText = (lease: Lease): string =>
  [
    ['ADDRESS', lease.addresses.join(',')],
    ['DNS', dnsServers(lease).join(',')],
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
  ...(dnsServers(lease).length === 0 ? {} : { DNS: dnsServers(lease).join(',') }),
  ...(ownDomains(lease).length === 0 ? {} : { DOMAIN: ownDomains(lease).join(' ') }),
});
