import type { RuleSpec } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import { matches } from '../../../fakes/fake-tables.js';
import { isSix } from './kernel-routes.js';
import { type KernelState, refuse } from './kernel-state.js';

export const changeRule = (state: KernelState, action: 'add' | 'delete', spec: RuleSpec): void => {
  const family = isSix(spec.from ?? spec.to ?? '') ? k.AF_INET6 : (spec.family ?? k.AF_INET);
  const wanted = { ...spec, family };
  if (action === 'delete') {
    const found = state.rules.find(one => matches(wanted, one));
    if (found === undefined) refuse('ENOENT');
    else {
      state.rules = state.rules.filter(one => one !== found);
      state.tell('delete', found);
    }
    return;
  }
  if (family === k.AF_INET6 && !state.hasIpv6) refuse('EAFNOSUPPORT');
  const key = { ...wanted, protocol: undefined };
  const twin = state.rules.find(one => matches(key, one) && one.protocol === wanted.protocol);
  if (twin !== undefined) refuse('EEXIST');
  const rule = { action: k.FR_ACT_TO_TBL, table: k.RT_TABLE_MAIN, priority: 0, flags: 0, tos: 0, ...wanted };
  state.rules = [...state.rules, rule].toSorted((a, b) => a.priority - b.priority);
  state.tell('new', rule);
};

/** Those of a kernel that nobody has told of any. */
export const generalRules: KernelState['rules'] = [k.AF_INET, k.AF_INET6].flatMap(family =>
  (family === k.AF_INET
    ? [
        [0, k.RT_TABLE_LOCAL],
        [32766, k.RT_TABLE_MAIN],
        [32767, 253],
      ]
    : [
        [0, k.RT_TABLE_LOCAL],
        [32766, k.RT_TABLE_MAIN],
      ]
  ).map(([priority = 0, table = 0]) => ({
    kind: 'rule' as const,
    family,
    action: k.FR_ACT_TO_TBL,
    table,
    priority,
    flags: 0,
    tos: 0,
    protocol: k.RTPROT_KERNEL,
  })),
);
