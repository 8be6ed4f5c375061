import type { AddressJson, LinkJson, RouteJson } from '../../../src/sinks/link-json/link-json.js';
import type { Lab } from './lab.js';

/** What of ip-link(8), ip-address(8) and ip-route(8) in JSON is used here. */
interface IpLink {
  readonly ifindex: number;
  readonly link?: string;
  readonly link_index?: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly txqlen?: number;
  readonly master?: string;
  readonly operstate: string;
  readonly link_type: string;
  readonly address: string;
  readonly link_netnsid?: number;
  readonly promiscuity: number;
  readonly linkinfo?: { readonly info_slave_kind?: string };
  readonly num_tx_queues: number;
  readonly num_rx_queues: number;
  readonly gso_max_size: number;
  readonly gso_max_segs: number;
  readonly group: string;
  readonly ifalias?: string;
  readonly altnames?: readonly string[];
  readonly stats64: { readonly rx: Record<string, number>; readonly tx: Record<string, number> };
  readonly addr_info: readonly IpAddress[];
}
interface IpAddress {
  readonly family: string;
  readonly local: string;
  readonly address?: string;
  readonly prefixlen: number;
  readonly broadcast?: string;
  readonly scope: string;
  readonly label?: string;
  readonly dynamic?: boolean;
  readonly tentative?: boolean;
  readonly deprecated?: boolean;
  readonly noprefixroute?: boolean;
  readonly nodad?: boolean;
  readonly valid_life_time: number;
  readonly preferred_life_time: number;
}
interface IpRoute {
  readonly type: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly via?: { readonly host: string };
  readonly dev?: string;
  readonly protocol: string;
  readonly scope: string;
  readonly prefsrc?: string;
  readonly metric?: number;
  readonly tos?: string;
  readonly flags: readonly string[];
  readonly metrics?: readonly Readonly<Record<string, number>>[];
  readonly nexthops?: readonly { readonly gateway?: string; readonly dev: string; readonly weight: number }[];
}
/** What of networkctl(1) in JSON is used here. */
interface Networkctl {
  readonly Type: string;
  readonly Driver?: string;
  readonly Flags: number;
  readonly KernelOperationalStateString: string;
  readonly AdministrativeState: string;
  readonly OperationalState: string;
  readonly CarrierState: string;
  readonly AddressState: string;
  readonly IPv4AddressState: string;
  readonly IPv6AddressState: string;
  readonly OnlineState: string | null;
  readonly NetworkFile?: string;
  readonly DNS?: readonly { readonly Address: readonly number[] }[];
  readonly SearchDomains?: readonly { readonly Domain: string }[];
  readonly RouteDomains?: readonly { readonly Domain: string }[];
  readonly NTP?: readonly { readonly Address?: readonly number[]; readonly Server?: string }[];
}

const addressOf = (address: IpAddress): AddressJson => {
  const { dynamic = false, tentative = false, deprecated = false, noprefixroute = false, nodad = false } = address;
  return {
    IP: address.local,
    Family: address.family === 'inet' ? 'IPv4' : 'IPv6',
    Mask: address.prefixlen,
    Label: address.label ?? '',
    Flags:
      (dynamic ? 0 : 0x80) +
      (tentative ? 0x40 : 0) +
      (deprecated ? 0x20 : 0) +
      (noprefixroute ? 0x200 : 0) +
      (nodad ? 0x02 : 0),
    Scope: Number(address.scope),
    Peer: address.address ?? '',
    Broadcast: address.broadcast ?? '',
    PreferedLft: address.preferred_life_time,
    ValidLft: address.valid_life_time,
  };
};

const routeOf = (route: IpRoute, family: number, indexOf: (name: string) => number): RouteJson => {
  const [ip = '', length = String(family)] = route.dst === 'default' ? ['', '0'] : route.dst.split('/');
  const metrics = Object.assign({}, ...(route.metrics ?? [])) as Readonly<Record<string, number>>;
  const hops = (route.nexthops ?? []).map(
    ({ gateway, dev, weight }) =>
      `nexthop${gateway === undefined ? '' : ` via ${gateway}`} ifindex ${indexOf(dev)} weight ${weight}`,
  );
  return {
    Scope: Number(route.scope),
    Dst: { IP: ip, Mask: Number(length) },
    Src: route.prefsrc ?? '',
    Gw: route.gateway ?? route.via?.host ?? '',
    MultiPath: hops.join(' '),
    Protocol: Number(route.protocol),
    Priority: route.metric ?? 0,
    Table: 254,
    Type: Number(route.type),
    Tos: Number(route.tos ?? 0),
    Flags: route.flags.length === 0 ? null : route.flags,
    MPLSDst: '',
    NewDst: '',
    Encap: '',
    MTU: metrics.mtu ?? 0,
    AdvMSS: metrics.advmss ?? 0,
    Hoplimit: metrics.hoplimit ?? 0,
  };
};

/** Four bytes, or sixteen; of the latter the tests use only such as `2001:db8::53`. */
const addressText = (bytes: readonly number[]): string => {
  if (bytes.length === 4) return bytes.join('.');
  const parts = Array.from({ length: 8 }, (_, n) =>
    (((bytes[2 * n] ?? 0) << 8) | (bytes[2 * n + 1] ?? 0)).toString(16),
  );
  return parts.join(':').replace(/(:0)+:(?!.*:0:0)/, '::');
};

