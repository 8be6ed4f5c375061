import type { RuleEvent } from '../../model/event.js';
import type { KernelChange } from '../../model/input.js';
import type { World } from '../../model/world.js';
import { wantsEvents } from '../subscriptions.js';

/** All of them in one event; those of ours are no news. */
export const ruleEvents = (changes: readonly KernelChange[]): readonly RuleEvent[] => {
  const news = changes.flatMap(one => (one.what === 'rule' && !one.ours ? [one.change] : []));
  return news.length === 0 ? [] : [{ kind: 'rule', changes: news }];
};

/** Nobody knows what happened to rules: who wants to know is told so. */
export const rulesLost = (world: World): readonly RuleEvent[] =>
  wantsEvents(world, 'rules.d') ? [{ kind: 'rule', changes: [{ action: 'lost', rule: '' }] }] : [];
