import type { Address, Link, LinkStats, Route } from '@network-stack/netlink';
import type { Link as KnownLink } from '../../model/link.js';
import type { States } from '../../model/states.js';
import type { LinkDetails } from '../../world/networkd/link-details.js';
import type { AddressJson, LinkJson, LinkStatisticsJson } from './link-json.js';
import { toAddress } from '../../model/wire/from-netlink.js';
import { flagText, hardwareWord, operStateWord } from './link-words.js';
import { routeJson } from './route-json.js';

/** Everything that goes into the link JSON. */
export interface LinkIngredients {
  readonly ifindex: number;
  /** used for a link that has gone; otherwise the kernel's name */
  readonly name: string;
  /** undefined if it has gone, or could not be queried */
  readonly link: Link | undefined;
  readonly isPresent: boolean;
  /** what the World knew of it */
  readonly known: KnownLink | undefined;
  readonly addresses: readonly Address[];
  readonly routes: readonly Route[];
  /** networkd's */
  readonly states: States;
  /** for each field, the first that knows it counts */
  readonly details: readonly Partial<LinkDetails>[];
}

/** What the kernel says of a link; the World keeps less of it. `kind` means something else in each. */
type LastWords = Partial<Omit<Link, 'kind'>>;

type Texts = {
  readonly [Field in keyof LinkDetails]: LinkDetails[Field] extends string ? Field : never;
}[keyof LinkDetails];
type Lists = Exclude<keyof LinkDetails, Texts>;

const addressJson = (address: Address): AddressJson => {
  const { address: ip, family, prefixLength, label, flags, scope, peer, broadcast, ...rest } = toAddress(address);
  return {
    IP: ip,
    Family: family === 'ipv4' ? 'IPv4' : 'IPv6',
    Mask: prefixLength,
    Label: label,
    Flags: flags,
    Scope: scope,
    Peer: peer,
    Broadcast: broadcast,
    PreferedLft: rest.preferredLifetime,
    ValidLft: rest.validLifetime,
  };
};

const statisticsJson = (stats: LinkStats | undefined): LinkStatisticsJson => ({
  RxPackets: stats?.rxPackets ?? 0,
  TxPackets: stats?.txPackets ?? 0,
  RxBytes: stats?.rxBytes ?? 0,
  TxBytes: stats?.txBytes ?? 0,
  RxErrors: stats?.rxErrors ?? 0,
  TxErrors: stats?.txErrors ?? 0,
  RxDropped: stats?.rxDropped ?? 0,
  TxDropped: stats?.txDropped ?? 0,
  Multicast: stats?.multicast ?? 0,
  Collisions: stats?.collisions ?? 0,
  RxLengthErrors: stats?.rxLengthErrors ?? 0,
  RxOverErrors: stats?.rxOverErrors ?? 0,
  RxCrcErrors: stats?.rxCrcErrors ?? 0,
  RxFrameErrors: stats?.rxFrameErrors ?? 0,
  RxFifoErrors: stats?.rxFifoErrors ?? 0,
  RxMissedErrors: stats?.rxMissedErrors ?? 0,
  TxAbortedErrors: stats?.txAbortedErrors ?? 0,
  TxCarrierErrors: stats?.txCarrierErrors ?? 0,
  TxFifoErrors: stats?.txFifoErrors ?? 0,
  TxHeartbeatErrors: stats?.txHeartbeatErrors ?? 0,
  TxWindowErrors: stats?.txWindowErrors ?? 0,
  RxCompressed: stats?.rxCompressed ?? 0,
  TxCompressed: stats?.txCompressed ?? 0,
});

const orNull = (list: readonly string[]): readonly string[] | null => (list.length === 0 ? null : list);

/** The link JSON (see `LinkJson`). What is unknown has the empty value of its type. */
export const linkJson = ({ ifindex, name, addresses, routes, states, details, ...of }: LinkIngredients): LinkJson => {
  const link: LastWords | undefined = of.link ?? of.known;
  const text = (field: Texts): string => details.find(each => (each[field] ?? '') !== '')?.[field] ?? '';
  const list = (field: Lists): readonly string[] => details.find(each => (each[field] ?? []).length > 0)?.[field] ?? [];
  const state = (property: string): string => states[property] ?? '';
  const encapType = link === undefined ? '' : hardwareWord(link.hardwareType ?? 0);
  const operState = link === undefined ? '' : operStateWord(link.operState ?? 0);
  const { xdp } = link ?? {};
  return {
    Index: ifindex,
    MTU: link?.mtu ?? 0,
    TxQLen: link?.txQueueLength ?? 0,
    Name: link?.name ?? name,
    AlternativeNames: link?.alternativeNames?.join(' ') ?? '',
    HardwareAddr: link?.hardwareAddress ?? '',
    Flags: flagText(link?.flags ?? 0),
    RawFlags: link?.flags ?? 0,
    ParentIndex: link?.parent ?? 0,
    MasterIndex: link?.master ?? 0,
    Namespace: '',
    Alias: link?.alias ?? '',
    Statistics: statisticsJson(link?.stats),
    Promisc: link?.promiscuity ?? 0,
    Xdp: { Fd: 0, Attached: (xdp?.attached ?? 0) !== 0, Flags: xdp?.flags ?? 0, ProgId: xdp?.programId ?? 0 },
    EncapType: encapType,
    Protinfo: '',
    OperState: operState.replaceAll('-', ''),
    NetNsID: link?.parentNetnsId ?? 0,
    NumTxQueues: link?.txQueues ?? 0,
    NumRxQueues: link?.rxQueues ?? 0,
    GSOMaxSize: link?.gsoMaxSize ?? 0,
    GSOMaxSegs: link?.gsoMaxSegments ?? 0,
    Group: link?.group ?? 0,
    Slave: link?.slaveKind ?? '',
    KernelOperState: operState,
    AddressState: state('AddressState'),
    CarrierState: state('CarrierState'),
    Driver: text('driver'),
    IPv4AddressState: state('IPv4AddressState'),
    IPv6AddressState: state('IPv6AddressState'),
    LinkFile: text('linkFile'),
    Model: text('model'),
    OnlineState: state('OnlineState'),
    OperationalState: state('OperationalState'),
    Path: text('path'),
    SetupState: state('AdministrativeState'),
    Type: text('type') || encapType,
    Vendor: text('vendor'),
    ProductID: text('productId'),
    Manufacturer: '',
    NetworkFile: text('networkFile'),
    DNS: list('dns'),
    Domains: orNull([...list('searchDomains'), ...list('routeDomains').map(domain => `~${domain}`)]),
    NTP: orNull(list('ntp')),
    Address: addresses.map(addressJson),
    Routes: routes.map(routeJson),
    DomainSearch: list('searchDomains'),
    Present: of.isPresent,
  };
};
