import type { Link } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import { addRoutesOf, removeRoutesOver } from './address-routes.js';
import { addLinkLocal, deleteAddress, detect } from './kernel-addresses.js';
import { isSix } from './kernel-routes.js';
import { hasCarrier, isUp, type KernelState, linkNamed, refuse } from './kernel-state.js';

const RUNNING = k.IFF_RUNNING | k.IFF_LOWER_UP;
/** Milliseconds: linkwatch tells of carriers once a second per link (net/core/link_watch.c). */
const LINKWATCH_MS = 1000;
const hardwareAddress = (ifindex: number): string =>
  `02:00:00:00:00:${ifindex.toString(16).padStart(2, '0').slice(-2)}`;

const put = (state: KernelState, link: Link): void => {
  state.links.set(link.ifindex, link);
  state.tell('new', link);
};

/** Kinds without a driver that tells of carriers. */
const isCarrierless = ({ infoKind }: Link): boolean => infoKind === 'wireguard';

const ports = ({ links }: KernelState, ifindex: number): readonly Link[] =>
  [...links.values()].filter(({ master }) => master === ifindex);

/** Is there something at the other end? */
const isPlugged = (state: KernelState, link: Link): boolean => {
  if (link.infoKind === 'bridge') return ports(state, link.ifindex).some(port => isUp(port) && hasCarrier(port));
  const lower = link.infoKind === 'macvlan' && link.parent !== undefined ? state.links.get(link.parent) : undefined;
  if (lower !== undefined) return isUp(lower) && hasCarrier(lower);
  return state.plugged.get(link.ifindex) !== false;
};

const operStateOf = (link: Link): number => {
  if (isCarrierless(link)) return k.IF_OPER_UNKNOWN;
  if (isUp(link) && hasCarrier(link)) return k.IF_OPER_UP;
  return isUp(link) && link.infoKind === 'veth' ? k.IF_OPER_LOWERLAYERDOWN : k.IF_OPER_DOWN;
};

/** What follows from a carrier that came: the addresses that wait for it go on. */
const gotCarrier = (state: KernelState, link: Link): void => {
  addLinkLocal(state, link);
  for (const address of state.addresses)
    if (address.ifindex === link.ifindex && (address.flags & k.IFA_F_TENTATIVE) !== 0) detect(state, address);
};

/** The carrier is looked at: at once the first time, then when a second has passed since it was told last. */
export const watchCarrier = (state: KernelState, told: Map<number, number>, ifindex: number): void => {
  const last = told.get(ifindex) ?? -LINKWATCH_MS;
  const wait = Math.max(1, last + LINKWATCH_MS - state.now());
  state.after(wait, () => {
    const link = state.links.get(ifindex);
    if (link === undefined || isCarrierless(link)) return;
    const has = isUp(link) && isPlugged(state, link);
    if (has === hasCarrier(link)) return;
    const flags = has ? link.flags | RUNNING : link.flags & ~RUNNING;
    const now = { ...link, flags };
    told.set(ifindex, state.now());
    put(state, { ...now, operState: operStateOf(now) });
    if (has) gotCarrier(state, now);
    if (link.master !== undefined && link.master !== 0) watchCarrier(state, told, link.master);
    for (const upper of state.links.values())
      if (upper.infoKind === 'macvlan' && upper.parent === ifindex) watchCarrier(state, told, upper.ifindex);
  });
};

export const createLink = (state: KernelState, name: string, more: Partial<Link> = {}): number => {
  if (linkNamed(state, name) !== undefined) refuse('EEXIST');
  const ifindex = more.ifindex ?? state.lastIfindex + 1;
  if (state.links.has(ifindex)) refuse('EBUSY');
  state.lastIfindex = Math.max(state.lastIfindex, ifindex);
  put(state, {
    kind: 'link',
    family: 0,
    ifindex,
    name,
    alternativeNames: [],
    hardwareType: more.infoKind === 'wireguard' ? 65534 : 1,
    flags: k.IFF_BROADCAST | k.IFF_MULTICAST,
    change: 0xffffffff,
    operState: k.IF_OPER_DOWN,
    hardwareAddress: hardwareAddress(ifindex),
    mtu: 1500,
    txQueueLength: 1000,
    ...more,
  });
  return ifindex;
};

export const setUp = (state: KernelState, told: Map<number, number>, link: Link): void => {
  if (isUp(link)) return;
  const flags = link.flags | k.IFF_UP | (isCarrierless(link) ? RUNNING : 0);
  const up = { ...link, flags };
  put(state, { ...up, operState: operStateOf(up) });
  for (const address of state.addresses)
    if (address.ifindex === link.ifindex) {
      if (!isSix(address.address) || (address.flags & k.IFA_F_TENTATIVE) === 0) addRoutesOf(state, address);
    }
  watchCarrier(state, told, link.ifindex);
};

export const setDown = (state: KernelState, told: Map<number, number>, link: Link): void => {
  if (!isUp(link)) return;
  const down = { ...link, flags: link.flags & ~(k.IFF_UP | RUNNING) };
  removeRoutesOver(state, link.ifindex, k.AF_INET, false);
  put(state, { ...down, operState: operStateOf(down) });
  const { ifindex, master } = link;
  const six = state.addresses.filter(one => one.ifindex === ifindex && isSix(one.address));
  for (const one of six) deleteAddress(state, ifindex, one.address);
  removeRoutesOver(state, ifindex, k.AF_INET6, true);
  if (master !== undefined && master !== 0) watchCarrier(state, told, master);
  for (const upper of state.links.values())
    if (upper.infoKind === 'macvlan' && upper.parent === ifindex) watchCarrier(state, told, upper.ifindex);
};

export const deleteLink = (state: KernelState, told: Map<number, number>, link: Link): void => {
  for (const upper of [...state.links.values()])
    if (upper.infoKind === 'macvlan' && upper.parent === link.ifindex) deleteLink(state, told, upper);
  for (const port of ports(state, link.ifindex)) put(state, { ...port, master: undefined });
  setDown(state, told, link);
  for (const { address } of state.addresses.filter(one => one.ifindex === link.ifindex))
    deleteAddress(state, link.ifindex, address);
  removeRoutesOver(state, link.ifindex, k.AF_INET, false);
  const now = state.links.get(link.ifindex) ?? link;
  state.links.delete(link.ifindex);
  state.plugged.delete(link.ifindex);
  told.delete(link.ifindex);
  state.tell('delete', now);
};

/** A change of name, master, alias and so on. */
export const changeLink = (state: KernelState, link: Link, more: Partial<Link>): void => {
  if (more.name !== undefined && linkNamed(state, more.name) !== undefined) refuse('EEXIST');
  put(state, { ...link, ...more });
};
