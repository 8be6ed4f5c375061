/** RTM_NEWRULE, RTM_DELRULE: struct fib_rule_hdr and its attributes (linux/fib_rules.h, ip-rule(8)). */
import { Attributes, LE, Malformed, type RawAttribute } from './attributes.js';
import { AF_INET, AF_INET6, FR_ACT_TO_TBL, RT_TABLE_MAIN, RT_TABLE_UNSPEC } from '../constants.js';
import type { Prefix } from '../ip.js';
import { prefixBytes } from './ip-bytes.js';
import { prefixText } from './ip-text.js';
import type { Mutable } from './mutable.js';
import type { Writer } from './writer.js';

const FRA_DST = 1;
const FRA_SRC = 2;
const FRA_IIFNAME = 3;
const FRA_GOTO = 4;
const FRA_PRIORITY = 6;
const FRA_FWMARK = 10;
const FRA_FLOW = 11;
const FRA_TUN_ID = 12;
const FRA_SUPPRESS_IFGROUP = 13;
const FRA_SUPPRESS_PREFIXLEN = 14;
const FRA_TABLE = 15;
const FRA_FWMASK = 16;
const FRA_OIFNAME = 17;
const FRA_PAD = 18;
const FRA_L3MDEV = 19;
const FRA_UID_RANGE = 20;
const FRA_PROTOCOL = 21;
const FRA_IP_PROTO = 22;
const FRA_SPORT_RANGE = 23;
const FRA_DPORT_RANGE = 24;
/** What the kernel sends for the two suppressors when they are not set. */
const NOT_SET = 0xffffffff;

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A routing policy rule. */
export interface Rule {
  readonly kind: 'rule';
  /** AF_INET or AF_INET6. */
  readonly family: number;
  /** FR_ACT_*. */
  readonly action: number;
  /** Routing table, all 32 bits; 0 when the action needs none. */
  readonly table: number;
  /** Rules are tried in ascending order of priority. */
  readonly priority: number;
  /** FIB_RULE_*. */
  readonly flags: number;
  readonly tos: number;
  /** Prefixes such as `192.0.2.5/32`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Names of links. */
  readonly iif?: string | undefined;
  readonly oif?: string | undefined;
  readonly fwmark?: number | undefined;
  readonly fwmask?: number | undefined;
  /** Priority of the rule that FR_ACT_GOTO goes on with. */
  readonly goto?: number | undefined;
  readonly flow?: number | undefined;
  readonly tunnelId?: number | undefined;
  readonly suppressPrefixLength?: number | undefined;
  readonly suppressInterfaceGroup?: number | undefined;
  readonly l3mdev?: boolean | undefined;
  readonly uidRange?: Range | undefined;
  /** RTPROT_*: who set the rule. */
  readonly protocol?: number | undefined;
  readonly ipProtocol?: number | undefined;
  readonly sourcePorts?: Range | undefined;
  readonly destinationPorts?: Range | undefined;
  readonly unknown?: readonly RawAttribute[] | undefined;
}

/** What a rule needs to be added or deleted; the family follows from `from` and `to`. Without a priority the kernel picks one. */
export type RuleSpec = Partial<Rule> & Pick<Rule, 'kind'>;

