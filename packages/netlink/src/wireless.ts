/** Wireless links and their connections: family nl80211 (linux/nl80211.h). */
import { Generic, type GenericMessage, type GenericOptions } from './generic.js';
import * as t from './tlv.js';

const NL80211_CMD_GET_INTERFACE = 5;
const NL80211_CMD_GET_STATION = 17;
const NL80211_CMD_GET_SCAN = 32;
const EVENTS: ReadonlyMap<number, 'connect' | 'roam' | 'disconnect'> = /* @__PURE__ */ new Map([
  [46, 'connect'],
  [47, 'roam'],
  [48, 'disconnect'],
]);
/** NL80211_BSS_STATUS_ASSOCIATED */
const ASSOCIATED = 1;

const signed = (type: number): t.Field<number> => ({
  type,
  read: attribute => (attribute.u8() << 24) >> 24,
  write: (writer, type, value) => writer.u8Attribute(type, value & 255),
});
const rate = /* @__PURE__ */ t.attributes({ bitrate: t.u32(5) });

/** NL80211_ATTR_*, of those of all commands that are read here. */
const message = /* @__PURE__ */ t.attributes({
  wiphy: t.u32(1),
  ifindex: t.u32(3),
  name: t.text(4),
  type: t.u32(5),
  mac: t.mac(6),
  station: t.nested(
    21,
    t.attributes({
      signal: signed(7),
      txRate: t.nested(8, rate),
      rxRate: t.nested(14, rate),
      connectedTime: t.u32(16),
    }),
  ),
  frequency: t.u32(38),
  bss: t.nested(
    47,
    t.attributes({ bssid: t.mac(1), frequency: t.u32(2), elements: t.bytes(6), signal: t.i32(7), status: t.u32(9) }),
  ),
  ssid: t.bytes(52),
  reason: t.u16(54),
  byAccessPoint: t.flag(71),
  status: t.u16(72),
  channelWidth: t.u32(159),
});

/** A wireless link, and the network that it is connected to, if it is. */
export interface WirelessLink {
  readonly ifindex?: number | undefined;
  readonly name?: string | undefined;
  /** NL80211_IFTYPE_*: 2 station, 3 access point, 6 monitor. */
  readonly type?: number | undefined;
  readonly wiphy?: number | undefined;
  readonly hardwareAddress?: string | undefined;
  /** The name of the network: bytes, of any kind, up to 32. `bytesToText` makes text of it. */
  readonly ssid?: Uint8Array | undefined;
  /** Address of the access point. */
  readonly bssid?: string | undefined;
  /** MHz. */
  readonly frequency?: number | undefined;
  /** dBm. */
  readonly signal?: number | undefined;
  /** Mbit/s. */
  readonly txRate?: number | undefined;
  readonly rxRate?: number | undefined;
  /** Seconds. */
  readonly connectedTime?: number | undefined;
}

/** A link was connected to a network, changed the access point, or lost the network. */
export interface WirelessEvent {
  readonly kind: 'connect' | 'roam' | 'disconnect';
  readonly ifindex?: number | undefined;
  readonly bssid?: string | undefined;
  /** Status code of a connection (IEEE 802.11, 9.4.1.9): 0 success. */
  readonly status?: number | undefined;
  /** Reason code of a disconnection (IEEE 802.11, 9.4.1.7), and whether the access point gave it. */
  readonly reason?: number | undefined;
  readonly byAccessPoint?: boolean | undefined;
}

/** Wireless links. Rejects with NetlinkError: ENOENT when the kernel has no wireless at all. */
export const listWireless = (options?: GenericOptions): Promise<readonly WirelessLink[]> =>
  Promise.resolve().then(() => wirelessOf(options));

function wirelessOf(options?: GenericOptions): readonly WirelessLink[] {
  const generic = new Generic('nl80211', options);
  const dump = (command: number, ifindex?: number): readonly Told[] =>
    generic
      .ask(command, writer => message.write(writer, { ifindex }), true)
      .map(({ payload }) => message.decode(payload) ?? {});
  try {
    return dump(NL80211_CMD_GET_INTERFACE).map(link =>
      wirelessLink(link, dump(NL80211_CMD_GET_SCAN, link.ifindex), dump(NL80211_CMD_GET_STATION, link.ifindex)),
    );
  } finally {
    generic.close();
  }
}

type Told = Partial<NonNullable<ReturnType<typeof message.decode>>>;

/** A link of what the kernel tells of it, of the networks it has seen, and of its stations. Pure. */
export function wirelessLink(link: Told, scan: readonly Told[], stations: readonly Told[]): WirelessLink {
  const bss = scan.find(({ bss }) => bss?.status === ASSOCIATED)?.bss;
  const station = stations.find(({ mac }) => mac === bss?.bssid)?.station;
  const { ifindex, name, type, wiphy, mac: hardwareAddress } = link;
  return {
    ...{ ifindex, name, type, wiphy, hardwareAddress, bssid: bss?.bssid, frequency: bss?.frequency ?? link.frequency },
    ssid: link.ssid ?? ssidOf(bss?.elements),
    signal: station?.signal ?? (bss?.signal === undefined ? undefined : bss.signal / 100), // hundredths of a dBm
    txRate: mbits(station?.txRate?.bitrate),
    rxRate: mbits(station?.rxRate?.bitrate),
    connectedTime: station?.connectedTime,
  };
}

/** From units of 100 kbit/s. */
const mbits = (bitrate: number | undefined): number | undefined => (bitrate === undefined ? undefined : bitrate / 10);

/** Element 0 of those of a beacon (IEEE 802.11, 9.4.2): number and length in a byte each. */
function ssidOf(elements: Uint8Array | undefined): Uint8Array | undefined {
  for (let at = 0; elements !== undefined && at + 2 <= elements.length; at += 2 + (elements[at + 1] ?? 0))
    if (elements[at] === 0) return elements.slice(at + 2, at + 2 + (elements[at + 1] ?? 0));
  return undefined;
}

/** Reads a message of nl80211; undefined: it is about something else, or breaks the protocol. Pure. */
export function wirelessEvent({ command, payload }: GenericMessage): WirelessEvent | undefined {
  const kind = EVENTS.get(command);
  const told = kind === undefined ? undefined : message.decode(payload);
  if (kind === undefined || told === undefined) return undefined;
  const { ifindex, mac: bssid, status, reason, byAccessPoint } = told;
  return { kind, ifindex, bssid, status, reason, byAccessPoint };
}

/** Calls for each connection, roaming and disconnection until it is closed. Throws NetlinkError: ENOENT without wireless. */
export function watchWireless(
  onEvent: (event: WirelessEvent) => void,
  onOverrun: () => void,
  options?: GenericOptions,
): { readonly close: () => void } {
  const generic = new Generic('nl80211', options);
  const hear = (heard: GenericMessage): void => {
    const event = wirelessEvent(heard);
    if (event !== undefined) onEvent(event);
  };
  try {
    generic.listen(['mlme'], hear, onOverrun);
  } catch (error) {
    generic.close();
    throw error;
  }
  return { close: () => generic.close() };
}

/** Reads the attributes of a message of nl80211. Undefined: it breaks the protocol. */
export const readWireless = (payload: Uint8Array): Told | undefined => message.decode(payload);
