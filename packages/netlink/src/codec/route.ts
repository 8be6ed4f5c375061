/** RTM_NEWROUTE, RTM_DELROUTE: struct rtmsg and its attributes (linux/rtnetlink.h, rtnetlink(7), ip-route(8)). */
import type { RawAttribute } from './attributes.js';
import * as k from '../constants.js';
import type { Prefix } from '../ip.js';
import { prefixBytes } from './ip-bytes.js';
import { labelsBytes } from './mpls.js';
import * as rta from './route-attributes.js';
import { encodeMetrics, type RouteMetrics } from './metrics.js';
import * as nexthop from './nexthop.js';
import type { Writer } from './writer.js';

/** A route. */
export interface Route {
  readonly kind: 'route';
  /** AF_INET, AF_INET6, AF_MPLS, or that of multicast routing. */
  readonly family: number;
  /** Prefix: `192.0.2.0/24`, `0.0.0.0/0` or `::/0` for the default route; of MPLS, the label that packets come with: `300`. */
  readonly destination: string;
  /** Routing table, all 32 bits. */
  readonly table: number;
  /** RTPROT_*: who set the route. */
  readonly protocol: number;
  /** RT_SCOPE_*. */
  readonly scope: number;
  /** RTN_*. */
  readonly type: number;
  /** RTNH_F_* and RTM_F_*. */
  readonly flags: number;
  readonly tos: number;
  /** Prefix that the source must match (IPv6). */
  readonly source?: string | undefined;
  readonly iif?: number | undefined;
  /**
   * Index of the link that packets leave by. Multipath routes have none, nor blackhole, unreachable, prohibit and throw routes
   * of IPv4; those of IPv6 have that of lo.
   */
  readonly oif?: number | undefined;
  readonly gateway?: string | undefined;
  readonly via?: nexthop.Via | undefined;
  readonly prefsrc?: string | undefined;
  /** Metric; the lowest wins. */
  readonly priority?: number | undefined;
  readonly metrics?: RouteMetrics | undefined;
  readonly multipath?: readonly nexthop.Nexthop[] | undefined;
  readonly nexthopId?: number | undefined;
  readonly encap?: nexthop.Encap | undefined;
  /** MPLS: the labels that packets go on with, outermost first: `200/201`. Without it, they lose their label. */
  readonly newDestination?: string | undefined;
  /** Remaining seconds. */
  readonly expires?: number | undefined;
  /** Error that the kernel gives to senders, a negative errno, of unreachable and its like (IPv6). */
  readonly error?: number | undefined;
  /** ICMPV6_ROUTER_PREF_* (RFC 4191): 0 medium, 1 high, 3 low. */
  readonly preference?: number | undefined;
  readonly flow?: number | undefined;
  readonly mark?: number | undefined;
  readonly uid?: number | undefined;
  readonly ttlPropagate?: boolean | undefined;
  readonly unknown?: readonly RawAttribute[] | undefined;
}

/** What a route needs to be added or deleted; the family, unless it is AF_MPLS, follows from the destination, the rest defaults as in ip-route(8). */
export type RouteSpec = Partial<Route> & Pick<Route, 'kind' | 'destination'>;

/** Writes the message body. Throws a RangeError for text that is no prefix, address or label. */
export function encodeRoute(writer: Writer, route: RouteSpec): void {
  const isMpls = route.family === k.AF_MPLS;
  const destination = isMpls ? { bytes: labelsBytes(route.destination), length: 20 } : prefixBytes(route.destination);
  const source = route.source === undefined ? undefined : prefixBytes(route.source);
  const { table = k.RT_TABLE_MAIN, newDestination, metrics, multipath, ttlPropagate } = route;
  const type = route.type ?? k.RTN_UNICAST;
  const family = route.family ?? (destination.bytes.length === 4 ? k.AF_INET : k.AF_INET6);
  writer.u8(family, destination.length, source?.length ?? 0, route.tos ?? 0);
  writer.u8(table < 256 ? table : k.RT_TABLE_UNSPEC, route.protocol ?? k.RTPROT_BOOT, scopeOf(route, family), type);
  writer.u32(route.flags ?? 0);
  if (!isDefault(destination)) writer.bytesAttribute(rta.RTA_DST, destination.bytes);
  writer.bytesAttribute(rta.RTA_SRC, source?.bytes);
  writer.u32Attribute(rta.RTA_TABLE, table);
  writer.u32Attribute(rta.RTA_IIF, route.iif);
  writer.u32Attribute(rta.RTA_OIF, route.oif);
  writer.ipAttribute(rta.RTA_GATEWAY, route.gateway);
  nexthop.encodeVia(writer, route.via);
  if (newDestination !== undefined) writer.bytesAttribute(rta.RTA_NEWDST, labelsBytes(newDestination));
  writer.ipAttribute(rta.RTA_PREFSRC, route.prefsrc);
  writer.u32Attribute(rta.RTA_PRIORITY, route.priority);
  if (metrics !== undefined) writer.nested(rta.RTA_METRICS, () => encodeMetrics(writer, metrics));
  if (multipath !== undefined) writer.attribute(rta.RTA_MULTIPATH, () => nexthop.encodeMultipath(writer, multipath));
  writer.u32Attribute(rta.RTA_NH_ID, route.nexthopId);
  nexthop.encodeEncap(writer, route.encap);
  writer.u32Attribute(rta.RTA_EXPIRES, route.expires === undefined ? undefined : Math.ceil(route.expires));
  writer.u8Attribute(rta.RTA_PREF, route.preference);
  writer.u32Attribute(rta.RTA_FLOW, route.flow);
  writer.u32Attribute(rta.RTA_MARK, route.mark);
  writer.u32Attribute(rta.RTA_UID, route.uid);
  if (ttlPropagate !== undefined) writer.u8Attribute(rta.RTA_TTL_PROPAGATE, ttlPropagate ? 1 : 0);
  writer.rawAttributes(route.unknown);
}

const isDefault = ({ bytes, length }: Prefix): boolean => length === 0 && bytes.every(byte => byte === 0);

/** The scope that ip-route(8) gives an IPv4 route that names none; IPv6 has no scopes. */
function scopeOf(route: RouteSpec, family: number): number {
  if (route.scope !== undefined) return route.scope;
  if (family !== k.AF_INET) return k.RT_SCOPE_UNIVERSE;
  switch (route.type) {
    case k.RTN_LOCAL:
    case k.RTN_NAT:
      return k.RT_SCOPE_HOST;
    case k.RTN_BROADCAST:
    case k.RTN_MULTICAST:
    case k.RTN_ANYCAST:
      return k.RT_SCOPE_LINK;
    case undefined:
    case k.RTN_UNICAST: {
      const direct = route.gateway === undefined && route.via === undefined && route.nexthopId === undefined;
      return direct && route.multipath === undefined ? k.RT_SCOPE_LINK : k.RT_SCOPE_UNIVERSE;
    }
    default:
      return k.RT_SCOPE_UNIVERSE;
  }
}
