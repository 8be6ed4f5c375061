import type { Rule, RuleSpec } from '@network-stack/netlink';
import { OUR_PROTOCOL } from '../../model/wire/from-netlink.js';
import { isGeneralRule } from '../../model/wire/general-rule.js';
import type { Conflict } from '../reconcile/target.js';
import type { OfTable } from './rules-and-routes.js';
import { ruleText } from './text.js';

/** A table has no default route. It may be about to appear. */
export const noDefault = (table: number, link: string, family: 'IPv4' | 'IPv6'): OfTable => ({
  table,
  key: `no default ${table} ${family}`,
  code: 'policy-no-default',
  text: `table ${table} of ${link} has no ${family} default: no router is known for the link, in the main table, in a lease or by Gateway=`,
  remedy: `what is answered from there to other networks goes where the main table says; name a router by Gateway= in [Link."${link}"], or leave the link out of RoutingPolicyRules=`,
  mayPass: true,
});

/** Rules of others that decide about all traffic before ours are consulted. */
export const precedingRules = (
  ours: readonly RuleSpec[],
  actual: readonly Rule[],
  priority: number,
): readonly Conflict[] => {
  const families = new Set(ours.map(({ family }) => family));
  return actual
    .filter(rule => rule.priority < priority && families.has(rule.family))
    .filter(rule => rule.protocol !== OUR_PROTOCOL && isGeneralRule(rule))
    .map(rule => ({
      key: `before ${rule.family} ${rule.priority} ${ruleText(rule)}`,
      code: 'policy-preceded',
      text: `rule ${ruleText(rule)} (protocol ${rule.protocol}) is asked before ours, whatever a packet's addresses are`,
      remedy: `answers from addresses with rules go where it leads; give it a priority above ${priority}`,
    }));
};
