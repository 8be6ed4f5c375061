import fc from 'fast-check';
import type { AddressSpec } from '../../src/codec/address.js';
import type { LinkSpec } from '../../src/codec/link.js';
import type { RouteSpec } from '../../src/codec/route.js';
import type { RuleSpec } from '../../src/codec/rule.js';
import { ipv4Text, ipv6Text } from '../../src/codec/ip-text.js';

const labels = fc.array(fc.integer({ min: 0, max: 0xfffff }), { minLength: 1, maxLength: 4 }).map(all => all.join('/'));
const u8 = fc.integer({ min: 0, max: 255 });
const u16 = fc.integer({ min: 0, max: 65535 });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const text = fc.string({
  unit: fc.constantFrom('a', 'Z', '0', '-', 'ä', '日', '😀', '\udce4', '\udcff'),
  minLength: 1,
  maxLength: 12,
});
const bytes = fc.uint8Array({ maxLength: 24 });
const mac = fc
  .uint8Array({ minLength: 1, maxLength: 20 })
  .map(b => Buffer.from(b).toString('hex').match(/../g)!.join(':'));
const ip4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(b => ipv4Text(new DataView(b.buffer), 0));
const ip6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(b => ipv6Text(new DataView(b.buffer), 0));
const raw = (from: number) => fc.record({ type: fc.integer({ min: from, max: 0x3fff }), bytes });
const range = (n: fc.Arbitrary<number>) => fc.record({ start: n, end: n });
const stats = fc.array(fc.nat(), { minLength: 25, maxLength: 25 });

/** Any of the fields may be left out. */
const some = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { requiredKeys: [] });

const inFamily = <T>(
  build: (family: number, ip: fc.Arbitrary<string>, prefix: fc.Arbitrary<string>) => fc.Arbitrary<T>,
) =>
  fc.oneof(
    build(
      2,
      ip4,
      fc.tuple(ip4, fc.integer({ min: 1, max: 32 })).map(([a, n]) => `${a}/${n}`),
    ),
    build(
      10,
      ip6,
      fc.tuple(ip6, fc.integer({ min: 1, max: 128 })).map(([a, n]) => `${a}/${n}`),
    ),
  );

const metricNames = [
  'lock',
  'mtu',
  'window',
  'rtt',
  'advmss',
  'hoplimit',
  'initcwnd',
  'features',
  'fastopenNoCookie',
] as const;
const metrics = some({
  ...(Object.fromEntries(metricNames.map(name => [name, u32])) as Record<(typeof metricNames)[number], typeof u32>),
  congctl: text,
});
const encap = fc.record({ type: u16, bytes });
const via = fc.oneof(
  fc.record({ family: fc.constant(2), address: ip4 }),
  fc.record({ family: fc.constant(10), address: ip6 }),
  fc.record({ family: fc.constant(17), address: mac }),
);
const nexthop = (ip: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.record({ oif: fc.nat(), weight: fc.integer({ min: 1, max: 256 }), flags: u8 }),
      some({ gateway: ip, via, flow: u32, encap }),
    )
    .map(([required, rest]) => ({ ...required, ...rest }));

export const route: fc.Arbitrary<RouteSpec> = inFamily((family, ip, prefix) =>
  fc
    .tuple(
      fc.record({
        kind: fc.constant('route' as const),
        family: fc.constant(family),
        destination: fc.oneof(prefix, fc.constant(family === 2 ? '0.0.0.0/0' : '::/0')),
        table: u32,
        protocol: u8,
        scope: u8,
        type: u8,
        flags: u32,
        tos: u8,
      }),
      some({
        source: prefix,
        iif: u32,
        oif: u32,
        gateway: ip,
        via,
        prefsrc: ip,
        priority: u32,
        metrics,
        multipath: fc.array(nexthop(ip), { maxLength: 4 }),
        nexthopId: u32,
        encap,
        expires: u32,
        preference: u8,
        flow: u32,
        mark: u32,
        uid: u32,
        ttlPropagate: fc.boolean(),
        unknown: fc.array(raw(100), { minLength: 1, maxLength: 3 }),
      }),
    )
    .map(([required, rest]) => ({ ...required, ...rest })),
);

const mplsNexthop = fc
  .tuple(
    fc.record({ oif: fc.nat(), weight: fc.integer({ min: 1, max: 256 }), flags: u8 }),
    some({ via, newDestination: labels }),
  )
  .map(([required, rest]) => ({ ...required, ...rest }));

