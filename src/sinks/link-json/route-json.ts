import type { Nexthop, Route } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import type { RouteJson } from './link-json.js';

/** RTNH_F_*, RTM_F_* in the words and the order of ip-route(8). */
const flagWords: readonly (readonly [number, string])[] = [
  [k.RTNH_F_DEAD, 'dead'],
  [k.RTNH_F_ONLINK, 'onlink'],
  [k.RTNH_F_PERVASIVE, 'pervasive'],
  [k.RTNH_F_OFFLOAD, 'offload'],
  [k.RTNH_F_TRAP, 'trap'],
  [k.RTNH_F_LINKDOWN, 'linkdown'],
  [k.RTNH_F_UNRESOLVED, 'unresolved'],
  [k.RTM_F_OFFLOAD, 'rt_offload'],
  [k.RTM_F_TRAP, 'rt_trap'],
  [k.RTM_F_OFFLOAD_FAILED, 'rt_offload_failed'],
];

/** LWTUNNEL_ENCAP_* (linux/lwtunnel.h); 0 is none. */
const encapWords = ['', 'mpls', 'ip', 'ila', 'ip6', 'seg6', 'bpf', 'seg6local', 'rpl', 'ioam6', 'xfrm'];

const flagsOf = (flags: number): readonly string[] | null => {
  if (flags === 0) return null;
  const words = flagWords.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word);
  return words.length === 0 ? null : words;
};

const gatewayOf = ({ gateway, via }: Pick<Nexthop, 'gateway' | 'via'>): string => gateway ?? via?.address ?? '';

const nexthopText = (hop: Nexthop): string => {
  const gateway = gatewayOf(hop);
  return `nexthop${gateway === '' ? '' : ` via ${gateway}`} ifindex ${hop.oif} weight ${hop.weight}`;
};

const prefixOf = (destination: string): RouteJson['Dst'] => {
  const slash = destination.indexOf('/');
  const length = Number(destination.slice(slash + 1));
  return length === 0 ? { IP: '', Mask: 0 } : { IP: destination.slice(0, slash), Mask: length };
};

/** A route as the link JSON has it. */
export const routeJson = (route: Route): RouteJson => ({
  Scope: route.scope,
  Dst: prefixOf(route.destination),
  Src: route.prefsrc ?? '',
  Gw: gatewayOf(route),
  MultiPath: route.multipath?.map(nexthopText).join(' ') ?? '',
  Protocol: route.protocol,
  Priority: route.priority ?? 0,
  Table: route.table,
  Type: route.type,
  Tos: route.tos,
  Flags: flagsOf(route.flags),
  MPLSDst: '',
  NewDst: '',
  Encap: route.encap === undefined ? '' : (encapWords[route.encap.type] ?? `[${route.encap.type}]`),
  MTU: route.metrics?.mtu ?? 0,
  AdvMSS: route.metrics?.advmss ?? 0,
  Hoplimit: route.metrics?.hoplimit ?? 0,
});
