import type { Address, Route } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import { prefixOf } from '../../../model/ip/prefix.js';
import { bits, isSix, networkOf, placeOf, removed } from './kernel-routes.js';
import type { KernelState } from './kernel-state.js';

/** net/ipv6_route.h */
const IP6_RT_PRIO_ADDRCONF = 256;

/** The routes that come and go with an address, in the kernel's order (fib_add_ifaddr, addrconf_prefix_route). */
const routesOf = ({ address, prefixLength, ifindex, flags }: Address): readonly Route[] => {
  const family = isSix(address) ? k.AF_INET6 : k.AF_INET;
  const kernel = { kind: 'route', family, protocol: k.RTPROT_KERNEL, flags: 0, tos: 0, oif: ifindex } as const;
  const host = `${address}/${bits(address)}`;
  const network = networkOf(`${address}/${prefixLength}`);
  const local = { table: k.RT_TABLE_LOCAL, type: k.RTN_LOCAL } as const;
  const hasPrefix = (flags & k.IFA_F_NOPREFIXROUTE) === 0;
  if (family === k.AF_INET6)
    return [
      ...(prefixLength < 128 && hasPrefix
        ? [
            {
              ...kernel,
              destination: network,
              table: k.RT_TABLE_MAIN,
              type: k.RTN_UNICAST,
              scope: 0,
              priority: IP6_RT_PRIO_ADDRCONF,
            },
          ]
        : []),
      { ...kernel, ...local, destination: host, scope: 0, priority: 0 },
    ];
  const prefsrc = address;
  const prefix = prefixOf(network);
  const last = prefix === undefined ? undefined : lastOf(network);
  return [
    { ...kernel, ...local, destination: host, scope: k.RT_SCOPE_HOST, prefsrc },
    ...(prefixLength < 32 && hasPrefix
      ? [
          {
            ...kernel,
            destination: network,
            table: k.RT_TABLE_MAIN,
            type: k.RTN_UNICAST,
            scope: k.RT_SCOPE_LINK,
            prefsrc,
          },
        ]
      : []),
    ...(prefixLength < 31 && last !== undefined
      ? [
          {
            ...kernel,
            destination: `${last}/32`,
            table: k.RT_TABLE_LOCAL,
            type: k.RTN_BROADCAST,
            scope: k.RT_SCOPE_LINK,
            prefsrc,
          },
        ]
      : []),
  ];
};

/** `192.0.2.0/24` → `192.0.2.255` */
const lastOf = (network: string): string => {
  const [base = '', length = '32'] = network.split('/');
  const value = base.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0) + 2 ** (32 - Number(length)) - 1;
  return [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.');
};

export const addRoutesOf = (state: KernelState, address: Address): void => {
  for (const route of routesOf(address)) {
    if (state.routes.some(one => placeOf(one) === placeOf(route) && one.oif === route.oif && one.type === route.type))
      continue;
    state.routes = [...state.routes, route];
    state.tell('new', route, 0x400 | (route.family === k.AF_INET ? k.NLM_F_APPEND : 0));
  }
};

/** An address went: its own routes are told of; those that have it as their source go without a word. */
export const removeRoutesOf = (state: KernelState, address: Address): void => {
  const own = routesOf(address).toReversed();
  const isShared = (route: Route): boolean =>
    state.addresses.some(
      other =>
        other.ifindex === address.ifindex &&
        routesOf(other).some(one => one.destination === route.destination && one.type === route.type),
    );
  const gone = own.flatMap(route =>
    isShared(route)
      ? []
      : state.routes.filter(
          one =>
            one.protocol === k.RTPROT_KERNEL &&
            one.oif === route.oif &&
            one.destination === route.destination &&
            one.type === route.type &&
            one.table === route.table,
        ),
  );
  removed(state, gone, true);
  if (isSix(address.address)) return;
  removed(
    state,
    state.routes.filter(one => one.prefsrc === address.address),
    false,
  );
  const isLast = !state.addresses.some(one => one.ifindex === address.ifindex && !isSix(one.address));
  if (isLast) removeRoutesOver(state, address.ifindex, k.AF_INET, false);
};

/** All routes over a link; of a multipath its leg. Those of IPv4 go without a word (fib_table_flush). */
export const removeRoutesOver = (state: KernelState, ifindex: number, family: number, isTold: boolean): void => {
  removed(
    state,
    state.routes.filter(one => one.family === family && one.oif === ifindex),
    isTold,
  );
  const legs = state.routes.filter(one => one.family === family && one.multipath?.some(({ oif }) => oif === ifindex));
  removed(state, legs, false);
};
