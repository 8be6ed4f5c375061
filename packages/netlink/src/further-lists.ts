/** Lists of and questions about neighbours, next hop objects, settings and namespace ids. */
import { decodeNeighbour, type Neighbour } from './codec/neighbour.js';
import { decodeNetconf, decodeNsid, type Netconf, type Nsid } from './codec/network.js';
import { decodeNexthopObject, type NexthopObject } from './codec/nexthop-object.js';
import type { Writer } from './codec/writer.js';
import * as k from './constants.js';
import { converse, type RequestOptions, type Talk } from './conversation.js';
import { dump, type Kind } from './dump.js';
import { NetlinkError } from './errors.js';
import type { FamilyFilter } from './lists.js';

const NEIGHBOUR: Kind<Neighbour> = { get: k.RTM_GETNEIGH, type: k.RTM_NEWNEIGH, decode: decodeNeighbour };
const NEXTHOP: Kind<NexthopObject> = { get: k.RTM_GETNEXTHOP, type: k.RTM_NEWNEXTHOP, decode: decodeNexthopObject };
const NETCONF: Kind<Netconf> = { get: k.RTM_GETNETCONF, type: k.RTM_NEWNETCONF, decode: decodeNetconf };
const NSID: Kind<Nsid> = { get: k.RTM_GETNSID, type: k.RTM_NEWNSID, decode: decodeNsid };

const NDA_IFINDEX = 8;
const NDA_MASTER = 9;
const NHA_OIF = 5;
const NHA_GROUPS = 9;
const NHA_MASTER = 10;
const NHA_FDB = 11;

export interface NeighbourFilter extends FamilyFilter {
  readonly ifindex?: number;
  /** Index of the bridge, bond or VRF whose ports the neighbours are at. */
  readonly master?: number;
  /** The addresses that are answered for (NTF_PROXY) instead. */
  readonly proxies?: boolean;
}
export interface NexthopFilter {
  readonly oif?: number;
  readonly master?: number;
  /** Only groups. */
  readonly groups?: boolean;
  /** Only those for forwarding databases. */
  readonly fdb?: boolean;
}

/** Neighbours: what ARP and neighbour discovery know, or was set. Rejects with NetlinkError. */
export const listNeighbours = async (filter: NeighbourFilter & RequestOptions = {}): Promise<readonly Neighbour[]> => {
  const families = filter.family === undefined ? [k.AF_INET, k.AF_INET6] : [filter.family];
  const lists = await Promise.all(
    families.map(family =>
      list('list neighbours', NEIGHBOUR, filter, family, neighboursOf(filter), writer => {
        writer.u8(family, 0, 0, 0);
        writer.u32(0);
        writer.u8(0, 0, filter.proxies === true ? k.NTF_PROXY : 0, 0);
        writer.u32Attribute(NDA_IFINDEX, filter.ifindex);
        writer.u32Attribute(NDA_MASTER, filter.master);
      }),
    ),
  );
  return lists.flat();
};

/** Entries of forwarding databases of bridges, VXLANs and the like. Rejects with NetlinkError. */
export const listFdb = (
  filter: Pick<NeighbourFilter, 'ifindex' | 'master'> & RequestOptions = {},
): Promise<readonly Neighbour[]> =>
  list('list the FDB', NEIGHBOUR, filter, k.AF_BRIDGE, neighboursOf({ ifindex: filter.ifindex }), writer => {
    writer.u8(k.AF_BRIDGE, 0, 0, 0);
    writer.u32(filter.ifindex ?? 0, 0);
    writer.u32Attribute(NDA_MASTER, filter.master);
  });

/** What the kernel did not filter is left out here. */
const neighboursOf =
  ({ ifindex = 0, proxies = false }: { ifindex?: number | undefined; proxies?: boolean }) =>
  (neighbour: Neighbour): boolean =>
    (ifindex === 0 || neighbour.ifindex === ifindex) && (!proxies || (neighbour.flags & k.NTF_PROXY) !== 0);

/** Next hop objects (Linux 5.3). Rejects with NetlinkError. */
export const listNexthops = (filter: NexthopFilter & RequestOptions = {}): Promise<readonly NexthopObject[]> =>
  list(
    'list next hops',
    NEXTHOP,
    filter,
    k.AF_UNSPEC,
    () => true,
    writer => {
      writer.u32(0, 0);
      writer.u32Attribute(NHA_OIF, filter.oif);
      writer.u32Attribute(NHA_MASTER, filter.master);
      if (filter.groups === true) writer.bytesAttribute(NHA_GROUPS, new Uint8Array());
      if (filter.fdb === true) writer.bytesAttribute(NHA_FDB, new Uint8Array());
    },
  );

/** Settings of links, AF_INET unless another family is given (AF_INET6, AF_MPLS). Rejects with NetlinkError. */
export const listNetconf = ({ family = k.AF_INET, ...options }: FamilyFilter & RequestOptions = {}): Promise<
  readonly Netconf[]
> =>
  list(
    'list netconf',
    NETCONF,
    options,
    family,
    () => true,
    writer => writer.u8(family, 0, 0, 0),
  );

/** The numbers that this network namespace has given to others. Rejects with NetlinkError. */
export const listNsids = (options: RequestOptions = {}): Promise<readonly Nsid[]> =>
  list(
    'list namespace ids',
    NSID,
    options,
    k.AF_UNSPEC,
    () => true,
    writer => writer.u8(k.AF_UNSPEC, 0, 0, 0),
  );

async function list<T>(
  what: string,
  kind: Kind<T>,
  options: RequestOptions,
  family: number,
  isWanted: (object: T) => boolean,
  body: (writer: Writer) => void,
): Promise<readonly T[]> {
  const talk = function* (): Talk<readonly T[]> {
    const { objects, end } = yield* dump(kind, family, body, isWanted);
    if (end.errno !== 0) throw new NetlinkError(what, end.errno, end.reason);
    return objects;
  };
  return converse(what, options, talk);
}
