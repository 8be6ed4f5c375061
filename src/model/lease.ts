import type { Family } from './address.js';

/** The DHCP client that holds a lease. */
export type LeaseOrigin = 'dhclient' | 'systemd-networkd';

/** A moment in milliseconds since the epoch. */
export type Instant = number | 'never';

/** A DHCP lease as its client recorded it. Texts are what the server sent: they are checked where they are used. */
export interface Lease {
  readonly family: Family;
  /** name of the link */
  readonly link: string;
  /** canonical (RFC 5952); IPv4 has one, IPv6 all of its ia-na and ia-ta */
  readonly addresses: readonly string[];
  /** delegated prefixes (ia-pd), `2001:db8::/56` */
  readonly prefixes: readonly string[];
  /** the DHCP server's identifier: an address, or a DUID in colon-hex */
  readonly server: string;
  /** classless static routes (RFC 3442), `10.0.0.0/8,192.0.2.1`; by 0.0.0.0: there is no router in between */
  readonly routes: readonly string[];
  /** canonical; where there are `routes`, those of 0.0.0.0/0 */
  readonly routers: readonly string[];
  readonly subnetMask: string;
  /** canonical */
  readonly dns: readonly string[];
  readonly domain: string;
  readonly search: readonly string[];
  readonly hostname: string;
  /** undefined: the record does not say */
  readonly start: Instant | undefined;
  readonly renew: Instant;
  readonly rebind: Instant;
  readonly expire: Instant;
  /** the client gave it back */
  readonly released: boolean;
  readonly bootp: boolean;
  /** every option as it was written, by name */
  readonly options: ReadonlyMap<string, string>;
}

/** A lease that says nothing and never ends. */
export const emptyLease: Lease = {
  family: 'ipv4',
  link: '',
  addresses: [],
  prefixes: [],
  server: '',
  routes: [],
  routers: [],
  subnetMask: '',
  dns: [],
  domain: '',
  search: [],
  hostname: '',
  start: undefined,
  renew: 'never',
  rebind: 'never',
  expire: 'never',
  released: false,
  bootp: false,
  options: new Map(),
};

/** The default routers: where a lease has classless routes, option 3 is ignored (RFC 3442, page 5). */
export const routersOf = (routes: Lease['routes'], option3: readonly string[]): readonly string[] =>
  routes.length === 0
    ? option3
    : routes.flatMap(route => {
        const [destination = '', router = ''] = route.split(',');
        return destination === '0.0.0.0/0' && router !== '0.0.0.0' ? [router] : [];
      });
