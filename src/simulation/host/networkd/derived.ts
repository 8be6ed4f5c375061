import type { Address, Link } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';

/**
 * What systemd-networkd makes of the kernel's facts: networkd-link.c (link_update_operstate), written down anew here, so that
 * it differs where src/world/kernel/operational-state.ts is wrong.
 */
export interface Derived {
  readonly CarrierState: string;
  readonly AddressState: string;
  readonly IPv4AddressState: string;
  readonly IPv6AddressState: string;
  readonly OperationalState: string;
}

const up = ({ operState, flags }: Link): boolean => {
  if (operState === k.IF_OPER_UP) return true;
  const both = k.IFF_LOWER_UP | k.IFF_RUNNING;
  return (operState ?? 0) === k.IF_OPER_UNKNOWN && (flags & both) === both && (flags & k.IFF_DORMANT) === 0;
};

const carrierOf = (link: Link, ports: readonly Link[]): string => {
  if (!up(link)) return (link.flags & k.IFF_UP) === 0 ? 'off' : 'no-carrier';
  if ((link.master ?? 0) > 0) return 'enslaved';
  return ports.some(port => !up(port)) ? 'degraded-carrier' : 'carrier';
};

const reachOf = (addresses: readonly Address[]): string => {
  const scopes = addresses.filter(({ flags }) => (flags & k.IFA_F_TENTATIVE) === 0).map(({ scope }) => scope);
  if (scopes.some(scope => scope < k.RT_SCOPE_SITE)) return 'routable';
  return scopes.some(scope => scope < k.RT_SCOPE_HOST) ? 'degraded' : 'off';
};

const operational = (carrier: string, reach: string): string => {
  const hasSome = carrier === 'carrier' || carrier === 'degraded-carrier' || carrier === 'enslaved';
  if (!hasSome || reach === 'off') return carrier;
  if (reach === 'routable') return 'routable';
  return carrier === 'enslaved' ? 'enslaved' : 'degraded';
};

/** @param ports the links whose master it is */
export const derivedOf = (link: Link, addresses: readonly Address[], ports: readonly Link[]): Derived => {
  const carrier = carrierOf(link, ports);
  const reach = reachOf(addresses);
  return {
    CarrierState: carrier,
    AddressState: reach,
    IPv4AddressState: reachOf(addresses.filter(({ family }) => family === k.AF_INET)),
    IPv6AddressState: reachOf(addresses.filter(({ family }) => family === k.AF_INET6)),
    OperationalState: operational(carrier, reach),
  };
};
