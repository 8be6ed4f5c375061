/** IFLA_* attributes (linux/if_link.h): the plain ones as tables from number to field, the rest by name. */

const NUMBER_FIELDS = [
  [4, 'mtu'],
  [5, 'parent'],
  [10, 'master'],
  [13, 'txQueueLength'],
  [27, 'group'],
  [30, 'promiscuity'],
  [31, 'txQueues'],
  [32, 'rxQueues'],
  [35, 'carrierChanges'],
  [40, 'gsoMaxSegments'],
  [41, 'gsoMaxSize'],
  [44, 'event'],
  [47, 'carrierUpCount'],
  [48, 'carrierDownCount'],
  [49, 'newIfindex'],
  [50, 'minMtu'],
  [51, 'maxMtu'],
  [58, 'groMaxSize'],
  [59, 'tsoMaxSize'],
  [60, 'tsoMaxSegments'],
  [61, 'allmulti'],
  [63, 'gsoIpv4MaxSize'],
  [64, 'groIpv4MaxSize'],
] as const;
export const NUMBERS = new Map<number, (typeof NUMBER_FIELDS)[number][1]>(NUMBER_FIELDS);

const TEXT_FIELDS = [
  [3, 'name'],
  [6, 'qdisc'],
  [20, 'alias'],
  [38, 'physicalPort'],
  [56, 'parentDevice'],
  [57, 'parentDeviceBus'],
] as const;
export const TEXTS = new Map<number, (typeof TEXT_FIELDS)[number][1]>(TEXT_FIELDS);

export const IFLA_ADDRESS = 1;
export const IFLA_BROADCAST = 2;
export const IFLA_IFNAME = 3;
export const IFLA_OPERSTATE = 16;
export const IFLA_LINKMODE = 17;
export const IFLA_LINKINFO = 18;
export const IFLA_STATS64 = 23;
export const IFLA_EXT_MASK = 29;
export const IFLA_CARRIER = 33;
export const IFLA_LINK_NETNSID = 37;
export const IFLA_PROTO_DOWN = 39;
export const IFLA_XDP = 43;
export const IFLA_NEW_NETNSID = 45;
export const IFLA_PROP_LIST = 52;
export const IFLA_ALT_IFNAME = 53;
export const IFLA_PERM_ADDRESS = 54;

export const IFLA_INFO_KIND = 1;
export const IFLA_INFO_DATA = 2;
export const IFLA_INFO_SLAVE_KIND = 4;
export const IFLA_INFO_SLAVE_DATA = 5;

/** Not kept: IFLA_STATS says less than IFLA_STATS64, IFLA_PAD nothing. */
export const REDUNDANT: ReadonlySet<number> = new Set([7, 42]);
