/** Adding, replacing and deleting addresses, routes and rules, many at a time. */
import { type AddressSpec, encodeAddress } from './codec/address.js';
import * as k from './constants.js';
import { encodeRoute, type RouteSpec } from './codec/route.js';
import { encodeRule, type RuleSpec } from './codec/rule.js';
import type { RequestOptions } from './conversation.js';
import type { NetlinkError } from './errors.js';
import { type Request, sendAll } from './request.js';

export type Changeable = AddressSpec | RouteSpec | RuleSpec;

/** `add` fails with EEXIST, `delete` with ESRCH, ENOENT or EADDRNOTAVAIL; `replace` makes sure that it is as given. */
export interface Change {
  readonly action: 'add' | 'append' | 'replace' | 'delete';
  readonly object: Changeable;
}

const EEXIST = 17;
/** Flags of a listed route that tell its state; the kernel takes only the others back. */
const SETTABLE_ROUTE_FLAGS = k.RTNH_F_ONLINK | k.RTNH_F_PERVASIVE;

/**
 * Makes many changes, in order, with few system calls. The result has, per change, undefined or why it failed; a failed
 * one does not keep the others from being tried. Rejects only when the outcome is not known (time-out, abort, broken
 * socket), or, before anything is sent, with a RangeError for a change that cannot be expressed.
 */
export async function applyAll(
  changes: readonly Change[],
  options?: RequestOptions,
): Promise<readonly (NetlinkError | undefined)[]> {
  return sendAll(changes.map(request), options);
}

function request({ action, object }: Change): Request {
  const gone = action === 'delete';
  const flags = FLAGS[action];
  switch (object.kind) {
    case 'address':
      return {
        what: () => `${action} address ${object.address} of link ${object.ifindex}`,
        type: gone ? k.RTM_DELADDR : k.RTM_NEWADDR,
        flags,
        body: writer => encodeAddress(writer, object),
      };
    case 'route': {
      const route = gone ? anyRoute(object) : { ...object, flags: (object.flags ?? 0) & SETTABLE_ROUTE_FLAGS };
      return {
        what: () => `${action} route ${object.destination}`,
        type: gone ? k.RTM_DELROUTE : k.RTM_NEWROUTE,
        flags,
        body: writer => encodeRoute(writer, route),
      };
    }
    case 'rule': {
      const rule = gone ? anyRule(object) : object;
      const { priority = '', from = 'all', to = 'all' } = object;
      return {
        what: () => `${action} rule ${priority} from ${from} to ${to}`,
        type: gone ? k.RTM_DELRULE : k.RTM_NEWRULE,
        // The kernel does not know how to replace a rule, it would add a second one.
        ...(action === 'replace' ? { flags: FLAGS.add, accept: EEXIST } : { flags }),
        body: writer => encodeRule(writer, rule),
      };
    }
  }
}

/** NLM_F_* of each action. */
export const FLAGS = {
  add: k.NLM_F_CREATE | k.NLM_F_EXCL,
  append: k.NLM_F_CREATE | k.NLM_F_APPEND,
  replace: k.NLM_F_CREATE | k.NLM_F_REPLACE,
  delete: 0,
} as const;

/** When deleting, what is not given matches anything, as in ip-route(8) and ip-rule(8). */
function anyRoute(route: RouteSpec): RouteSpec {
  if (route.family === k.AF_MPLS) return { ...route, flags: 0 }; // the kernel takes no placeholders there
  const { scope = k.RT_SCOPE_NOWHERE, protocol = 0, type = 0 } = route;
  return { ...route, scope, protocol, type, flags: 0 };
}

function anyRule(rule: RuleSpec): RuleSpec {
  const { action = 0, table = k.RT_TABLE_UNSPEC } = rule;
  return { ...rule, action, table };
}
