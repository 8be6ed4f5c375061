import type { Link } from '@network-stack/netlink';

const names: readonly (readonly [string, string])[] = [
  ['ADMIN_STATE', 'AdministrativeState'],
  ['OPER_STATE', 'OperationalState'],
  ['CARRIER_STATE', 'CarrierState'],
  ['ADDRESS_STATE', 'AddressState'],
  ['IPV4_ADDRESS_STATE', 'IPv4AddressState'],
  ['IPV6_ADDRESS_STATE', 'IPv6AddressState'],
  ['ONLINE_STATE', 'OnlineState'],
];

/** `/run/systemd/netif/links/N`, and `state`: what it says of states. */
export const stateText = (states: Readonly<Record<string, string>>): string =>
  [
    '# This is private data. Do not parse.',
    ...names.flatMap(([name, property]) => {
      const value = states[property];
      return value === undefined || value === '' ? [] : [`${name}=${value}`];
    }),
    '',
  ].join('\n');

/** `/run/systemd/netif/leases/N` */
export const leaseText = (address: string, release: 252 | 257): string => {
  const bare = address.split('/')[0] ?? '';
  const network = bare.split('.').slice(0, 3).join('.');
  return [
    '# This is private data. Do not parse.',
    `ADDRESS=${bare}`,
    'NETMASK=255.255.255.0',
    `ROUTER=${network}.1`,
    `SERVER_ADDRESS=${network}.1`,
    release === 252 ? 'T1=1800' : 'T1=30min',
    release === 252 ? 'LIFETIME=3600' : 'LIFETIME=1h',
    `DNS=${network}.53`,
    'DOMAINNAME=lab.example',
    '',
  ].join('\n');
};

/** The reply of Describe, as far as anybody here looks at it. */
export const describe = (
  link: Link,
  states: Readonly<Record<string, string>>,
  leased: string | undefined,
  lifetime: number,
): string =>
  JSON.stringify({
    Index: link.ifindex,
    Name: link.name,
    Type: 'ether',
    AdministrativeState: states.AdministrativeState,
    OperationalState: states.OperationalState,
    Addresses:
      leased === undefined
        ? []
        : [
            {
              Family: 2,
              Address: leased.split('.').map(Number),
              PrefixLength: 24,
              ConfigSource: 'DHCPv4',
              ValidLifetimeUSec: lifetime * 1_000_000,
            },
          ],
  });
