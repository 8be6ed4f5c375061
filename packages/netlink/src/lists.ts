/**
 * Lists of what the kernel has: at once where it answers at once. The kernel filters them (NETLINK_GET_STRICT_CHK, Linux 4.20);
 * what it did not filter is left out here.
 */
import { type Address, decodeAddress } from './codec/address.js';
import * as k from './constants.js';
import { decodeLink, type Link } from './codec/link.js';
import { IFLA_EXT_MASK } from './codec/link-attributes.js';
import { RTA_OIF, RTA_TABLE } from './codec/route-attributes.js';
import { decodeRoute } from './codec/decode-route.js';
import type { Route } from './codec/route.js';
import { decodeRule, type Rule } from './codec/rule.js';
import type { Writer } from './codec/writer.js';
import { type Answer, converse, type RequestOptions, type Talk } from './conversation.js';
import { dump, type Kind, prime } from './dump.js';
import { NetlinkError } from './errors.js';

const ENOENT = 2;
const EAFNOSUPPORT = 97;
/** Of links of AF_BRIDGE only, which are not asked for: asks for nothing more (linux/rtnetlink.h). */
const RTEXT_FILTER_BRVLAN_COMPRESSED = 4;

const LINK: Kind<Link> = { get: k.RTM_GETLINK, type: k.RTM_NEWLINK, decode: decodeLink };
const ADDRESS: Kind<Address> = { get: k.RTM_GETADDR, type: k.RTM_NEWADDR, decode: decodeAddress };
const ROUTE: Kind<Route> = { get: k.RTM_GETROUTE, type: k.RTM_NEWROUTE, decode: decodeRoute };
const RULE: Kind<Rule> = {
  ...{ get: k.RTM_GETRULE, type: k.RTM_NEWRULE, decode: decodeRule },
  groups: ['ipv4-rule', 'ipv6-rule'],
};

export interface FamilyFilter {
  /** AF_INET or AF_INET6; default: both, and one that the kernel lacks is empty. */
  readonly family?: number;
}
export interface AddressFilter extends FamilyFilter {
  readonly ifindex?: number;
}
export interface RouteFilter extends FamilyFilter {
  /** A table that does not exist has no routes. */
  readonly table?: number;
  /** Index of the link that packets leave by, or some of them; ENODEV when there is none, from kernels that filter. */
  readonly oif?: number;
  /** RTPROT_*. */
  readonly protocol?: number;
  /** RTN_*. */
  readonly type?: number;
}

/** Every link of the network namespace. Throws NetlinkError. */
export function listLinks(options: RequestOptions = {}): Answer<readonly Link[]> {
  return list('list links', LINK, options, [k.AF_UNSPEC], writer => {
    writer.u32(0, 0, 0, 0);
    // With any mask the kernel makes room for the largest link; without, it leaves out one of more than 32 KiB and says nothing.
    writer.u32Attribute(IFLA_EXT_MASK, RTEXT_FILTER_BRVLAN_COMPRESSED);
  });
}

/** Addresses, of one link or of all. Throws NetlinkError: ENODEV when there is no such link, from kernels that filter. */
export function listAddresses(filter: AddressFilter & RequestOptions = {}): Answer<readonly Address[]> {
  return list(
    'list addresses',
    ADDRESS,
    filter,
    familiesOf(filter),
    (writer, family) => {
      writer.u8(family, 0, 0, 0);
      writer.u32(filter.ifindex ?? 0);
    },
    address => isAny(filter.ifindex) || address.ifindex === filter.ifindex,
  );
}

/** Routes of the tables, not of the cache. Throws NetlinkError. */
export function listRoutes(filter: RouteFilter & RequestOptions = {}): Answer<readonly Route[]> {
  return list(
    'list routes',
    ROUTE,
    filter,
    familiesOf(filter),
    (writer, family) => {
      writer.u8(family, 0, 0, 0);
      writer.u8(0, filter.protocol ?? 0, 0, filter.type ?? 0);
      writer.u32(0);
      writer.u32Attribute(RTA_TABLE, filter.table);
      writer.u32Attribute(RTA_OIF, filter.oif);
    },
    routesOf(filter),
    filter.table === undefined ? [] : [ENOENT],
  );
}

/** Routing policy rules, in the order they are tried per family. Throws NetlinkError. */
export function listRules(filter: FamilyFilter & RequestOptions = {}): Answer<readonly Rule[]> {
  return list('list rules', RULE, filter, familiesOf(filter), (writer, family) => {
    writer.u8(family, 0, 0, 0);
    writer.u32(0, 0);
  });
}

/** Both, each with a dump of its own: a dump of AF_UNSPEC would bring those of multicast routing and MPLS too. */
const familiesOf = ({ family }: FamilyFilter): readonly number[] =>
  family === undefined ? [k.AF_INET, k.AF_INET6] : [family];

/** To the kernel, 0 in a filter is as good as nothing. */
const isAny = (wanted: number | undefined): boolean => wanted === undefined || wanted === 0;

function routesOf({ table, oif, protocol, type }: RouteFilter): (route: Route) => boolean {
  // What is done for each of many routes is as little as can be.
  const [anyTable, anyLink, anyProtocol, anyType] = [isAny(table), isAny(oif), isAny(protocol), isAny(type)];
  return route =>
    (route.flags & k.RTM_F_CLONED) === 0 &&
    (anyTable || route.table === table) &&
    (anyLink || leavesBy(route, oif)) &&
    (anyProtocol || route.protocol === protocol) &&
    (anyType || route.type === type);
}

/** Of a route with a next hop object the links may not be told (net.ipv4.nexthop_compat_mode): only a kernel that filters knows. */
const leavesBy = ({ oif, multipath, nexthopId }: Route, link: number | undefined): boolean =>
  oif === undefined && multipath === undefined
    ? nexthopId !== undefined
    : oif === link || multipath?.some(hop => hop.oif === link) === true;

/**
 * What the dumps of the families find, one after the other on one socket; one that fails with an errno of `nothing` found
 * nothing. A kernel without a family says so when asked for its rules, and for its routes and addresses gives those of all others.
 */
function list<T extends { readonly family: number }>(
  what: string,
  kind: Kind<T>,
  options: FamilyFilter & RequestOptions,
  families: readonly number[],
  body: (writer: Writer, family: number) => void,
  isWanted: (object: T) => boolean = () => true,
  nothing: readonly number[] = [],
): Answer<readonly T[]> {
  const accepted = [0, ...nothing, ...(options.family === undefined ? [EAFNOSUPPORT] : [])];
  const talk = function* (): Talk<readonly T[]> {
    if (kind.groups !== undefined) yield prime();
    let found: readonly T[] = [];
    for (const family of families) {
      const { objects, end } = yield* dump(kind, family, writer => body(writer, family), isWanted);
      if (!accepted.includes(end.errno)) throw new NetlinkError(what, end.errno, end.reason);
      found = [...found, ...objects];
    }
    return found;
  };
  return converse(what, options, talk, kind.groups);
}
