import * as k from '@network-stack/netlink/constants';
import type { Address, Family } from '../../model/address.js';
import type { Link } from '../../model/link.js';
import type { OperationalState, States } from '../../model/states.js';

const LOWER_UP_AND_RUNNING = k.IFF_LOWER_UP | k.IFF_RUNNING;

type Carrier = 'off' | 'no-carrier' | 'dormant' | 'degraded-carrier' | 'carrier' | 'enslaved';
type Reach = 'off' | 'degraded' | 'routable';
/** The links whose master is this link. */
export type PortsOf = (ifindex: number) => readonly Link[];

/** By systemd-networkd's rules. */
export const hasCarrier = ({ operState, flags }: Link): boolean =>
  operState === k.IF_OPER_UP ||
  // Drivers without operational states, such as loopback, only set the flags.
  (operState === k.IF_OPER_UNKNOWN &&
    (flags & LOWER_UP_AND_RUNNING) === LOWER_UP_AND_RUNNING &&
    (flags & k.IFF_DORMANT) === 0);

const ofItself = (link: Link): Carrier => {
  if (link.operState === k.IF_OPER_DORMANT) return 'dormant';
  if (hasCarrier(link)) return link.master > 0 || (link.flags & k.IFF_SLAVE) !== 0 ? 'enslaved' : 'carrier';
  return (link.flags & k.IFF_UP) === 0 ? 'off' : 'no-carrier';
};

const hasFullCarrier = (state: Carrier): boolean => state === 'carrier' || state === 'enslaved';

/** `above`: the masters on the way here, so that a cycle of masters (seen half-way through a change) terminates. */
const carrierOf = (link: Link, portsOf: PortsOf, above: readonly number[] = []): Carrier => {
  const own = ofItself(link);
  if (!hasFullCarrier(own) || above.includes(link.ifindex)) return own;
  const way = [...above, link.ifindex];
  const allPortsHaveIt = portsOf(link.ifindex).every(port => hasFullCarrier(carrierOf(port, portsOf, way)));
  return allPortsHaveIt ? own : 'degraded-carrier';
};

/** The smaller the number, the wider the scope. */
const reachOf = (scope: number): Reach =>
  scope < k.RT_SCOPE_SITE ? 'routable' : scope < k.RT_SCOPE_HOST ? 'degraded' : 'off';

const operational = (carrier: Carrier, reach: Reach): OperationalState => {
  if (reach === 'off' || carrier === 'off' || carrier === 'no-carrier' || carrier === 'dormant') return carrier;
  if (reach === 'routable') return 'routable';
  return carrier === 'enslaved' ? 'enslaved' : 'degraded';
};

/**
 * The states of a link that systemd-networkd would derive from what the kernel says of it, by its own rules:
 *
 * | CarrierState     | is so if                                                                                    |
 * |------------------|---------------------------------------------------------------------------------------------|
 * | dormant          | operational state IF_OPER_DORMANT                                                           |
 * | degraded-carrier | carrier, but a port of it (a link whose master it is) has less than carrier                 |
 * | enslaved         | carrier, and a master or IFF_SLAVE                                                          |
 * | carrier          | IF_OPER_UP; or IF_OPER_UNKNOWN with IFF_LOWER_UP and IFF_RUNNING and without IFF_DORMANT    |
 * | no-carrier       | else, with IFF_UP                                                                           |
 * | off              | else                                                                                        |
 *
 * | AddressState (all addresses), IPv4AddressState, IPv6AddressState | the widest scope of an address that is not tentative |
 * |----------|-------------------------------------------------|
 * | routable | wider than site (RT_SCOPE_UNIVERSE and others)  |
 * | degraded | site or link                                    |
 * | off      | host, or no such address                        |
 *
 * | OperationalState  | off | no-carrier | dormant | degraded-carrier | carrier  | enslaved |  ← CarrierState
 * |-------------------|-----|------------|---------|------------------|----------|----------|
 * | address: off      | off | no-carrier | dormant | degraded-carrier | carrier  | enslaved |
 * | address: degraded | off | no-carrier | dormant | degraded         | degraded | enslaved |
 * | address: routable | off | no-carrier | dormant | routable         | routable | routable |
 *
 * Deprecated addresses count, optimistic ones do not until duplicate detection is done. OnlineState is not derived: it
 * depends on RequiredForOnline= of networkd's own configuration, and without networkd there is none; nor are there
 * administrative states. networkd looks at a master that a port has left only when something else is said of that master;
 * we look at once. Read in systemd 252 to 257: networkd-link.c (link_update_operstate), networkd-address.c
 * (address_is_ready), netif-util.c (netif_has_carrier); networkctl(1) describes the values.
 */
export const derivedStates = (link: Link, addresses: Iterable<Address>, portsOf: PortsOf): States => {
  const widest: Record<Family, number> = { ipv4: k.RT_SCOPE_NOWHERE, ipv6: k.RT_SCOPE_NOWHERE };
  for (const { family, scope, flags } of addresses)
    if ((flags & k.IFA_F_TENTATIVE) === 0)
      // the flag stays set when duplicate detection fails
      widest[family] = Math.min(widest[family], scope);
  const carrier = carrierOf(link, portsOf);
  const reach = reachOf(Math.min(widest.ipv4, widest.ipv6));
  return {
    CarrierState: carrier,
    AddressState: reach,
    IPv4AddressState: reachOf(widest.ipv4),
    IPv6AddressState: reachOf(widest.ipv6),
    OperationalState: operational(carrier, reach),
  };
};
