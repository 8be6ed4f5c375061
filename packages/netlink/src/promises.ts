/** Questions and lists as promises: errors reject, and nobody needs to know whether the kernel has answered at once. */
import type { Answer } from './conversation.js';
import * as lists from './lists.js';
import * as get from './get.js';

const promised =
  <Given extends readonly unknown[], T>(ask: (...given: Given) => Answer<T>) =>
  async (...given: Given): Promise<T> =>
    ask(...given);

/** A link by its index, or by its name or one of its alternative names. Rejects with NetlinkError: ENODEV when there is none. */
export const getLink = promised(get.getLink);
/** The route that a packet to this address takes, as `ip route get`. Rejects with NetlinkError: ENETUNREACH when there is none. */
export const getRoute = promised(get.getRoute);
/** Every link of the network namespace. Rejects with NetlinkError. */
export const listLinks = promised(lists.listLinks);
/** Addresses, of one link or of all. Rejects with NetlinkError: ENODEV when there is no such link. */
export const listAddresses = promised(lists.listAddresses);
/** Routes of the tables, not of the cache. Rejects with NetlinkError. */
export const listRoutes = promised(lists.listRoutes);
/** Routing policy rules, in the order they are tried per family. Rejects with NetlinkError. */
export const listRules = promised(lists.listRules);

/**
 * The same, for whoever must not let other events pass before the answer: most answers are here when the function returns, as
 * rtnetlink works while it is asked; only a long one is a promise. What a promise would reject with is thrown.
 */
export const atOnce = { ...get, ...lists } as const;
