import {
  FIB_RULE_INVERT,
  FR_ACT_BLACKHOLE,
  FR_ACT_PROHIBIT,
  FR_ACT_TO_TBL,
  FR_ACT_UNREACHABLE,
  RT_TABLE_LOCAL,
} from '@network-stack/netlink/constants';
import type { Rule } from '@network-stack/netlink';

const deciding: ReadonlySet<number> = new Set([FR_ACT_TO_TBL, FR_ACT_BLACKHOLE, FR_ACT_UNREACHABLE, FR_ACT_PROHIBIT]);

/** Does it say which packets it is for? Those that the host itself sends come from `lo`. */
const selects = (rule: Rule): boolean =>
  rule.tos !== 0 ||
  (rule.iif !== undefined && rule.iif !== 'lo') ||
  [
    rule.from,
    rule.to,
    rule.oif,
    rule.fwmark,
    rule.tunnelId,
    rule.uidRange,
    rule.ipProtocol,
    rule.sourcePorts,
    rule.destinationPorts,
    rule.dscp,
    rule.flowLabel,
  ].some(selector => selector !== undefined);

/**
 * Does this rule decide of what this host sends, whatever its addresses are? `from all lookup 7`, and wg-quick's `not from
 * all fwmark 51820 lookup 51820`; not that of the table local, nor that of VRFs.
 */
export const isGeneralRule = (rule: Rule): boolean =>
  deciding.has(rule.action) &&
  rule.table !== RT_TABLE_LOCAL &&
  rule.l3mdev !== true &&
  ((rule.flags & FIB_RULE_INVERT) !== 0) === selects(rule);
