/** Reading RTM_NEWROUTE and RTM_DELROUTE: struct rtmsg and its attributes (linux/rtnetlink.h). */
import { AF_INET, AF_INET6, AF_MPLS, RTNL_FAMILY_IP6MR } from '../constants.js';
import { Attributes, LE, Malformed } from './attributes.js';
import { ipv4Text, prefixText, repeatedIpv4Text } from './ip-text.js';
import { decodeMetrics } from './metrics.js';
import { labelsText } from './mpls.js';
import type { Mutable } from './mutable.js';
import * as nexthop from './nexthop.js';
import type { Route } from './route.js';
import * as rta from './route-attributes.js';

/** struct rta_cacheinfo counts in USER_HZ. */
const TICKS_PER_SECOND = 100;

/** The header of an attribute of this type with a payload of 4 bytes, as one number. */
const header = (type: number): number => (LE ? (type << 16) | 8 : (8 << 16) | type);
const TABLE_HEADER = header(rta.RTA_TABLE);
const IPV4_DST = header(rta.RTA_DST);
const IPV4_GATEWAY = header(rta.RTA_GATEWAY);
const IPV4_PREFSRC = header(rta.RTA_PREFSRC);
const OIF = header(rta.RTA_OIF);
const PRIORITY = header(rta.RTA_PRIORITY);

/** Reads one message body in view[from, end). Throws Malformed. */
export function decodeRoute(view: DataView, from: number, end: number): Route {
  if (end - from < 12) throw new Malformed(`route message of ${end - from} bytes, expected 12 or more`, from);
  // Eight fields of one byte, read four at a time; signed, as larger numbers would be allocated.
  const head = view.getInt32(from);
  const tail = view.getInt32(from + 4);
  const destinationLength = (head >>> 16) & 255;
  const route: Mutable<Route> = {
    kind: 'route',
    family: head >>> 24,
    destination: '',
    table: tail >>> 24,
    protocol: (tail >>> 16) & 255,
    scope: (tail >>> 8) & 255,
    type: tail & 255,
    flags: view.getUint32(from + 8, LE),
    tos: head & 255,
    oif: undefined,
    gateway: undefined,
    prefsrc: undefined,
    priority: undefined,
  };
  // Most routes have little but these. A first list is over before the code is optimised: few steps are what counts.
  const isIpv4 = head >>> 24 === AF_INET;
  let others: Attributes | undefined;
  for (let at = from + 12; at + 4 <= end;) {
    const header = at + 8 <= end ? view.getInt32(at, LE) : 0;
    if (header === TABLE_HEADER) route.table = view.getUint32(at + 4, LE);
    else if (header === IPV4_DST && isIpv4) route.destination = prefixText(ipv4Text(view, at + 4), destinationLength);
    else if (header === PRIORITY) route.priority = view.getUint32(at + 4, LE);
    else if (header === IPV4_GATEWAY && isIpv4) route.gateway = repeatedIpv4Text(view, at + 4);
    else if (header === OIF) route.oif = view.getUint32(at + 4, LE);
    else if (header === IPV4_PREFSRC && isIpv4) route.prefsrc = repeatedIpv4Text(view, at + 4);
    else {
      others ??= new Attributes(view, at, end);
      others.seek(at);
      decodeOther(others, route, destinationLength, (head >>> 8) & 255);
      at = others.end;
      continue;
    }
    at += 8;
  }
  if (route.destination === '' && route.family !== AF_MPLS) {
    const isIpv6 = route.family === AF_INET6 || route.family === RTNL_FAMILY_IP6MR;
    route.destination = `${isIpv6 ? '::' : '0.0.0.0'}/${destinationLength}`;
  }
  return route;
}

/** Reads an attribute that few routes have, or IPv6's form of one; the two lengths are those of the route's prefixes. */
function decodeOther(
  attributes: Attributes,
  route: Mutable<Route>,
  destinationLength: number,
  sourceLength: number,
): void {
  switch (attributes.type) {
    case rta.RTA_DST:
      route.destination =
        route.family === AF_MPLS ? labelsText(attributes) : prefixText(attributes.ip(route.family), destinationLength);
      break;
    case rta.RTA_GATEWAY:
      route.gateway = attributes.ip(route.family);
      break;
    case rta.RTA_PREFSRC:
      route.prefsrc = attributes.ip(route.family);
      break;
    case rta.RTA_SRC:
      route.source = prefixText(attributes.ip(route.family), sourceLength);
      break;
    case rta.RTA_IIF:
      route.iif = attributes.u32();
      break;
    case rta.RTA_METRICS:
      route.metrics = decodeMetrics(attributes.nested());
      break;
    case rta.RTA_MULTIPATH:
      route.multipath = nexthop.decodeMultipath(attributes, route.family);
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
      if (route.via === undefined) keep(attributes, route);
      break;
    case rta.RTA_NEWDST:
      if (route.family === AF_MPLS) route.newDestination = labelsText(attributes);
      else keep(attributes, route);
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
    case rta.RTA_TABLE:
    case rta.RTA_OIF:
    case rta.RTA_PRIORITY:
      attributes.u32(); // of 4 bytes they have been read already: this throws
      break;
    case rta.RTA_PAD:
      break;
    default:
      keep(attributes, route);
  }
}

function keep(attribute: Attributes, route: Mutable<Route>): void {
  route.unknown = [...(route.unknown ?? []), attribute.raw()];
}

/** struct rta_cacheinfo: of its 32 bytes, when the route expires and which error senders get. */
function decodeCacheinfo(attributes: Attributes, route: Mutable<Route>): void {
  const at = attributes.struct(16);
  const expires = attributes.view.getInt32(at + 8, LE);
  const error = attributes.view.getInt32(at + 12, LE);
  if (expires !== 0) route.expires = expires / TICKS_PER_SECOND;
  if (error !== 0) route.error = error;
}
