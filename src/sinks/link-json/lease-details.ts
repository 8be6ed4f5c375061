import type { Lease } from '../../model/lease.js';
import type { LinkDetails } from '../../world/networkd/link-details.js';
import { dnsServers, searchDomains } from '../../world/leases/usable-values.js';

const ntpOptions = ['ntp-servers', 'dhcp6.sntp-servers'];

/** Servers are not trusted: what cannot be an address is left out. */
const ntpOf = ({ options }: Lease): readonly string[] =>
  ntpOptions.flatMap(name => (options.get(name) ?? '').split(/[\s,]+/).filter(word => /^[0-9a-f:.]+$/i.test(word)));

/** The servers and domains in the leases of one link, IPv4 and IPv6; each once, in order. */
export const leaseDetails = (leases: readonly Lease[]): Partial<LinkDetails> => ({
  dns: [...new Set(leases.flatMap(dnsServers))],
  ntp: [...new Set(leases.flatMap(ntpOf))],
  searchDomains: [...new Set(leases.flatMap(searchDomains))],
});
