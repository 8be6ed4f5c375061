/** What a link is besides a link (IFLA_LINKINFO): its kind with that kind's settings, and those of a port of its master. */
import { bond, bondPort } from './codec/info/bond.js';
import { bridge, bridgePort } from './codec/info/bridge.js';
import * as small from './codec/info/small.js';
import { netkit } from './codec/info/netkit.js';
import { vxlan } from './codec/info/vxlan.js';
import type { Link } from './codec/link.js';
import type { NewLink } from './codec/link-settings.js';
import type { Writer } from './codec/writer.js';
import type { Codec } from './tlv.js';

const KINDS = {
  ...{ bond, bridge, netkit, vxlan },
  ...{ ifb: small.plain, dummy: small.plain, veth: small.plain, wireguard: small.plain },
  ...{ ipvlan: small.ipvlan, ipvtap: small.ipvlan, macvlan: small.macvlan, macvtap: small.macvlan },
  ...{ tun: small.tun, vlan: small.vlan, vrf: small.vrf },
};
const PORTS = { bond: bondPort, bridge: bridgePort, vrf: small.vrf };

/** Each kind with its own settings, told apart by `kind`. */
type Told<C> = { [K in keyof C]: { readonly kind: K } & (C[K] extends Codec<infer T> ? T : never) }[keyof C];

/** The other end of a veth or netkit, when it is made. */
interface WithPeer {
  readonly peer?: NewLink | undefined;
}
/** The kind of a virtual link and its settings, IFLA_INFO_KIND and IFLA_INFO_DATA. */
export type LinkInfo =
  | Exclude<Told<typeof KINDS>, { readonly kind: 'veth' | 'netkit' }>
  | (Extract<Told<typeof KINDS>, { readonly kind: 'veth' | 'netkit' }> & WithPeer);
/** The kind of a link's master and the settings of the link as its port, IFLA_INFO_SLAVE_KIND and IFLA_INFO_SLAVE_DATA. */
export type PortInfo = Told<typeof PORTS>;

/** Settings of a kind, whichever. */
interface Settings {
  readonly kind: string;
}
const kinds: ReadonlyMap<string, Codec<object>> = new Map(Object.entries(KINDS));
const ports: ReadonlyMap<string, Codec<object>> = new Map(Object.entries(PORTS));

/** The kind of a link and its settings. Undefined: it has none (it is hardware), or one that this version does not know. */
export function infoOf(link: Pick<Link, 'infoKind' | 'infoData'>): LinkInfo | undefined;
export function infoOf({ infoKind, infoData }: Pick<Link, 'infoKind' | 'infoData'>): Settings | undefined {
  return told(kinds, infoKind, infoData);
}

/** A link as the port of its bridge, bond or VRF. Undefined: it is none, or of a master that this version does not know. */
export function portOf(link: Pick<Link, 'slaveKind' | 'slaveData'>): PortInfo | undefined;
export function portOf({ slaveKind, slaveData }: Pick<Link, 'slaveKind' | 'slaveData'>): Settings | undefined {
  return told(ports, slaveKind, slaveData);
}

const told = (
  codecs: ReadonlyMap<string, Codec<object>>,
  kind: string | undefined,
  bytes: Uint8Array = new Uint8Array(),
): Settings | undefined => {
  const settings = kind === undefined ? undefined : codecs.get(kind)?.decode(bytes);
  return kind === undefined || settings === undefined ? undefined : { kind, ...settings };
};

/** VETH_INFO_PEER and IFLA_NETKIT_PEER_INFO. */
const PEER = 1;

/** Writes the payload of IFLA_INFO_DATA; `writePeer` that of a peer. */
export function encodeLinkInfo(writer: Writer, info: LinkInfo, writePeer: (peer: NewLink) => void): void {
  const peer = 'peer' in info ? info.peer : undefined;
  if (peer !== undefined) writer.nested(PEER, () => writePeer(peer));
  kinds.get(info.kind)?.write(writer, info);
}

/** Writes the payload of IFLA_INFO_SLAVE_DATA. */
export function encodePortInfo(writer: Writer, port: PortInfo): void {
  ports.get(port.kind)?.write(writer, port);
}
