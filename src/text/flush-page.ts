import { oneLine } from '../model/values/one-line.js';
import type { RuleOrRoute } from '../sinks/policy/diff.js';
import { tableOfAction } from '../sinks/policy/messages.js';
import type { Flushed } from '../sinks/policy/flush-rules.js';
import { count } from './status-line.js';

/** More objects than so many are counted. */
const MAX_LISTED = 40;

/** `rule   from 192.0.2.5 lookup 10002` */
const named = ({ text }: RuleOrRoute): string =>
  text.replace(/^(\S+) delete /, (_, kind: string) => `${kind.padEnd(5)}  `);

const counted = (actions: readonly RuleOrRoute[]): string => {
  const rules = actions.filter(({ change }) => change.object.kind === 'rule').length;
  return `${count(rules, 'rule')}, ${count(actions.length - rules, 'route')}`;
};

/** What was removed: a line for each object, or for each table if there were many. */
export const removedPage = ({ removed }: Flushed): string => {
  const tables = [...new Set(removed.map(tableOfAction))].toSorted((a, b) => a - b);
  const lines =
    removed.length <= MAX_LISTED
      ? removed.map(named)
      : tables.map(table => `table ${table}: ${counted(removed.filter(one => tableOfAction(one) === table))}`);
  return lines.map(line => `removed  ${oneLine(line)}\n`).join('');
};

/** What was not, in the kernel's words, which are all the same without the privilege; empty: nothing. */
export const refusedPage = ({ refused }: Flushed): string => {
  const why = 'CAP_NET_ADMIN is required: run it as root';
  const lines = refused.every(({ refusal }) => refusal.code === 'EPERM')
    ? [`${counted(refused.map(({ action }) => action))}: ${why}`]
    : refused.map(({ action, refusal }) => `${named(action)}: ${refusal.message}`);
  return refused.length === 0 ? '' : lines.map(line => `network-broker: not removed: ${oneLine(line)}\n`).join('');
};
