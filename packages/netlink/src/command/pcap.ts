/** Netlink messages in a capture of an nlmon link: pcap (pcap-savefile(5)) with LINKTYPE_NETLINK. */

/** A datagram, and the netlink protocol (NETLINK_*) that it belongs to. */
export interface Datagram {
  readonly protocol: number;
  readonly bytes: Uint8Array;
}

const FILE_HEADER = 24;
const PACKET_HEADER = 16;
/** Of libpcap: what kind of packet, ARPHRD_NETLINK, and behind 10 bytes the protocol, in network byte order. */
const COOKED_HEADER = 16;
const LINKTYPE_NETLINK = 253;
/** With microseconds and with nanoseconds. */
const MAGIC: readonly number[] = [0xa1b2c3d4, 0xa1b23c4d];

/** Throws a RangeError for what is no such capture; a packet that is cut off at the end of the file is left out. */
export function* datagramsOf(file: Uint8Array): Generator<Datagram> {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const isLittle = file.length >= FILE_HEADER && MAGIC.includes(view.getUint32(0, true));
  if (!isLittle && (file.length < FILE_HEADER || !MAGIC.includes(view.getUint32(0))))
    throw new RangeError('expected a capture in the format of pcap, found something else');
  const type = view.getUint32(20, isLittle) & 0xffff;
  if (type !== LINKTYPE_NETLINK)
    throw new RangeError(
      `expected a capture of an nlmon link (link type ${LINKTYPE_NETLINK}), found link type ${type}`,
    );
  for (let at = FILE_HEADER; at + PACKET_HEADER <= file.length;) {
    const begin = at + PACKET_HEADER;
    const end = begin + view.getUint32(at + 8, isLittle);
    if (end > file.length) return;
    if (end - begin >= COOKED_HEADER)
      yield { protocol: view.getUint16(begin + 14), bytes: file.subarray(begin + COOKED_HEADER, end) };
    at = end;
  }
}
