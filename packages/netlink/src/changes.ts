/** Adding, replacing and deleting whatever can be. */
import { encodeNeighbour, type NeighbourSpec } from './codec/neighbour.js';
import { encodeNexthopObject, type NexthopObjectSpec } from './codec/nexthop-object.js';
import { applyAll, type Change, type Changeable, FLAGS } from './change.js';
import * as k from './constants.js';
import type { RequestOptions } from './conversation.js';
import { type Request, sendAll } from './request.js';

/** An address, a route, a rule, a neighbour or an entry of a forwarding database, or a next hop object. */
export type AnyChangeable = Changeable | NeighbourSpec | NexthopObjectSpec;

/** Rejects with NetlinkError: EEXIST when there is one already. A RangeError tells of text that is no address. */
export const add = (object: AnyChangeable, options?: RequestOptions): Promise<void> => apply('add', object, options);
/** Adds, or replaces the one with the same key. A rule that exists already is left as it is: it has nothing but its key. */
export const replace = (object: AnyChangeable, options?: RequestOptions): Promise<void> =>
  apply('replace', object, options);
/** Deletes the first that has everything given. Rejects with NetlinkError when there is none. */
export const remove = (object: AnyChangeable, options?: RequestOptions): Promise<void> =>
  apply('delete', object, options);

async function apply(action: Change['action'], object: AnyChangeable, options?: RequestOptions): Promise<void> {
  const [error] =
    object.kind === 'neighbour' || object.kind === 'nexthop'
      ? await sendAll([further(action, object)], options)
      : await applyAll([{ action, object }], options);
  if (error !== undefined) throw error;
}

function further(action: Change['action'], object: NeighbourSpec | NexthopObjectSpec): Request {
  const gone = action === 'delete';
  const flags = FLAGS[action];
  if (object.kind === 'nexthop')
    return {
      what: () => `${action} next hop ${object.id ?? ''}`.trimEnd(),
      type: gone ? k.RTM_DELNEXTHOP : k.RTM_NEWNEXTHOP,
      flags,
      // The id is all that the kernel lets one be deleted by.
      body: writer =>
        encodeNexthopObject(writer, gone ? { kind: 'nexthop', id: object.id, family: 0, protocol: 0 } : object),
    };
  const name = object.address ?? object.hardwareAddress ?? '';
  return {
    what: () => `${action} neighbour ${name} of link ${object.ifindex}`,
    type: gone ? k.RTM_DELNEIGH : k.RTM_NEWNEIGH,
    flags,
    body: writer => encodeNeighbour(writer, object),
  };
}
