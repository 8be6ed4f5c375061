import type { States } from '../../model/states.js';
import type { LinkDetails } from './link-details.js';
import { ipText } from '../../model/ip/ip-address.js';
import { assignedValues } from '../../model/values/assigned-values.js';

/** What systemd-networkd's state file says of a link. */
export interface NetifLink {
  /** by their D-Bus names, those that the file has */
  readonly states: States;
  readonly details: Partial<LinkDetails>;
}

/** systemd-networkd's state file of a link, sd-network(3). */
export const netifLinkFileOf = (ifindex: number): string => `/run/systemd/netif/links/${ifindex}`;

const stateNames: ReadonlyMap<string, string> = new Map([
  ['ADMIN_STATE', 'AdministrativeState'],
  ['OPER_STATE', 'OperationalState'],
  ['CARRIER_STATE', 'CarrierState'],
  ['ADDRESS_STATE', 'AddressState'],
  ['IPV4_ADDRESS_STATE', 'IPv4AddressState'],
  ['IPV6_ADDRESS_STATE', 'IPv6AddressState'],
  ['ONLINE_STATE', 'OnlineState'],
]);

/** The address of `192.0.2.1:53%eth0#dns.example`, `[2001:db8::1]:53`: with port, link and name as systemd.network(5) has them. */
const addressOf = (server: string): string => {
  const bare = server.replace(/[%#].*$/, '').replace(/^\[(.*)\](?::\d+)?$/, '$1');
  return ipText(bare) ?? ipText(bare.replace(/:\d+$/, '')) ?? '';
};

/** networkd's state file of a link: lines of `NAME=value`; what is missing is empty. */
export const parseNetifLink = (text: string): NetifLink => {
  const values = assignedValues(text);
  const list = (name: string): readonly string[] => [
    ...new Set((values.get(name) ?? '').split(/\s+/).filter(word => word !== '')),
  ];
  return {
    states: Object.fromEntries(
      [...stateNames].flatMap(([name, property]) => {
        const value = values.get(name);
        return value === undefined ? [] : [[property, value]];
      }),
    ),
    details: {
      networkFile: values.get('NETWORK_FILE') ?? '',
      dns: [...new Set(list('DNS').map(addressOf))].filter(address => address !== ''),
      ntp: list('NTP'),
      searchDomains: list('DOMAINS'),
      routeDomains: list('ROUTE_DOMAINS'),
    },
  };
};
