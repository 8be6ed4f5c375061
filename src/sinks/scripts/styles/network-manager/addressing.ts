import { RT_SCOPE_LINK, RTN_UNICAST } from '@network-stack/netlink/constants';
import type { Family } from '../../../../model/address.js';
import { ipText } from '../../../../model/ip/ip-address.js';
import { domainName } from '../../../../model/names/domain-name.js';
import type { LinkJson, RouteJson } from '../../../link-json/link-json.js';
import type { Environment } from '../../environment.js';

const unspecified = { ipv4: '0.0.0.0', ipv6: '::' } as const;

const isOf = (family: Family, address: string): boolean =>
  ipText(address) !== undefined && address.includes(':') === (family === 'ipv6');

/** `PREFIX_0`, `PREFIX_1` … */
const numbered = (prefix: string, values: readonly string[]): Environment =>
  Object.fromEntries(values.map((value, nth) => [`${prefix}_${nth}`, value]));

const unlessEmpty = (name: string, values: readonly string[]): Environment =>
  values.length === 0 ? {} : { [name]: values.join(' ') };

/** Its own router, or that of its leg over this link: the kernel makes one route of IPv6 routes of several links. */
const routerOf = ({ Gw, MultiPath }: RouteJson, ifindex: number): string => {
  const legs = [...MultiPath.matchAll(/nexthop via (\S+) ifindex (\d+)/g)];
  return Gw || (legs.find(([, , of]) => Number(of) === ifindex)?.[1] ?? '');
};

/** The router of the best default route. */
const gatewayOf = (family: Family, routes: readonly RouteJson[], ifindex: number): string | undefined =>
  routes
    .filter(({ Dst }) => Dst.Mask === 0)
    .toSorted((a, b) => a.Priority - b.Priority)
    .map(route => routerOf(route, ifindex))
    .find(router => isOf(family, router));

const isLinkLocal = ({ Scope }: { readonly Scope: number }): number => Number(Scope === RT_SCOPE_LINK);

/**
 * `IP4_…` or `IP6_…` as nm-dispatcher-utils.c of NetworkManager has them: link-local addresses come last, a router that
 * there is not is 0.0.0.0 in either family, the default route is no route, and only `IP4_NUM_ROUTES` may be 0.
 *
 * @param domains of DHCP; NetworkManager has none of IPv6
 */
export const addressing = (family: Family, link: LinkJson, domains: readonly string[] = []): Environment => {
  const ip = family === 'ipv4' ? 'IP4' : 'IP6';
  const usable = link.Routes.filter(({ Type }) => Type === RTN_UNICAST);
  const routes = usable.filter(({ Dst }) => isOf(family, Dst.IP));
  const router = gatewayOf(family, usable, link.Index) ?? unspecified.ipv4;
  const addresses = link.Address.filter(({ IP }) => isOf(family, IP))
    .toSorted((a, b) => isLinkLocal(a) - isLinkLocal(b))
    .map(({ IP, Mask }) => `${IP}/${Mask} ${router}`);
  const nextHops = routes.map(route => {
    const { Dst, Priority } = route;
    return `${Dst.IP}/${Dst.Mask} ${routerOf(route, link.Index) || unspecified[family]} ${Priority}`;
  });
  const servers = link.DNS.filter(server => isOf(family, server));
  const searched = domains.length > 0 ? domains : link.DomainSearch.flatMap(name => domainName(name) ?? []);
  return {
    ...numbered(`${ip}_ADDRESS`, addresses),
    ...(addresses.length === 0 ? {} : { [`${ip}_NUM_ADDRESSES`]: String(addresses.length), [`${ip}_GATEWAY`]: router }),
    ...numbered(`${ip}_ROUTE`, nextHops),
    ...(routes.length === 0 && family === 'ipv6' ? {} : { [`${ip}_NUM_ROUTES`]: String(routes.length) }),
    ...unlessEmpty(`${ip}_NAMESERVERS`, servers),
    ...(family === 'ipv6' ? {} : unlessEmpty('IP4_DOMAINS', searched)),
  };
};