/** Reads one message body in view[from, end). Throws Malformed. */
export function decodeRule(view: DataView, from: number, end: number): Rule {
  if (end - from < 12) throw new Malformed(`rule message of ${end - from} bytes, expected 12 or more`, from);
  const rule: Mutable<Rule> = {
    kind: 'rule',
    family: view.getUint8(from),
    action: view.getUint8(from + 7),
    table: view.getUint8(from + 4),
    priority: 0,
    flags: view.getUint32(from + 8, LE),
    tos: view.getUint8(from + 3),
  };
  const ports = (): Range => {
    const at = attributes.struct(4);
    return { start: view.getUint16(at, LE), end: view.getUint16(at + 2, LE) };
  };
  let unknown: RawAttribute[] | undefined;
  const attributes = new Attributes(view, from + 12, end);
  while (attributes.next()) {
    switch (attributes.type) {
      case FRA_DST:
        rule.to = prefixText(attributes.ip(rule.family), view.getUint8(from + 1));
        break;
      case FRA_SRC:
        rule.from = prefixText(attributes.ip(rule.family), view.getUint8(from + 2));
        break;
      case FRA_IIFNAME:
        rule.iif = attributes.text();
        break;
      case FRA_OIFNAME:
        rule.oif = attributes.text();
        break;
      case FRA_GOTO:
        rule.goto = attributes.u32();
        break;
      case FRA_PRIORITY:
        rule.priority = attributes.u32();
        break;
      case FRA_FWMARK:
        rule.fwmark = attributes.u32();
        break;
      case FRA_FWMASK:
        rule.fwmask = attributes.u32();
        break;
      case FRA_FLOW:
        rule.flow = attributes.u32();
        break;
      case FRA_TUN_ID:
        rule.tunnelId = attributes.u64be();
        break;
      case FRA_SUPPRESS_IFGROUP:
        if (attributes.u32() !== NOT_SET) rule.suppressInterfaceGroup = attributes.u32();
        break;
      case FRA_SUPPRESS_PREFIXLEN:
        if (attributes.u32() !== NOT_SET) rule.suppressPrefixLength = attributes.u32();
        break;
      case FRA_TABLE:
        rule.table = attributes.u32();
        break;
      case FRA_L3MDEV:
        rule.l3mdev = attributes.u8() !== 0;
        break;
      case FRA_UID_RANGE: {
        const at = attributes.struct(8);
        rule.uidRange = { start: view.getUint32(at, LE), end: view.getUint32(at + 4, LE) };
        break;
      }
      case FRA_PROTOCOL:
        rule.protocol = attributes.u8();
        break;
      case FRA_IP_PROTO:
        rule.ipProtocol = attributes.u8();
        break;
      case FRA_SPORT_RANGE:
        rule.sourcePorts = ports();
        break;
      case FRA_DPORT_RANGE:
        rule.destinationPorts = ports();
        break;
      case FRA_PAD:
        break;
      default:
        (unknown ??= []).push(attributes.raw());
    }
  }
  if (unknown !== undefined) rule.unknown = unknown;
  return rule;
}

/** Writes the message body. Throws a RangeError for text that is no prefix. */
export function encodeRule(writer: Writer, rule: RuleSpec): void {
  const to = rule.to === undefined ? undefined : prefixBytes(rule.to);
  const from = rule.from === undefined ? undefined : prefixBytes(rule.from);
  const action = rule.action ?? FR_ACT_TO_TBL;
  const table = rule.table ?? (action === FR_ACT_TO_TBL && rule.l3mdev !== true ? RT_TABLE_MAIN : RT_TABLE_UNSPEC);
  writer.u8(rule.family ?? familyOf(from ?? to), to?.length ?? 0, from?.length ?? 0, rule.tos ?? 0);
  writer.u8(table < 256 ? table : RT_TABLE_UNSPEC, 0, 0, action);
  writer.u32(rule.flags ?? 0);
  writer.bytesAttribute(FRA_DST, to?.bytes);
  writer.bytesAttribute(FRA_SRC, from?.bytes);
  writer.nameAttribute(FRA_IIFNAME, rule.iif);
  writer.nameAttribute(FRA_OIFNAME, rule.oif);
  writer.u32Attribute(FRA_GOTO, rule.goto);
  writer.u32Attribute(FRA_PRIORITY, rule.priority);
  writer.u32Attribute(FRA_FWMARK, rule.fwmark);
  writer.u32Attribute(FRA_FWMASK, rule.fwmask);
  writer.u32Attribute(FRA_FLOW, rule.flow);
  const { tunnelId, uidRange } = rule;
  if (tunnelId !== undefined) writer.attribute(FRA_TUN_ID, () => writer.u64be(tunnelId));
  writer.u32Attribute(FRA_SUPPRESS_IFGROUP, rule.suppressInterfaceGroup);
  writer.u32Attribute(FRA_SUPPRESS_PREFIXLEN, rule.suppressPrefixLength);
  writer.u32Attribute(FRA_TABLE, table);
  if (rule.l3mdev !== undefined) writer.u8Attribute(FRA_L3MDEV, rule.l3mdev ? 1 : 0);
  if (uidRange !== undefined) writer.attribute(FRA_UID_RANGE, () => writer.u32(uidRange.start, uidRange.end));
  writer.u8Attribute(FRA_PROTOCOL, rule.protocol);
  writer.u8Attribute(FRA_IP_PROTO, rule.ipProtocol);
  writePorts(writer, FRA_SPORT_RANGE, rule.sourcePorts);
  writePorts(writer, FRA_DPORT_RANGE, rule.destinationPorts);
  writer.rawAttributes(rule.unknown);
}

function writePorts(writer: Writer, type: number, range: Range | undefined): void {
  if (range === undefined) return;
  writer.attribute(type, () => {
    writer.u16(range.start);
    writer.u16(range.end);
  });
}

function familyOf(prefix: Prefix | undefined): number {
  return prefix?.bytes.length === 16 ? AF_INET6 : AF_INET;
}
