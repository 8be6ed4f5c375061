/** Messages about more than links, addresses, routes and rules, which only programs that want them carry the readers of. */
import { Malformed } from './codec/attributes.js';
import type { MalformedMessage, Message, ObjectMessage } from './codec/message.js';
import { decodeNeighbour, type Neighbour } from './codec/neighbour.js';
import * as network from './codec/network.js';
import { decodeNexthopObject, type NexthopObject } from './codec/nexthop-object.js';
import * as k from './constants.js';

/** An object of one of the further groups. */
export type FurtherObject =
  Neighbour | NexthopObject | network.Netconf | network.Nsid | network.AdvertisedPrefix | network.NdUserOptions;

/** One of these appeared or changed (`new`) or went away (`delete`). */
export type FurtherMessage = Omit<ObjectMessage, 'object'> & { readonly object: FurtherObject };

type Decode = (view: DataView, from: number, end: number) => FurtherObject;
const pair = (type: number, decode: Decode): readonly [number, readonly ['new' | 'delete', Decode]][] => [
  [type, ['new', decode]],
  [type + 1, ['delete', decode]],
];
const DECODERS = /* @__PURE__ */ new Map([
  ...pair(k.RTM_NEWNEIGH, decodeNeighbour),
  ...pair(k.RTM_NEWNEXTHOP, decodeNexthopObject),
  ...pair(k.RTM_NEWNETCONF, network.decodeNetconf),
  ...pair(k.RTM_NEWNSID, network.decodeNsid),
  ...pair(k.RTM_NEWPREFIX, network.decodePrefix),
  ...pair(k.RTM_NEWNDUSEROPT, network.decodeNdUserOptions),
]);

/** A message that `subscribe` tells as `unknown`, with its object, if this version knows it after all; else the message. */
export function decodeFurther(message: Message): Message | FurtherMessage {
  const known = message.kind === 'unknown' ? DECODERS.get(message.type) : undefined;
  if (message.kind !== 'unknown' || known === undefined) return message;
  const { bytes, type, flags, sequence, port } = message;
  const [kind, decode] = known;
  try {
    const object = decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
    return { kind, type, flags, sequence, port, object };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const malformed: MalformedMessage = {
      ...{ kind: 'malformed', type, flags, sequence, port, bytes },
      reason: `${error.message}, at byte ${error.at} behind the header`,
    };
    return malformed;
  }
}
