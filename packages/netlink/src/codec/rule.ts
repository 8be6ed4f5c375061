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
const FRA_PAD = 18;
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
  /** Bits of the single port that count (Linux 6.15); the kernel tells them with each. */
  readonly sourcePortMask?: number | undefined;
  readonly destinationPortMask?: number | undefined;
  /** Differentiated services code point, 0 to 63 (Linux 6.13), and which of its bits count. */
  readonly dscp?: number | undefined;
  readonly dscpMask?: number | undefined;
  /** Flow label of IPv6, 20 bits (Linux 6.14), and which of them count. */
  readonly flowLabel?: number | undefined;
  readonly flowLabelMask?: number | undefined;
  readonly unknown?: readonly RawAttribute[] | undefined;
}

/** What a rule needs to be added or deleted; the family follows from `from` and `to`. Without a priority the kernel picks one. */
export type RuleSpec = Partial<Rule> & Pick<Rule, 'kind'>;

/** How an attribute is read into a rule and written from it. */
interface Field {
  readonly read: (attribute: Attributes, rule: Mutable<Rule>) => void;
  readonly write: (writer: Writer, type: number, rule: RuleSpec) => void;
}
const u32 = (name: 'goto' | 'priority' | 'fwmark' | 'fwmask' | 'flow'): Field => ({
  read: (attribute, rule) => (rule[name] = attribute.u32()),
  write: (writer, type, rule) => writer.u32Attribute(type, rule[name]),
});
const suppressor = (name: 'suppressInterfaceGroup' | 'suppressPrefixLength'): Field => ({
  read: (attribute, rule) => {
    const value = attribute.u32();
    if (value !== NOT_SET) rule[name] = value;
  },
  write: (writer, type, rule) => writer.u32Attribute(type, rule[name]),
});
const u8 = (name: 'protocol' | 'ipProtocol' | 'dscp' | 'dscpMask'): Field => ({
  read: (attribute, rule) => (rule[name] = attribute.u8()),
  write: (writer, type, rule) => writer.u8Attribute(type, rule[name]),
});
const u16 = (name: 'sourcePortMask' | 'destinationPortMask'): Field => ({
  read: (attribute, rule) => (rule[name] = attribute.u16()),
  write: (writer, type, rule) => writer.u16Attribute(type, rule[name]),
});
const u32be = (name: 'flowLabel' | 'flowLabelMask'): Field => ({
  read: (attribute, rule) => (rule[name] = attribute.view.getUint32(attribute.struct(4))),
  write: (writer, type, { [name]: label }) => {
    if (label !== undefined) writer.bytesAttribute(type, Uint8Array.of(label >>> 24, label >>> 16, label >>> 8, label));
  },
});
const linkName = (name: 'iif' | 'oif'): Field => ({
  read: (attribute, rule) => (rule[name] = attribute.text()),
  write: (writer, type, rule) => writer.nameAttribute(type, rule[name]),
});
const ports = (name: 'sourcePorts' | 'destinationPorts'): Field => ({
  read: (attribute, rule) => {
    const at = attribute.struct(4);
    rule[name] = { start: attribute.view.getUint16(at, LE), end: attribute.view.getUint16(at + 2, LE) };
  },
  write: (writer, type, { [name]: range }) => {
    if (range === undefined) return;
    writer.attribute(type, () => {
      writer.u16(range.start);
      writer.u16(range.end);
    });
  },
});
const tunnelId: Field = {
  read: (attribute, rule) => (rule.tunnelId = attribute.u64be()),
  write: (writer, type, { tunnelId: id }) => {
    if (id !== undefined) writer.attribute(type, () => writer.u64be(id));
  },
};
const l3mdev: Field = {
  read: (attribute, rule) => (rule.l3mdev = attribute.u8() !== 0),
  write: (writer, type, rule) => writer.u8Attribute(type, rule.l3mdev === undefined ? undefined : Number(rule.l3mdev)),
};
const uidRange: Field = {
  read: (attribute, rule) => {
    const at = attribute.struct(8);
    rule.uidRange = { start: attribute.view.getUint32(at, LE), end: attribute.view.getUint32(at + 4, LE) };
  },
  write: (writer, type, { uidRange: range }) => {
    if (range !== undefined) writer.attribute(type, () => writer.u32(range.start, range.end));
  },
};

/** The table defaults to main where the action needs one. */
const tableOf = ({ table, action = FR_ACT_TO_TBL, l3mdev: isVrf }: RuleSpec): number =>
  table ?? (action === FR_ACT_TO_TBL && isVrf !== true ? RT_TABLE_MAIN : RT_TABLE_UNSPEC);
const table: Field = {
  read: (attribute, rule) => (rule.table = attribute.u32()),
  write: (writer, type, rule) => writer.u32Attribute(type, tableOf(rule)),
};

/** By FRA_*, in the order of writing; prefixes need more than their attribute. */
const FIELDS: ReadonlyMap<number, Field> = new Map([
  [3, linkName('iif')],
  [4, u32('goto')],
  [6, u32('priority')],
  [10, u32('fwmark')],
  [11, u32('flow')],
  [12, tunnelId],
  [13, suppressor('suppressInterfaceGroup')],
  [14, suppressor('suppressPrefixLength')],
  [15, table],
  [16, u32('fwmask')],
  [17, linkName('oif')],
  [19, l3mdev],
  [20, uidRange],
  [21, u8('protocol')],
  [22, u8('ipProtocol')],
  [23, ports('sourcePorts')],
  [24, ports('destinationPorts')],
  [25, u8('dscp')],
  [26, u32be('flowLabel')],
  [27, u32be('flowLabelMask')],
  [28, u16('sourcePortMask')],
  [29, u16('destinationPortMask')],
  [30, u8('dscpMask')],
]);

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
  let unknown: RawAttribute[] | undefined;
  const attributes = new Attributes(view, from + 12, end);
  while (attributes.next()) {
    const { type } = attributes;
    const field = FIELDS.get(type);
    if (field !== undefined) field.read(attributes, rule);
    else if (type === FRA_DST) rule.to = prefixText(attributes.ip(rule.family), view.getUint8(from + 1));
    else if (type === FRA_SRC) rule.from = prefixText(attributes.ip(rule.family), view.getUint8(from + 2));
    else if (type !== FRA_PAD) (unknown ??= []).push(attributes.raw());
  }
  if (unknown !== undefined) rule.unknown = unknown;
  return rule;
}

/** Writes the message body. Throws a RangeError for text that is no prefix. */
export function encodeRule(writer: Writer, rule: RuleSpec): void {
  const to = rule.to === undefined ? undefined : prefixBytes(rule.to);
  const from = rule.from === undefined ? undefined : prefixBytes(rule.from);
  const id = tableOf(rule);
  writer.u8(rule.family ?? familyOf(from ?? to), to?.length ?? 0, from?.length ?? 0, rule.tos ?? 0);
  writer.u8(id < 256 ? id : RT_TABLE_UNSPEC, 0, 0, rule.action ?? FR_ACT_TO_TBL);
  writer.u32(rule.flags ?? 0);
  writer.bytesAttribute(FRA_DST, to?.bytes);
  writer.bytesAttribute(FRA_SRC, from?.bytes);
  for (const [type, field] of FIELDS) field.write(writer, type, rule);
  writer.rawAttributes(rule.unknown);
}

function familyOf(prefix: Prefix | undefined): number {
  return prefix?.bytes.length === 16 ? AF_INET6 : AF_INET;
}
