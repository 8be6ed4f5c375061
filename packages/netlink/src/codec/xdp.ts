/** IFLA_XDP: the eBPF programs on the receive path of a link (linux/if_link.h). */
import type { Attributes, RawAttribute } from './attributes.js';
import type { Writer } from './writer.js';

const IFLA_XDP_ATTACHED = 2;
const NUMBERED = [
  [3, 'flags'],
  [4, 'programId'],
  [5, 'driverProgramId'],
  [6, 'genericProgramId'],
  [7, 'hardwareProgramId'],
] as const;
const FIELDS = new Map<number, (typeof NUMBERED)[number][1]>(NUMBERED);

/** XDP_ATTACHED_*: 0 none, 1 driver, 2 generic (skb), 3 hardware, 4 several. */
export interface Xdp {
  readonly attached: number;
  readonly flags?: number | undefined;
  readonly programId?: number | undefined;
  readonly driverProgramId?: number | undefined;
  readonly genericProgramId?: number | undefined;
  readonly hardwareProgramId?: number | undefined;
  readonly unknown?: readonly RawAttribute[] | undefined;
}

export function decodeXdp(attributes: Attributes): Xdp {
  const xdp: { -readonly [K in keyof Xdp]: Xdp[K] } = { attached: 0 };
  let unknown: RawAttribute[] | undefined;
  while (attributes.next()) {
    const field = FIELDS.get(attributes.type);
    if (attributes.type === IFLA_XDP_ATTACHED) xdp.attached = attributes.u8();
    else if (field !== undefined) xdp[field] = attributes.u32();
    else (unknown ??= []).push(attributes.raw());
  }
  if (unknown !== undefined) xdp.unknown = unknown;
  return xdp;
}

export function encodeXdp(writer: Writer, xdp: Xdp): void {
  writer.u8Attribute(IFLA_XDP_ATTACHED, xdp.attached);
  for (const [type, field] of FIELDS) writer.u32Attribute(type, xdp[field]);
  writer.rawAttributes(xdp.unknown);
}
