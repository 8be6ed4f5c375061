/** IFLA_STATS64: struct rtnl_link_stats64 (linux/if_link.h); counters are exact up to 2^53. */
import { type Attributes, LE } from './attributes.js';
import type { Writer } from './writer.js';

/** Counters in the order of the struct. The last, rx_nohandler, came with Linux 4.6 and rx_otherhost_dropped with 5.19. */
const NAMES = [
  'rxPackets',
  'txPackets',
  'rxBytes',
  'txBytes',
  'rxErrors',
  'txErrors',
  'rxDropped',
  'txDropped',
  'multicast',
  'collisions',
  'rxLengthErrors',
  'rxOverErrors',
  'rxCrcErrors',
  'rxFrameErrors',
  'rxFifoErrors',
  'rxMissedErrors',
  'txAbortedErrors',
  'txCarrierErrors',
  'txFifoErrors',
  'txHeartbeatErrors',
  'txWindowErrors',
  'rxCompressed',
  'txCompressed',
  'rxNohandler',
  'rxOtherhostDropped',
] as const;
const ALWAYS = 23;

type Name = (typeof NAMES)[number];
export type LinkStats = Readonly<Record<Exclude<Name, 'rxNohandler' | 'rxOtherhostDropped'>, number>> & {
  readonly rxNohandler?: number | undefined;
  readonly rxOtherhostDropped?: number | undefined;
};

/** Reads the counters at the attribute. Throws Malformed. */
export function decodeStats(attribute: Attributes): LinkStats {
  const { view, length } = attribute;
  let at = attribute.struct(8 * ALWAYS);
  const end = at + length;
  const next = (): number => {
    at += 8;
    return u64(view, at - 8);
  };
  return {
    rxPackets: next(),
    txPackets: next(),
    rxBytes: next(),
    txBytes: next(),
    rxErrors: next(),
    txErrors: next(),
    rxDropped: next(),
    txDropped: next(),
    multicast: next(),
    collisions: next(),
    rxLengthErrors: next(),
    rxOverErrors: next(),
    rxCrcErrors: next(),
    rxFrameErrors: next(),
    rxFifoErrors: next(),
    rxMissedErrors: next(),
    txAbortedErrors: next(),
    txCarrierErrors: next(),
    txFifoErrors: next(),
    txHeartbeatErrors: next(),
    txWindowErrors: next(),
    rxCompressed: next(),
    txCompressed: next(),
    rxNohandler: at + 8 <= end ? next() : undefined,
    rxOtherhostDropped: at + 8 <= end ? next() : undefined,
  };
}

function u64(view: DataView, at: number): number {
  const low = view.getUint32(LE ? at : at + 4, LE);
  return view.getUint32(LE ? at + 4 : at, LE) * 2 ** 32 + low;
}

export function encodeStats(writer: Writer, stats: LinkStats): void {
  for (const name of NAMES) {
    const value = stats[name];
    if (value !== undefined) writer.u64(value);
  }
}