/** Of labels. */
export const mplsRoute: fc.Arbitrary<RouteSpec> = fc
  .tuple(
    fc.record({
      kind: fc.constant('route' as const),
      family: fc.constant(28),
      destination: fc.integer({ min: 0, max: 0xfffff }).map(String),
      table: u32,
      protocol: u8,
      scope: u8,
      type: u8,
      flags: u32,
      tos: u8,
    }),
    some({
      oif: u32,
      via,
      newDestination: labels,
      ttlPropagate: fc.boolean(),
      multipath: fc.array(mplsNexthop, { maxLength: 4 }),
    }),
  )
  .map(([required, rest]) => ({ ...required, ...rest }));

export const rule: fc.Arbitrary<RuleSpec> = inFamily((family, _, prefix) =>
  fc
    .tuple(
      fc.record({
        kind: fc.constant('rule' as const),
        family: fc.constant(family),
        action: u8,
        table: u32,
        priority: u32,
        flags: u32,
        tos: u8,
      }),
      some({
        from: prefix,
        to: prefix,
        iif: text,
        oif: text,
        fwmark: u32,
        fwmask: u32,
        goto: u32,
        flow: u32,
        tunnelId: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
        suppressPrefixLength: fc.integer({ min: 0, max: 128 }),
        suppressInterfaceGroup: fc.nat(),
        l3mdev: fc.boolean(),
        uidRange: range(u32),
        protocol: u8,
        ipProtocol: u8,
        sourcePorts: range(u16),
        destinationPorts: range(u16),
        sourcePortMask: u16,
        destinationPortMask: u16,
        dscp: u8,
        dscpMask: u8,
        flowLabel: u32,
        flowLabelMask: u32,
        unknown: fc.array(raw(100), { minLength: 1, maxLength: 3 }),
      }),
    )
    .map(([required, rest]) => ({ ...required, ...rest })),
);

export const address: fc.Arbitrary<AddressSpec> = inFamily((family, ip) =>
  fc
    .tuple(
      fc.record({
        kind: fc.constant('address' as const),
        family: fc.constant(family),
        ifindex: u32,
        address: ip,
        prefixLength: u8,
        scope: u8,
        flags: u32,
      }),
      fc.option(fc.record({ preferredLifetime: u32, validLifetime: u32, created: u32, updated: u32 }), { nil: {} }),
      some({
        label: text,
        broadcast: ip,
        peer: ip,
        routePriority: u32,
        targetNetnsId: fc.integer(),
        protocol: u8,
        unknown: fc.array(raw(100), { minLength: 1, maxLength: 3 }),
      }),
    )
    .map(([required, lifetimes, rest]) => ({ ...required, ...lifetimes, ...rest }))
    .filter(({ address: own, peer }) => own !== peer),
);

export const link: fc.Arbitrary<LinkSpec> = fc
  .tuple(
    fc.record({
      kind: fc.constant('link' as const),
      family: u8,
      ifindex: fc.nat(),
      name: text,
      alternativeNames: fc.array(text, { maxLength: 3 }),
      hardwareType: u16,
      flags: u32,
      change: u32,
    }),
    some({
      hardwareAddress: mac,
      broadcast: mac,
      permanentAddress: mac,
      mtu: u32,
      parent: u32,
      parentNetnsId: fc.integer(),
      master: u32,
      alias: text,
      qdisc: text,
      txQueueLength: u32,
      operState: u8,
      group: u32,
      promiscuity: u32,
      carrier: fc.boolean(),
      protoDown: fc.boolean(),
      gsoMaxSize: u32,
      infoKind: text,
      infoData: bytes,
      slaveKind: text,
      slaveData: bytes,
      parentDevice: text,
      newNetnsId: fc.integer(),
      infoUnknown: fc.array(raw(100), { minLength: 1, maxLength: 3 }),
      propertiesUnknown: fc.array(raw(100), { minLength: 1, maxLength: 3 }),
      xdp: fc
        .tuple(
          fc.record({ attached: u8, programId: u32 }),
          some({ unknown: fc.array(raw(100), { minLength: 1, maxLength: 3 }) }),
        )
        .map(([required, rest]) => ({ ...required, ...rest })),
      stats: stats.map(
        n => Object.fromEntries(STATS.map((name, i) => [name, n[i]])) as unknown as NonNullable<LinkSpec['stats']>,
      ),
      unknown: fc.array(raw(100), { minLength: 1, maxLength: 3 }),
    }),
  )
  .map(([required, rest]) => ({ ...required, ...rest }));

const STATS = (
  'rxPackets txPackets rxBytes txBytes rxErrors txErrors rxDropped txDropped multicast collisions rxLengthErrors ' +
  'rxOverErrors rxCrcErrors rxFrameErrors rxFifoErrors rxMissedErrors txAbortedErrors txCarrierErrors txFifoErrors ' +
  'txHeartbeatErrors txWindowErrors rxCompressed txCompressed rxNohandler rxOtherhostDropped'
).split(' ');
