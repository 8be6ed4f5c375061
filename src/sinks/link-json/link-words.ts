import { IFF_BROADCAST, IFF_LOOPBACK, IFF_MULTICAST, IFF_POINTOPOINT, IFF_UP } from '@network-stack/netlink/constants';
/** The flags that the link JSON names; others have no word there. */
const flagWords: readonly (readonly [number, string])[] = [
  [IFF_UP, 'up'],
  [IFF_BROADCAST, 'broadcast'],
  [IFF_LOOPBACK, 'loopback'],
  [IFF_POINTOPOINT, 'pointtopoint'],
  [IFF_MULTICAST, 'multicast'],
];

/** `up|broadcast|multicast` */
export const flagText = (flags: number): string =>
  flagWords
    .filter(([bit]) => (flags & bit) !== 0)
    .map(([, word]) => word)
    .join('|');

/** ARPHRD_* of linux/if_arp.h as ip-link(8) spells them. */
const hardwareTypes: ReadonlyMap<number, string> = new Map([
  [0, 'generic'],
  [1, 'ether'],
  [32, 'infiniband'],
  [256, 'slip'],
  [280, 'can'],
  [512, 'ppp'],
  [519, 'rawip'],
  [768, 'ipip'],
  [769, 'tunnel6'],
  [772, 'loopback'],
  [776, 'sit'],
  [778, 'gre'],
  [801, 'ieee802.11'],
  [802, 'ieee802.11/prism'],
  [803, 'ieee802.11/radiotap'],
  [804, 'ieee802.15.4'],
  [823, 'gre6'],
  [824, 'netlink'],
  [825, '6lowpan'],
  [0xfffe, 'none'],
  [0xffff, 'void'],
]);

/** A type without a word is shown as its number in brackets, as by ip-link(8). */
export const hardwareWord = (type: number): string => hardwareTypes.get(type) ?? `[${type}]`;

/** IF_OPER_* of linux/if.h (RFC 2863). */
const operStates = ['unknown', 'not-present', 'down', 'lower-layer-down', 'testing', 'dormant', 'up'];

/** `lower-layer-down`, after networkctl(1). */
export const operStateWord = (state: number): string => operStates[state] ?? `[${state}]`;
