/** RTM_NEWADDR, RTM_DELADDR: struct ifaddrmsg and its attributes (linux/if_addr.h, rtnetlink(7)). */
import { Attributes, LE, Malformed, type RawAttribute } from './attributes.js';
import { ipBytes } from './ip-bytes.js';
import { AF_INET, AF_INET6 } from '../constants.js';
import type { Writer } from './writer.js';
import type { Mutable } from './mutable.js';

const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_LABEL = 3;
const IFA_BROADCAST = 4;
const IFA_ANYCAST = 5;
const IFA_CACHEINFO = 6;
const IFA_MULTICAST = 7;
const IFA_FLAGS = 8;
const IFA_RT_PRIORITY = 9;
const IFA_TARGET_NETNSID = 10;
const IFA_PROTO = 11;

/** An IP address of a link. */
export interface Address {
  readonly kind: 'address';
  /** AF_INET or AF_INET6. */
  readonly family: number;
  readonly ifindex: number;
  /** The link's own address. */
  readonly address: string;
  readonly prefixLength: number;
  /** RT_SCOPE_*. */
  readonly scope: number;
  /** IFA_F_*, all 32 bits. */
  readonly flags: number;
  readonly label?: string | undefined;
  readonly broadcast?: string | undefined;
  /** The other end of a point-to-point address. */
  readonly peer?: string | undefined;
  readonly anycast?: string | undefined;
  readonly multicast?: string | undefined;
  /** Remaining seconds; INFINITE_LIFETIME never ends. */
  readonly preferredLifetime?: number | undefined;
  readonly validLifetime?: number | undefined;
  /** Hundredths of a second since boot. */
  readonly created?: number | undefined;
  readonly updated?: number | undefined;
  /** Metric of the prefix route. */
  readonly routePriority?: number | undefined;
  readonly targetNetnsId?: number | undefined;
  /** IFAPROT_*: who set the address. */
  readonly protocol?: number | undefined;
  readonly unknown?: readonly RawAttribute[] | undefined;
}

/** What an address needs to be added or deleted; the family follows from the address. */
export type AddressSpec = Partial<Address> & Pick<Address, 'kind' | 'ifindex' | 'address'>;

/** Reads one message body in view[from, end). Throws Malformed. */
export function decodeAddress(view: DataView, from: number, end: number): Address {
  if (end - from < 8) throw new Malformed(`address message of ${end - from} bytes, expected 8 or more`, from);
  const address: Mutable<Address> = {
    kind: 'address',
    family: view.getUint8(from),
    ifindex: view.getUint32(from + 4, LE),
    address: '',
    prefixLength: view.getUint8(from + 1),
    scope: view.getUint8(from + 3),
    flags: view.getUint8(from + 2),
  };
  let own: string | undefined;
  let peer: string | undefined;
  let unknown: RawAttribute[] | undefined;
  const attributes = new Attributes(view, from + 8, end);
  while (attributes.next()) {
    switch (attributes.type) {
      case IFA_ADDRESS:
        peer = attributes.ip(address.family);
        break;
      case IFA_LOCAL:
        own = attributes.ip(address.family);
        break;
      case IFA_LABEL:
        address.label = attributes.text();
        break;
      case IFA_BROADCAST:
        address.broadcast = attributes.ip(address.family);
        break;
      case IFA_ANYCAST:
        address.anycast = attributes.ip(address.family);
        break;
      case IFA_MULTICAST:
        address.multicast = attributes.ip(address.family);
        break;
      case IFA_CACHEINFO: {
        const at = attributes.struct(16);
        address.preferredLifetime = view.getUint32(at, LE);
        address.validLifetime = view.getUint32(at + 4, LE);
        address.created = view.getUint32(at + 8, LE);
        address.updated = view.getUint32(at + 12, LE);
        break;
      }
      case IFA_FLAGS:
        address.flags = attributes.u32();
        break;
      case IFA_RT_PRIORITY:
        address.routePriority = attributes.u32();
        break;
      case IFA_TARGET_NETNSID:
        address.targetNetnsId = attributes.i32();
        break;
      case IFA_PROTO:
        address.protocol = attributes.u8();
        break;
      default:
        (unknown ??= []).push(attributes.raw());
    }
  }
  // IFA_ADDRESS is the peer of a point-to-point address; otherwise both are the same, and IPv6 has no IFA_LOCAL.
  address.address = own ?? peer ?? address.anycast ?? address.multicast ?? '';
  if (address.address === '') throw new Malformed('address message without an address', from);
  if (own !== undefined && peer !== undefined && own !== peer) address.peer = peer;
  if (unknown !== undefined) address.unknown = unknown;
  return address;
}

/** Writes the message body. Throws a RangeError for text that is no address. */
export function encodeAddress(writer: Writer, address: AddressSpec): void {
  const own = ipBytes(address.address);
  const flags = address.flags ?? 0;
  writer.u8(address.family ?? (own.length === 4 ? AF_INET : AF_INET6), address.prefixLength ?? own.length * 8);
  writer.u8(flags & 0xff, address.scope ?? 0);
  writer.u32(address.ifindex);
  // An anycast or multicast address stands alone in its own attribute.
  const alone = address.address === address.anycast || address.address === address.multicast;
  if (!alone) {
    writer.ipAttribute(IFA_ADDRESS, address.peer ?? address.address);
    if (own.length === 4 || address.peer !== undefined) writer.bytesAttribute(IFA_LOCAL, own);
  }
  writer.textAttribute(IFA_LABEL, address.label);
  writer.ipAttribute(IFA_BROADCAST, address.broadcast);
  writer.ipAttribute(IFA_ANYCAST, address.anycast);
  writer.ipAttribute(IFA_MULTICAST, address.multicast);
  const { preferredLifetime, validLifetime, created = 0, updated = 0 } = address;
  if (preferredLifetime !== undefined || validLifetime !== undefined) {
    writer.attribute(IFA_CACHEINFO, () =>
      writer.u32(preferredLifetime ?? validLifetime ?? 0, validLifetime ?? 0xffffffff, created, updated),
    );
  }
  if (flags !== 0) writer.u32Attribute(IFA_FLAGS, flags);
  writer.u32Attribute(IFA_RT_PRIORITY, address.routePriority);
  writer.u32Attribute(IFA_TARGET_NETNSID, address.targetNetnsId);
  writer.u8Attribute(IFA_PROTO, address.protocol);
  writer.rawAttributes(address.unknown);
}
