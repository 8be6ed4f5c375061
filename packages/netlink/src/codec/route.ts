/** RTM_NEWROUTE, RTM_DELROUTE: struct rtmsg and its attributes (linux/rtnetlink.h, rtnetlink(7), ip-route(8)). */
import { Attributes, LE, Malformed, type RawAttribute } from './attributes.js';
import * as k from './constants.js';
import { type Prefix, prefixBytes, prefixText } from './ip.js';
import * as rta from './route-attributes.js';
import { decodeMetrics, encodeMetrics, type RouteMetrics } from './metrics.js';
import * as nexthop from './nexthop.js';
import type { Writer } from './writer.js';

/** struct rta_cacheinfo counts in USER_HZ. */
const TICKS_PER_SECOND = 100;

/** A route. */
export interface Route {
  readonly kind: 'route';
  /** AF_INET or AF_INET6. */
  readonly family: number;
  /** Prefix: `192.0.2.0/24`, `0.0.0.0/0` or `::/0` for the default route. */
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
  /** Index of the link that packets leave by; blackhole, unreachable and multipath routes have none. */
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

/** What a route needs to be added or deleted; the family follows from the destination, the rest defaults as in ip-route(8). */
export type RouteSpec = Partial<Route> & Pick<Route, 'kind' | 'destination'>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads one message body in view[from, end). Throws Malformed. */
export function decodeRoute(view: DataView, from: number, end: number): Route {
  if (end - from < 12) throw new Malformed(`route message of ${end - from} bytes, expected 12 or more`, from);
  // Eight fields of one byte, read four at a time.
  const head = view.getUint32(from);
  const tail = view.getUint32(from + 4);
  const family = head >>> 24;
  const prefixLength = (head >>> 16) & 255;
  const sourceLength = (head >>> 8) & 255;
  const route: Mutable<Route> = {
    kind: 'route',
    family,
    destination: '',
    table: tail >>> 24,
    protocol: (tail >>> 16) & 255,
    scope: (tail >>> 8) & 255,
    type: tail & 255,
    flags: view.getUint32(from + 8, LE),
    tos: head & 255,
    // What most routes have is here from the start, so that their objects have one shape.
    oif: undefined,
    gateway: undefined,
    prefsrc: undefined,
    priority: undefined,
  };
  const attributes = new Attributes(view, from + 12, end);
  while (attributes.next()) {
    switch (attributes.type) {
      case rta.RTA_TABLE:
        route.table = attributes.u32();
        break;
      case rta.RTA_DST:
        route.destination = prefixText(attributes.ip(), prefixLength);
        break;
      case rta.RTA_OIF:
        route.oif = attributes.u32();
        break;
      case rta.RTA_GATEWAY:
        route.gateway = attributes.ip();
        break;
      case rta.RTA_PRIORITY:
        route.priority = attributes.u32();
        break;
      case rta.RTA_PREFSRC:
        route.prefsrc = attributes.ip();
        break;
      default:
        decodeRare(attributes, route, sourceLength);
    }
  }
  if (route.destination === '') route.destination = `${family === k.AF_INET ? '0.0.0.0' : '::'}/${prefixLength}`;
  return route;
}

/** What few routes have; apart from the rest, so that the compiler soon has the few lines that most routes need. */
function decodeRare(attributes: Attributes, route: Mutable<Route>, sourceLength: number): void {
  switch (attributes.type) {
    case rta.RTA_SRC:
      route.source = prefixText(attributes.ip(), sourceLength);
      break;
    case rta.RTA_IIF:
      route.iif = attributes.u32();
      break;
    case rta.RTA_METRICS:
      route.metrics = decodeMetrics(attributes.nested());
      break;
    case rta.RTA_MULTIPATH:
      route.multipath = nexthop.decodeMultipath(attributes);
      break;
    case rta.RTA_FLOW:
      route.flow = attributes.u32();
      break;
    case rta.RTA_CACHEINFO:
      decodeCacheinfo(attributes, route);
      break;
    case rta.RTA_EXPIRES:
      route.expires = attributes.u32();
      break;
    case rta.RTA_MARK:
      route.mark = attributes.u32();
      break;
    case rta.RTA_VIA:
      route.via = nexthop.decodeVia(attributes);
      break;
    case rta.RTA_PREF:
      route.preference = attributes.u8();
      break;
    case rta.RTA_ENCAP_TYPE:
      route.encap = { type: attributes.u16(), bytes: route.encap?.bytes ?? new Uint8Array() };
      break;
    case rta.RTA_ENCAP:
      route.encap = { type: route.encap?.type ?? 0, bytes: attributes.bytes() };
      break;
    case rta.RTA_UID:
      route.uid = attributes.u32();
      break;
    case rta.RTA_TTL_PROPAGATE:
      route.ttlPropagate = attributes.u8() !== 0;
      break;
    case rta.RTA_NH_ID:
      route.nexthopId = attributes.u32();
      break;
    case rta.RTA_PAD:
      break;
    default:
      route.unknown = [...(route.unknown ?? []), attributes.raw()];
  }
}

/** struct rta_cacheinfo: of its 32 bytes, when the route expires and which error senders get. */
function decodeCacheinfo(attributes: Attributes, route: Mutable<Route>): void {
  const at = attributes.struct(16);
  const expires = attributes.view.getInt32(at + 8, LE);
  const error = attributes.view.getInt32(at + 12, LE);
  if (expires !== 0) route.expires = expires / TICKS_PER_SECOND;
  if (error !== 0) route.error = error;
}

/** Writes the message body. Throws a RangeError for text that is no prefix or address. */
export function encodeRoute(writer: Writer, route: RouteSpec): void {
  const destination = prefixBytes(route.destination);
  const source = route.source === undefined ? undefined : prefixBytes(route.source);
  const table = route.table ?? k.RT_TABLE_MAIN;
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
  writer.ipAttribute(rta.RTA_PREFSRC, route.prefsrc);
  writer.u32Attribute(rta.RTA_PRIORITY, route.priority);
  const { metrics, multipath, ttlPropagate } = route;
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
