/** The attributes of a route that few routes have, or that have another form than in most (linux/rtnetlink.h). */
import { type Attributes, LE } from './attributes.js';
import { prefixText } from './ip.js';
import { decodeMetrics } from './metrics.js';
import * as nexthop from './nexthop.js';
import type { Route } from './route.js';
import * as rta from './route-attributes.js';

/** struct rta_cacheinfo counts in USER_HZ. */
const TICKS_PER_SECOND = 100;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads any attribute in any form into the route; the two lengths are those of its prefixes. Throws Malformed. */
export function decodeAttributes(
  attributes: Attributes,
  route: Mutable<Route>,
  destinationLength: number,
  sourceLength: number,
): void {
  while (attributes.next()) {
    switch (attributes.type) {
      case rta.RTA_TABLE:
        route.table = attributes.u32();
        break;
      case rta.RTA_DST:
        route.destination = prefixText(attributes.ip(), destinationLength);
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
}

/** struct rta_cacheinfo: of its 32 bytes, when the route expires and which error senders get. */
function decodeCacheinfo(attributes: Attributes, route: Mutable<Route>): void {
  const at = attributes.struct(16);
  const expires = attributes.view.getInt32(at + 8, LE);
  const error = attributes.view.getInt32(at + 12, LE);
  if (expires !== 0) route.expires = expires / TICKS_PER_SECOND;
  if (error !== 0) route.error = error;
}
