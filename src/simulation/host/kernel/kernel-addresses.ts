import type { Address, Link } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import { addRoutesOf, removeRoutesOf } from './address-routes.js';
import { isSix } from './kernel-routes.js';
import { hasCarrier, isUp, type KernelState, refuse } from './kernel-state.js';

/** Duplicate detection takes up to a second before it asks, and one more (RFC 4862). Milliseconds. */
const DAD_MS = 1500;
/** A lifetime that does not end (INFINITY_LIFE_TIME). */
const FOREVER = 0xffffffff;

/** The link-local address that the kernel makes of the hardware address (EUI-64). */
const linkLocal = (ifindex: number): string => `fe80::ff:fe00:${ifindex.toString(16)}`;

/** The time in hundredths of a second, as struct ifa_cacheinfo has it. */
const ticks = (state: KernelState): number => Math.floor(state.now() / 10);

/** As the kernel tells of it: what is left of its lifetimes, in seconds that have begun to pass (inet_fill_ifaddr, inet6_fill_ifaddr). */
export const asTold = (state: KernelState, address: Address): Address => {
  const { validLifetime, preferredLifetime, updated = 0 } = address;
  if (validLifetime === undefined || validLifetime === FOREVER) return address;
  const passed = Math.floor((ticks(state) - updated) / 100);
  const left = (lifetime = FOREVER): number => (lifetime === FOREVER ? lifetime : Math.max(0, lifetime - passed));
  return { ...address, validLifetime: left(validLifetime), preferredLifetime: left(preferredLifetime) };
};

export const addAddress = (state: KernelState, address: Address): void => {
  const link = state.links.get(address.ifindex);
  if (link === undefined) {
    refuse('ENODEV');
    return;
  }
  const six = isSix(address.address);
  if (six && !state.hasIpv6) refuse('EACCES');
  const same = state.addresses.find(
    one =>
      one.ifindex === address.ifindex &&
      one.address === address.address &&
      (six || one.prefixLength === address.prefixLength),
  );
  if (same !== undefined) refuse('EEXIST');
  const isTentative = six && link.hardwareType === 1 && (address.flags & k.IFA_F_NODAD) === 0;
  const now = ticks(state);
  const flags = isTentative ? address.flags | k.IFA_F_TENTATIVE : address.flags;
  const one: Address = { ...address, flags, created: now, updated: now };
  state.addresses = [...state.addresses, one];
  state.tell('new', one);
  if (!isUp(link)) return;
  if (isTentative) detect(state, one);
  else addRoutesOf(state, one);
};

/** The address as it is now, whatever became of its flags and lifetimes. */
const present = (state: KernelState, { ifindex, address }: Address): Address | undefined =>
  state.addresses.find(one => one.ifindex === ifindex && one.address === address);

/** Duplicate detection: once it is done the address may be used. It waits for the carrier. */
export const detect = (state: KernelState, address: Address): void =>
  state.after(DAD_MS, () => {
    const now = present(state, address);
    const link = state.links.get(address.ifindex);
    if (now === undefined || link === undefined || !isUp(link) || !hasCarrier(link)) return;
    if ((now.flags & k.IFA_F_TENTATIVE) === 0) return;
    const usable = { ...now, flags: now.flags & ~k.IFA_F_TENTATIVE };
    state.addresses = state.addresses.map(one => (one === now ? usable : one));
    addRoutesOf(state, usable);
    state.tell('new', usable);
  });

/** Says anew of an address what lifetimes it has, as a renewal does. */
export const renewAddress = (state: KernelState, address: Address, more: Partial<Address>): void => {
  const now = present(state, address);
  if (now === undefined) return;
  const renewed = { ...now, ...more, updated: ticks(state) };
  state.addresses = state.addresses.map(one => (one === now ? renewed : one));
  state.tell('new', renewed);
};

export const deleteAddress = (state: KernelState, ifindex: number, text: string): void => {
  const found = state.addresses.find(one => one.ifindex === ifindex && one.address === text);
  if (found === undefined) {
    refuse('EADDRNOTAVAIL');
    return;
  }
  state.addresses = state.addresses.filter(one => one !== found);
  state.tell('delete', found);
  removeRoutesOf(state, found);
};

export const addLinkLocal = (state: KernelState, { ifindex, hardwareType }: Link): void => {
  const address = linkLocal(ifindex);
  if (!state.hasIpv6 || hardwareType !== 1) return;
  const known = state.addresses.find(one => one.ifindex === ifindex && one.address === address);
  if (known === undefined)
    addAddress(state, {
      kind: 'address',
      family: k.AF_INET6,
      ifindex,
      address,
      prefixLength: 64,
      scope: k.RT_SCOPE_LINK,
      flags: k.IFA_F_PERMANENT,
    });
};
