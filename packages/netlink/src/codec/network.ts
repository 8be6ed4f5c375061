/**
 * What the kernel tells of a network besides links, addresses, routes and rules: RTM_NEWNETCONF (linux/netconf.h), RTM_NEWNSID
 * (linux/net_namespace.h), RTM_NEWPREFIX and RTM_NEWNDUSEROPT (linux/rtnetlink.h).
 */
import * as t from '../tlv.js';
import { Attributes, LE, Malformed, type RawAttribute } from './attributes.js';

const netconf = /* @__PURE__ */ t.attributes({
  /** NETCONFA_IFINDEX_ALL (-1) is all links together, NETCONFA_IFINDEX_DEFAULT (-2) what new ones begin with. */
  ifindex: t.i32(1),
  forwarding: t.i32(2),
  /** 0 off, 1 strict, 2 loose. */
  rpFilter: t.i32(3),
  multicastForwarding: t.i32(4),
  proxyNeighbour: t.i32(5),
  ignoreRoutesWithLinkdown: t.i32(6),
  input: t.i32(7),
  broadcastForwarding: t.i32(8),
  forceForwarding: t.i32(9),
});

/** Settings (`net.ipv4.conf.*`, `net.ipv6.conf.*`, `net.mpls.conf.*`) of a link. */
export interface Netconf extends NonNullable<ReturnType<typeof netconf.decode>> {
  readonly kind: 'netconf';
  readonly family: number;
}

const nsid = /* @__PURE__ */ t.attributes({
  /** The number by which this namespace knows the other; -1: by none. */
  id: t.i32(1),
  targetId: t.i32(4),
  currentId: t.i32(5),
});

/** A number that the network namespace has given to another one. */
export interface Nsid extends NonNullable<ReturnType<typeof nsid.decode>> {
  readonly kind: 'nsid';
}

const prefix = /* @__PURE__ */ t.attributes({
  address: t.ip(1),
  /** Seconds. */
  lifetimes: t.struct(
    2,
    8,
    (view, at) => ({ preferred: view.getUint32(at, LE), valid: view.getUint32(at + 4, LE) }),
    (writer, { preferred, valid }) => writer.u32(preferred, valid),
  ),
});

/** A prefix that a router advertised (RFC 4861, 4.6.2). */
export interface AdvertisedPrefix extends NonNullable<ReturnType<typeof prefix.decode>> {
  readonly kind: 'prefix';
  readonly ifindex: number;
  readonly prefixLength: number;
  /** As advertised: 0x80 on-link, 0x40 addresses may be made of it; before Linux 6.7 IF_PREFIX_*: 1 and 2. */
  readonly flags: number;
}

const userOption = /* @__PURE__ */ t.attributes({ source: t.ip(1) });

/** Options of a router advertisement that are for programs: DNS servers (25), search domains (31), PREF64 (38). */
export interface NdUserOptions extends NonNullable<ReturnType<typeof userOption.decode>> {
  readonly kind: 'nd-useropt';
  readonly ifindex: number;
  readonly icmpType: number;
  readonly icmpCode: number;
  /** Each without its type and length (RFC 4861, 4.6). */
  readonly options: readonly RawAttribute[];
}

const expect = (size: number, what: string, from: number, end: number): void => {
  if (end - from < size) throw new Malformed(`${what} message of ${end - from} bytes, expected ${size} or more`, from);
};

// Each reads one message body in view[from, end), and throws Malformed. A header of one byte (struct rtgenmsg) is padded to 4.

export function decodeNetconf(view: DataView, from: number, end: number): Netconf {
  expect(1, 'netconf', from, end);
  return { kind: 'netconf', family: view.getUint8(from), ...netconf.read(new Attributes(view, from + 4, end)) };
}

export function decodeNsid(view: DataView, from: number, end: number): Nsid {
  expect(1, 'nsid', from, end);
  return { kind: 'nsid', ...nsid.read(new Attributes(view, from + 4, end)) };
}

export function decodePrefix(view: DataView, from: number, end: number): AdvertisedPrefix {
  expect(12, 'prefix', from, end);
  return {
    kind: 'prefix',
    ifindex: view.getInt32(from + 4, LE),
    prefixLength: view.getUint8(from + 9),
    flags: view.getUint8(from + 10),
    ...prefix.read(new Attributes(view, from + 12, end)),
  };
}

export function decodeNdUserOptions(view: DataView, from: number, end: number): NdUserOptions {
  expect(16, 'nd-useropt', from, end);
  const behind = from + 16 + view.getUint16(from + 2, LE);
  if (behind > end)
    throw new Malformed(`options of ${behind - from - 16} bytes, expected ${end - from - 16}`, from + 2);
  const options: RawAttribute[] = [];
  for (let at = from + 16; at + 2 <= behind;) {
    const length = view.getUint8(at + 1) * 8; // counted in units of 8 bytes
    if (length === 0 || at + length > behind)
      throw new Malformed(`option of ${length} bytes, expected 8 to ${behind - at}`, at);
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at + 2, length - 2).slice();
    options.push({ type: view.getUint8(at), bytes });
    at += length;
  }
  return {
    kind: 'nd-useropt',
    ifindex: view.getInt32(from + 4, LE),
    icmpType: view.getUint8(from + 8),
    icmpCode: view.getUint8(from + 9),
    options,
    ...userOption.read(new Attributes(view, behind, end)),
  };
}
