/** RTA_METRICS: nested RTAX_* attributes (linux/rtnetlink.h, ip-route(8)). */
import type { Attributes, RawAttribute } from './attributes.js';
import type { Writer } from './writer.js';

/** RTAX_* numbers; times are in the kernel's units (milliseconds times 8 for rtt, times 4 for rttvar). */
const NUMBERS = {
  lock: 1,
  mtu: 2,
  window: 3,
  rtt: 4,
  rttvar: 5,
  ssthresh: 6,
  cwnd: 7,
  advmss: 8,
  reordering: 9,
  hoplimit: 10,
  initcwnd: 11,
  features: 12,
  rtoMin: 13,
  initrwnd: 14,
  quickack: 15,
  fastopenNoCookie: 17,
} as const;
const RTAX_CC_ALGO = 16;

type MetricName = keyof typeof NUMBERS;
export type RouteMetrics = Readonly<Partial<Record<MetricName, number>>> & {
  /** Congestion control algorithm. */
  readonly congctl?: string;
  readonly unknown?: readonly RawAttribute[];
};

const isMetric = (name: string): name is MetricName => name in NUMBERS;
const METRICS = Object.keys(NUMBERS).filter(isMetric);
const NAMES = new Map<number, MetricName>(METRICS.map(name => [NUMBERS[name], name]));

export function decodeMetrics(attributes: Attributes): RouteMetrics {
  const metrics: { -readonly [K in keyof RouteMetrics]: RouteMetrics[K] } = {};
  const unknown: RawAttribute[] = [];
  while (attributes.next()) {
    const name = NAMES.get(attributes.type);
    if (name !== undefined) metrics[name] = attributes.u32();
    else if (attributes.type === RTAX_CC_ALGO) metrics.congctl = attributes.text();
    else unknown.push(attributes.raw());
  }
  if (unknown.length > 0) metrics.unknown = unknown;
  return metrics;
}

export function encodeMetrics(writer: Writer, metrics: RouteMetrics): void {
  for (const name of METRICS) writer.u32Attribute(NUMBERS[name], metrics[name]);
  writer.textAttribute(RTAX_CC_ALGO, metrics.congctl);
  writer.rawAttributes(metrics.unknown);
}