const words = ['UP', 'BROADCAST', 'LOOPBACK', 'POINTOPOINT', 'MULTICAST'];

/** The JSON of a link as ip(8) and networkctl(1) say that it must be; hardware names are udev's, which is not here. */
export const linkTruth = async (lab: Lab, name: string): Promise<LinkJson> => {
  const ask = async <T>(command: string): Promise<T> => JSON.parse((await lab.sh(command)) || '[]') as T;
  const all = await ask<readonly IpLink[]>('ip -json link');
  const indexOf = (of: string): number => all.find(({ ifname }) => ifname === of)?.ifindex ?? 0;
  const link = (await ask<readonly IpLink[]>(`ip -json -d -s -s link show ${name}`))[0]!;
  const addresses = (await ask<readonly IpLink[]>(`ip -N -json -d address show ${name}`))[0]!.addr_info;
  const routes = async (family: 4 | 6): Promise<readonly RouteJson[]> =>
    (await ask<readonly IpRoute[]>(`ip -N -json -d -${family} route show`))
      .filter(({ dev, nexthops = [] }) => dev === name || nexthops.some(hop => hop.dev === name))
      .map(route => routeOf(route, family === 4 ? 32 : 128, indexOf));
  const said = await ask<Networkctl>(`networkctl --json=short status ${name}`);
  const domains = [...new Set((said.SearchDomains ?? []).map(({ Domain }) => Domain))];
  const routing = [...new Set((said.RouteDomains ?? []).map(({ Domain }) => `~${Domain}`))];
  const allDomains = [...domains, ...routing];
  const ntp = (said.NTP ?? []).map(({ Address, Server = '' }) =>
    Address === undefined ? Server : addressText(Address),
  );
  const { rx, tx } = link.stats64;
  const n = (of: Readonly<Record<string, number>>, field: string): number => of[field] ?? -1;
  return {
    Index: link.ifindex,
    MTU: link.mtu,
    TxQLen: link.txqlen ?? 0,
    Name: link.ifname,
    AlternativeNames: (link.altnames ?? []).join(' '),
    HardwareAddr: link.address,
    Flags: words
      .filter(word => link.flags.includes(word))
      .map(word => (word === 'POINTOPOINT' ? 'pointtopoint' : word.toLowerCase()))
      .join('|'),
    RawFlags: said.Flags,
    ParentIndex: link.link_index ?? indexOf(link.link ?? ''),
    MasterIndex: indexOf(link.master ?? ''),
    Namespace: '',
    Alias: link.ifalias ?? '',
    Statistics: {
      RxPackets: n(rx, 'packets'),
      TxPackets: n(tx, 'packets'),
      RxBytes: n(rx, 'bytes'),
      TxBytes: n(tx, 'bytes'),
      RxErrors: n(rx, 'errors'),
      TxErrors: n(tx, 'errors'),
      RxDropped: n(rx, 'dropped'),
      TxDropped: n(tx, 'dropped'),
      Multicast: n(rx, 'multicast'),
      Collisions: n(tx, 'collisions'),
      RxLengthErrors: n(rx, 'length_errors'),
      RxOverErrors: n(rx, 'over_errors'),
      RxCrcErrors: n(rx, 'crc_errors'),
      RxFrameErrors: n(rx, 'frame_errors'),
      RxFifoErrors: n(rx, 'fifo_errors'),
      RxMissedErrors: n(rx, 'missed_errors'),
      TxAbortedErrors: n(tx, 'aborted_errors'),
      TxCarrierErrors: n(tx, 'carrier_errors'),
      TxFifoErrors: n(tx, 'fifo_errors'),
      TxHeartbeatErrors: n(tx, 'heartbeat_errors'),
      TxWindowErrors: n(tx, 'window_errors'),
      RxCompressed: rx.compressed ?? 0,
      TxCompressed: tx.compressed ?? 0,
    },
    Promisc: link.promiscuity,
    Xdp: { Fd: 0, Attached: false, Flags: 0, ProgId: 0 },
    EncapType: link.link_type,
    Protinfo: '',
    OperState: link.operstate.toLowerCase(),
    NetNsID: link.link_netnsid ?? 0,
    NumTxQueues: link.num_tx_queues,
    NumRxQueues: link.num_rx_queues,
    GSOMaxSize: link.gso_max_size,
    GSOMaxSegs: link.gso_max_segs,
    Group: link.group === 'default' ? 0 : Number(link.group),
    Slave: link.linkinfo?.info_slave_kind ?? '',
    KernelOperState: said.KernelOperationalStateString,
    AddressState: said.AddressState,
    CarrierState: said.CarrierState,
    Driver: said.Driver ?? '',
    IPv4AddressState: said.IPv4AddressState,
    IPv6AddressState: said.IPv6AddressState,
    LinkFile: '',
    Model: '',
    OnlineState: said.OnlineState ?? '',
    OperationalState: said.OperationalState,
    Path: '',
    SetupState: said.AdministrativeState,
    Type: said.Type,
    Vendor: '',
    ProductID: '',
    Manufacturer: '',
    NetworkFile: said.NetworkFile ?? '',
    DNS: (said.DNS ?? []).map(({ Address }) => addressText(Address)),
    Domains: allDomains.length === 0 ? null : allDomains,
    NTP: ntp.length === 0 ? null : ntp,
    Present: true,
    Address: addresses.map(addressOf),
    Routes: [...(await routes(4)), ...(await routes(6))],
    DomainSearch: domains,
  };
};
