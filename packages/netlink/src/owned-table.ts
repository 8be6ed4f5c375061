/**
 * A table of nf_tables that belongs to its socket: with the flag `owner` (Linux 5.12) nobody else, root included, can have,
 * change or remove it, and it goes when the socket is closed, at the latest with the process. An empty one filters nothing: it
 * is a lock, one per network namespace, for those who have CAP_NET_ADMIN in it. See linux/netfilter/nf_tables.h.
 */
import { Attributes, Malformed } from './codec/attributes.js';
import { decodeDatagram } from './codec/message.js';
import { Writer } from './codec/writer.js';
import { NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST } from './constants.js';
import { NetlinkError } from './errors.js';
import { Socket } from './socket.js';

const NETLINK_NETFILTER = 12;
const NFNL_MSG_BATCH_BEGIN = 16;
const NFNL_MSG_BATCH_END = 17;
const NFNL_SUBSYS_NFTABLES = 10;
const NFT_MSG_NEWTABLE = (NFNL_SUBSYS_NFTABLES << 8) | 0;
const NFT_MSG_GETTABLE = (NFNL_SUBSYS_NFTABLES << 8) | 1;
const NFTA_TABLE_NAME = 1;
const NFTA_TABLE_FLAGS = 2;
const NFTA_TABLE_USERDATA = 6;
const NFT_TABLE_F_OWNER = 2;
const NFPROTO_INET = 1;
/** What nft shows as the comment, of libnftnl's TLVs in NFTA_TABLE_USERDATA: type and length in a byte each, a text with a NUL. */
const NFTNL_UDATA_TABLE_COMMENT = 0;
const COMMENT_MAX = 127;
/** It may go just when it was found to be somebody else's. */
const MAX_ATTEMPTS = 5;

const EPERM = 1;
const ENOENT = 2;

/** Closing again does nothing. */
export type OwnedTable =
  { readonly isOurs: true; readonly close: () => void } | { readonly isOurs: false; readonly comment: string };

const utf8 = new TextEncoder();

/** struct nfgenmsg */
const generic = (writer: Writer, family: number, resource: number): void => writer.u8(family, 0, 0, resource);

const creation = (name: string, comment: string): Uint8Array => {
  const text = utf8.encode(`${comment}\0`);
  if (text.length > COMMENT_MAX) throw new RangeError(`comment of ${text.length} bytes, expected ${COMMENT_MAX}`);
  const writer = new Writer();
  writer.message(NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, 0, to => generic(to, 0, NFNL_SUBSYS_NFTABLES));
  writer.message(NFT_MSG_NEWTABLE, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, 1, to => {
    generic(to, NFPROTO_INET, 0);
    to.textAttribute(NFTA_TABLE_NAME, name);
    to.attribute(NFTA_TABLE_FLAGS, () => to.u8(0, 0, 0, NFT_TABLE_F_OWNER)); // in network byte order
    to.bytesAttribute(NFTA_TABLE_USERDATA, Uint8Array.of(NFTNL_UDATA_TABLE_COMMENT, text.length, ...text));
  });
  writer.message(NFNL_MSG_BATCH_END, NLM_F_REQUEST, 2, to => generic(to, 0, NFNL_SUBSYS_NFTABLES));
  return writer.bytes();
};

const question = (name: string): Uint8Array => {
  const writer = new Writer();
  writer.message(NFT_MSG_GETTABLE, NLM_F_REQUEST, 3, to => {
    generic(to, NFPROTO_INET, 0);
    to.textAttribute(NFTA_TABLE_NAME, name);
  });
  return writer.bytes();
};

/** The comment of a table, of the body of NFT_MSG_NEWTABLE; empty: there is none. */
const commentOf = (bytes: Uint8Array): string => {
  const attributes = new Attributes(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 4, bytes.length);
  try {
    while (attributes.next()) {
      if (attributes.type !== NFTA_TABLE_USERDATA) continue;
      const [type, length = 0, ...text] = attributes.bytes();
      if (type !== NFTNL_UDATA_TABLE_COMMENT || length === 0) return '';
      return new TextDecoder().decode(Uint8Array.from(text.slice(0, length - 1)));
    }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
  return '';
};

/** What is answered: it is all there when the request has been sent. `errno` is that of the first failure, 0: none. */
const ask = (
  socket: Socket,
  request: Uint8Array,
): { readonly errno: number; readonly body: Uint8Array | undefined } => {
  let errno = 0;
  let body: Uint8Array | undefined;
  socket.send(request);
  while (
    socket.receive((view, from, end) =>
      decodeDatagram(view, from, end, message => {
        if (message.kind === 'answer') errno ||= message.answer.errno;
        if (message.kind === 'unknown' && message.type === NFT_MSG_NEWTABLE) body = message.bytes;
      }),
    ) !== 'nothing'
  );
  return { errno, body };
};

/**
 * Makes the table `inet <name>` with this comment, which nft shows and the next one who comes is told.
 *
 * @throws NetlinkError: EPERM without CAP_NET_ADMIN; EEXIST: there is one that nobody owns; EPROTONOSUPPORT, EOPNOTSUPP,
 *   EINVAL: this kernel has no such tables
 */
export const ownTable = (name: string, comment: string): OwnedTable => {
  const socket = new Socket(NETLINK_NETFILTER);
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const { errno } = ask(socket, creation(name, comment));
      if (errno === 0) return { isOurs: true, close: () => socket.close() };
      if (errno !== EPERM) throw new NetlinkError(`own the table inet ${name}`, errno);
      const found = ask(socket, question(name));
      if (found.body !== undefined) {
        socket.close();
        return { isOurs: false, comment: commentOf(found.body) };
      }
      if (found.errno !== ENOENT) break;
    }
    throw new NetlinkError(`own the table inet ${name}`, EPERM);
  } catch (error) {
    socket.close();
    throw error;
  }
};
