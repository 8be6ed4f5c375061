/** rtnetlink for Node: links, addresses, routes and rules of the network namespace of this process. */
export { applyAll, type Change, type Changeable } from './change.js';
export { add, type AnyChangeable, remove, replace } from './changes.js';
export { decodeFurther, type FurtherMessage, type FurtherObject } from './further.js';
export { listFdb, listNeighbours, listNetconf, listNexthops, listNsids } from './further-lists.js';
export type { NeighbourFilter, NexthopFilter } from './further-lists.js';
export type { Answer, RequestOptions } from './conversation.js';
export type { AddressFilter, FamilyFilter, RouteFilter } from './lists.js';
export { NetlinkError } from './errors.js';
export { infoOf, type LinkInfo, type PortInfo, portOf } from './link-info.js';
export type { Netns } from './netns.js';

export type { RouteQuery } from './get.js';
export { type OwnedTable, ownTable } from './owned-table.js';
export { atOnce, getLink, getRoute, listAddresses, listLinks, listRoutes, listRules } from './promises.js';
export { refusedOptions, Session } from './session.js';
export { addAlternativeNames, addLink, deleteAlternativeNames, removeLink, setLink } from './set-link.js';
export { subscribe, type Subscription, type SubscriptionOptions } from './subscription.js';

export * from './constants.js';
export type { Address, AddressSpec } from './codec/address.js';
export type { RawAttribute } from './codec/attributes.js';
export type { Link, LinkSpec } from './codec/link.js';
export type { LinkSettings, NewLink } from './codec/link-settings.js';
export type { MalformedMessage, Message, NetlinkObject, ObjectMessage, UnknownMessage } from './codec/message.js';
export { encapOf, type EncapInfo, type Segments, toEncap } from './codec/encap.js';
export type { Neighbour, NeighbourSpec } from './codec/neighbour.js';
export type { AdvertisedPrefix, Netconf, NdUserOptions, Nsid } from './codec/network.js';
export type { GroupMember, NexthopObject, NexthopObjectSpec } from './codec/nexthop-object.js';
export type { RouteMetrics } from './codec/metrics.js';
export type { Encap, Nexthop, Via } from './codec/nexthop.js';
export type { Route, RouteSpec } from './codec/route.js';
export type { Range, Rule, RuleSpec } from './codec/rule.js';
export type { LinkStats } from './codec/stats.js';
export { bytesToText, textToBytes } from './text.js';
export type { Xdp } from './codec/xdp.js';
export { type Overrun, watch, type WatchOptions } from './watch.js';
import * as tlv from './tlv.js';
export { tlv };
