import type { LinkDetails } from '../model/link-details.js';

/** Where systemd-networkd writes down the state of a link for sd-network(3). */
export const netifLinkFileOf = (ifindex: number): string => `/run/systemd/netif/links/${ifindex}`;

/** What networkd's state file says of a link: the only place that older versions, and links of many routes, leave. */
export const parseNetifLink = (text: string): Partial<LinkDetails> => {
  const values = new Map(
    text
      .split('\n')
      .map(line => /^([A-Z0-9_]+)=(.*)$/.exec(line))
      .flatMap((found): readonly (readonly [string, string])[] => (found ? [[found[1] ?? '', found[2] ?? '']] : [])),
  );
  const list = (name: string): readonly string[] => [
    ...new Set((values.get(name) ?? '').split(/\s+/).filter(word => word !== '')),
  ];
  return {
    networkFile: values.get('NETWORK_FILE') ?? '',
    dns: list('DNS'),
    ntp: list('NTP'),
    searchDomains: list('DOMAINS'),
    routeDomains: list('ROUTE_DOMAINS'),
  };
};
