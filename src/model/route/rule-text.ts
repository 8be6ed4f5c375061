import type { Range, Rule, RuleSpec } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import { oneLine } from '../values/one-line.js';
import { kernelTables, prefixText, type TableNames } from './route-text.js';

const rangeText = ({ start, end }: Range): string => (start === end ? `${start}` : `${start}-${end}`);

/** FR_ACT_* that need no table, as ip-rule(8) spells them (linux/fib_rules.h). */
const refusals: ReadonlyMap<number, string> = new Map([
  [k.FR_ACT_NOP, 'nop'],
  [k.FR_ACT_BLACKHOLE, 'blackhole'],
  [k.FR_ACT_UNREACHABLE, 'unreachable'],
  [k.FR_ACT_PROHIBIT, 'prohibit'],
]);

const actionText = ({ action = k.FR_ACT_TO_TBL, goto = 0, l3mdev, table = 0 }: RuleSpec, tables: TableNames): string =>
  action === k.FR_ACT_GOTO
    ? `goto ${goto}`
    : (refusals.get(action) ?? `lookup ${l3mdev === true ? '[l3mdev-table]' : (tables.get(table) ?? table)}`);

const word = (name: string, value: string | number | undefined): string =>
  value === undefined ? '' : `${name} ${value}`;
const hex = (value: number): string => `0x${value.toString(16)}`;
const ofPorts = (name: string, range: Range | undefined, mask: number | undefined): string =>
  word(name, range && (mask === undefined ? rangeText(range) : `${hex(range.start)}/${hex(mask)}`));
/** A mask of all bits goes without saying, and what it masks may have a spelling of its own. */
const masked = (value: number | undefined, mask: number | undefined, all: number, whole = hex): string | undefined =>
  value === undefined ? undefined : mask === undefined || mask === all ? whole(value) : `${hex(value)}/${hex(mask)}`;
/** A rule may be of links that never were: their names may be anything. */
const ofLink = (name: string, link: string | undefined): string => word(name, link && oneLine(link));

/** A rule as ip-rule(8) writes it, without its priority: `from 192.0.2.5 lookup main`; numbers of protocols stay numbers. */
export const ruleWords = (rule: RuleSpec, tables: TableNames = kernelTables): string => {
  const { flags = 0, from, to, tos = 0, fwmark, fwmask = 0xffffffff, uidRange } = rule;
  const mask = fwmask === 0xffffffff ? '' : `/0x${fwmask.toString(16)}`;
  return [
    (flags & k.FIB_RULE_INVERT) === 0 ? '' : 'not',
    `from ${from === undefined ? 'all' : prefixText(from)}`,
    word('to', to && prefixText(to)),
    tos === 0 ? '' : `tos 0x${tos.toString(16).padStart(2, '0')}`,
    fwmark === undefined ? '' : `fwmark 0x${fwmark.toString(16)}${mask}`,
    ofLink('iif', rule.iif),
    ofLink('oif', rule.oif),
    word('uidrange', uidRange && `${uidRange.start}-${uidRange.end}`),
    word('ipproto', rule.ipProtocol),
    ofPorts('sport', rule.sourcePorts, rule.sourcePortMask),
    ofPorts('dport', rule.destinationPorts, rule.destinationPortMask),
    word('tun_id', rule.tunnelId),
    actionText(rule, tables),
    word('dscp', masked(rule.dscp, rule.dscpMask, 0x3f, String)),
    word('flowlabel', masked(rule.flowLabel, rule.flowLabelMask, 0xfffff)),
    word('suppress_prefixlength', rule.suppressPrefixLength),
    word('suppress_ifgroup', rule.suppressInterfaceGroup),
  ]
    .filter(Boolean)
    .join(' ');
};

/** The same with its family and priority: `ipv6 32766: from all lookup main`. */
export const ruleLine = (rule: Rule, tables?: TableNames): string =>
  `${rule.family === k.AF_INET ? 'ipv4' : 'ipv6'} ${rule.priority}: ${ruleWords(rule, tables)}`;
