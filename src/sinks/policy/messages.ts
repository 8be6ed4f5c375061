import { fault, type Fault } from '../../model/fault.js';
import type { Applied } from '../../model/outcome.js';
import type { Change } from '@network-stack/netlink';
import type { Conflict, Failure } from '../reconcile/target.js';
import type { RuleOrRoute } from './diff.js';
import { ifindexOf } from '../../world/policy-tables.js';
import type { World } from '../../model/world.js';
import { groupBy } from '../../model/values/group-by.js';

/** The most objects named in a message; the rest are counted. */
const MAX_NAMED = 8;

export const dropIn = 'networkd.conf.d/10-network-broker.conf';

const few = (actions: readonly RuleOrRoute[], show = ({ text }: RuleOrRoute): string => text): string => {
  const rest = actions.length - MAX_NAMED;
  return actions.slice(0, MAX_NAMED).map(show).join('; ') + (rest > 0 ? `; and ${rest} more` : '');
};

export const tableOfAction = ({ change: { object } }: RuleOrRoute): number =>
  object.kind === 'address' ? 0 : (object.table ?? 0);

/** What was done, one line per table; refreshes are left out. */
export const appliedOf = (actions: readonly RuleOrRoute[], world: World): readonly Applied[] => {
  const tables = groupBy(
    actions.filter(({ isRefresh = false }) => !isRefresh),
    tableOfAction,
  );
  return [...tables].map(([table, done]) => {
    const ifindex = ifindexOf(world, table);
    const of = world.kernel.links?.get(ifindex)?.name ?? `table ${table}`;
    return { kind: 'applied', ifindex, message: `policy rules of ${of}: ${few(done)}` };
  });
};

/** Somebody deleted or changed what is ours; the message names the usual culprit. */
export const undoneFault = (undone: readonly RuleOrRoute[], deferred: readonly RuleOrRoute[]): readonly Fault[] => {
  if (undone.length === 0) return [];
  const keys = [
    undone.some(({ change }) => change.object.kind === 'rule') ? 'ManageForeignRoutingPolicyRules=no' : '',
    undone.some(({ change }) => change.object.kind === 'route') ? 'ManageForeignRoutes=no' : '',
  ].filter(Boolean);
  const later = undone.filter(action => deferred.includes(action)).length;
  const what =
    later === 0
      ? 'put back'
      : `put back${later === undone.length ? '' : ` except for ${later}, which follow`} later, as this keeps happening`;
  const objects = few(undone, ({ text }) => text.replace(/ (add|replace) /, ' '));
  return [
    fault(
      'policy-undone',
      `someone deleted or changed rules or routes of ours (${objects}): ${what}. systemd-networkd does so when it starts or reconfigures a link, unless it is told ${keys.join(' and ')}: see ${dropIn}`,
    ),
  ];
};

/** What could not be read or done, in the kernel's words: one fault each for the first few. */
export const failureFaults = (failures: readonly Failure<Change>[]): readonly Fault[] => {
  const faults = failures
    .slice(0, MAX_NAMED)
    .map(({ action, refused: { message, error } }) =>
      action === undefined
        ? fault('policy-unreadable', `policy rules are not managed: ${message}; trying again`, error)
        : fault('policy-failed', `${action.text}: ${message}; trying again`),
    );
  const rest = failures.length - MAX_NAMED;
  return rest > 0 ? [...faults, fault('policy-failed', `${rest} more changes of policy rules failed`)] : faults;
};

/** What stands in the way of our rules and routes, or keeps them from working. */
export const conflictFaults = (conflicts: readonly Conflict[]): readonly Fault[] =>
  conflicts.slice(0, MAX_NAMED).map(({ text, code, remedy }) => {
    if (code !== undefined) return fault(code, remedy === undefined ? text : `${text}: ${remedy}`);
    const what = `${text}, which is not ours and stays`;
    return fault('policy-conflict', `${what}: ${remedy ?? 'delete it, or give it another table'}`);
  });
