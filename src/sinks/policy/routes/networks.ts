import type { RouteSpec } from '@network-stack/netlink';
import { type Address, type Family, networkOf } from '../../../model/address.js';
import type { World } from '../../../model/world.js';
import { addressesOf } from '../../../world/links.js';
import { networkText, type Prefix, prefixOf } from '../../../model/ip/prefix.js';
import { isDefault, isDirect, type NextHop } from './next-hops.js';
import { ownRoute } from './gateway-routes.js';

/** The prefixes reached over the link without a router: those of its addresses and of its direct routes. */
export const connectedPrefixes = (world: World, ifindex: number, own: readonly NextHop[]): readonly Prefix[] => {
  const ofRoutes = own.filter(hop => isDirect(hop) && !isDefault(hop)).map(({ destination }) => destination);
  const networks = new Map<string, Prefix>();
  for (const prefix of [...addressesOf(world, ifindex).map(networkOf), ...ofRoutes].flatMap(
    text => prefixOf(text) ?? [],
  )) {
    const rest = BigInt((prefix.family === 'ipv4' ? 32 : 128) - prefix.length);
    networks.set(`${prefix.family} ${prefix.value >> rest} ${prefix.length}`, prefix);
  }
  return [...networks.values()];
};

/** Routes to the networks of these addresses, except those that main already reaches over the link. */
export const networkRoutes = (
  addresses: readonly Address[],
  own: readonly NextHop[],
  ifindex: number,
  family: Family,
  table: number,
): readonly RouteSpec[] => {
  const known = new Set(own.map(({ destination }) => destination));
  const networks = addresses
    .filter(({ peer, prefixLength }) => peer !== '' || prefixLength < (family === 'ipv4' ? 32 : 128))
    .flatMap(address => prefixOf(networkOf(address)) ?? [])
    .map(networkText)
    .filter(network => !known.has(network));
  return [...new Set(networks)].map(network => ownRoute(network, ifindex, family, table));
};
