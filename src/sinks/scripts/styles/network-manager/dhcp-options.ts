import { ipText } from '../../../../model/ip/ip-address.js';
import type { Lease } from '../../../../model/lease.js';
import { leaseVariables } from '../../../../world/leases/variables.js';
import type { Environment } from '../../environment.js';

type Values = readonly (readonly [name: string, value: string])[];

/** Options that a client asks for. */
const asked: Readonly<Record<string, string>> = {
  DHCP_NETMASK: 'SUBNET_MASK',
  DHCP_BROADCAST: 'BROADCAST_ADDRESS',
  DHCP_DNS: 'DOMAIN_NAME_SERVERS',
  DHCP_NTP: 'NTP_SERVERS',
  DHCP_DOMAIN: 'DOMAIN_NAME',
  DHCP_SEARCH: 'DOMAIN_SEARCH',
  DHCP_HOSTNAME: 'HOST_NAME',
  DHCP_MTU: 'INTERFACE_MTU',
};
/** What it is told all the same. */
const told: Readonly<Record<string, string>> = {
  DHCP_ADDRESS: 'IP_ADDRESS',
  DHCP_SERVER: 'DHCP_SERVER_IDENTIFIER',
  DHCP_LIFETIME: 'DHCP_LEASE_TIME',
};
const ofIpv6: Readonly<Record<string, string>> = {
  DHCP_ADDRESS: 'IP6_ADDRESS',
  DHCP_PREFIX: 'IP6_PREFIX',
  DHCP_DNS: 'DHCP6_NAME_SERVERS',
  DHCP_NTP: 'DHCP6_NTP_SERVERS',
  DHCP_SEARCH: 'DHCP6_DOMAIN_SEARCH',
};

/** Our variables of a lease under the names that dhclient gives to options, which are NetworkManager's, too. */
const renamed = (lease: Lease, names: Readonly<Record<string, string>>): Values =>
  Object.entries(leaseVariables(lease)).flatMap(([ours, value]) => {
    const theirs = names[ours];
    return theirs === undefined ? [] : [[theirs, value]];
  });

const unlessEmpty = (name: string, value: string): Values => (value === '' ? [] : [[name, value]]);

const nextServer = ({ options }: Lease): string =>
  ipText(options.get('NEXT_SERVER') ?? options.get('next-server') ?? '') ?? '';

/** systemd-networkd has it in hexadecimal digits. */
const clientId = ({ options }: Lease): string =>
  /^(?:[0-9a-f]{2})+$/.exec(options.get('CLIENTID') ?? '')?.[0].replace(/..(?=.)/g, '$&:') ?? '';

const ofIpv4 = (lease: Lease): Values => {
  const requestable = [
    ...renamed(lease, asked),
    ...unlessEmpty('ROUTERS', lease.routers.join(' ')),
    ...unlessEmpty('RFC3442_CLASSLESS_STATIC_ROUTES', lease.routes.join(' ').replaceAll(',', ' ')),
  ];
  return [
    ...requestable,
    // Nobody says what was asked for, but hooks look at it before they use what came.
    ...requestable.map(([name]) => [`REQUESTED_${name}`, '1'] as const),
    ...renamed(lease, told),
    ...unlessEmpty('NEXT_SERVER', nextServer(lease)),
    ...unlessEmpty('DHCP_CLIENT_IDENTIFIER', clientId(lease)),
    ...unlessEmpty('EXPIRY', typeof lease.expire === 'number' ? String(Math.round(lease.expire / 1000)) : ''),
  ];
};

/** `DHCP4_…` or `DHCP6_…`: the values of a lease, checked; what it does not say is left out. */
export const dhcpOptions = (lease: Lease): Environment =>
  Object.fromEntries(
    lease.family === 'ipv4'
      ? ofIpv4(lease).map(([name, value]) => [`DHCP4_${name}`, value])
      : renamed(lease, ofIpv6).map(([name, value]) => [`DHCP6_${name}`, value]),
  );
