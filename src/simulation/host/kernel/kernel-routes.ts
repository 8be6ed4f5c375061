import type { Route, RouteSpec } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import { matches } from '../../../fakes/fake-tables.js';
import { networkText, overlap, prefixOf } from '../../../model/ip/prefix.js';
import { isUp, type KernelState, refuse } from './kernel-state.js';

export const isSix = (text: string): boolean => text.includes(':');
export const bits = (text: string): number => (isSix(text) ? 128 : 32);

/** `192.0.2.5/24` → `192.0.2.0/24` */
export const networkOf = (text: string): string => {
  const prefix = prefixOf(text);
  return prefix === undefined ? text : networkText(prefix);
};

const contains = (network: string, address: string): boolean => {
  const [outer, inner] = [prefixOf(network), prefixOf(`${address}/${bits(address)}`)];
  return outer !== undefined && inner !== undefined && overlap(outer, inner);
};

export const placeOf = ({ family, table, destination, tos = 0, priority = 0 }: RouteSpec): string =>
  [family, table ?? k.RT_TABLE_MAIN, destination, tos, priority].join(' ');

const blank: Omit<Route, 'destination' | 'family'> = {
  kind: 'route',
  table: k.RT_TABLE_MAIN,
  protocol: k.RTPROT_BOOT,
  scope: 0,
  type: k.RTN_UNICAST,
  flags: 0,
  tos: 0,
};

/** As the kernel keeps it. */
export const routeWith = (spec: RouteSpec): Route => {
  const family = isSix(spec.destination) ? k.AF_INET6 : k.AF_INET;
  const whole: Route = { ...blank, ...spec, family, destination: networkOf(spec.destination) };
  return family === k.AF_INET6 && whole.priority === undefined ? { ...whole, priority: k.IP6_RT_PRIO_USER } : whole;
};

export const removed = (state: KernelState, gone: readonly Route[], isTold: boolean): void => {
  if (gone.length === 0) return;
  const all = new Set(gone);
  state.routes = state.routes.filter(route => !all.has(route));
  if (isTold) for (const route of gone) state.tell('delete', route);
};

const nextHops = ({ multipath, ...route }: RouteSpec): readonly RouteSpec[] =>
  multipath === undefined ? [route] : multipath.map(hop => ({ ...route, ...hop }));

const check = (state: KernelState, route: RouteSpec): void => {
  for (const { oif, gateway, flags = 0 } of nextHops(route)) {
    const link = oif === undefined ? undefined : state.links.get(oif);
    if (oif !== undefined && link === undefined) refuse('ENODEV');
    if (link !== undefined && !isUp(link)) refuse('ENETDOWN');
    if (gateway === undefined || (flags & k.RTNH_F_ONLINK) !== 0) continue;
    const isReached = state.routes.some(
      one =>
        one.oif === oif &&
        one.gateway === undefined &&
        one.type === k.RTN_UNICAST &&
        (one.table === route.table || one.table === k.RT_TABLE_MAIN) &&
        contains(one.destination, gateway),
    );
    if (!isReached && !gateway.startsWith('fe80:')) refuse(isSix(gateway) ? 'EHOSTUNREACH' : 'ENETUNREACH');
  }
  const { prefsrc } = route;
  if (prefsrc !== undefined && !state.addresses.some(({ address }) => address === prefsrc)) refuse('EINVAL');
};

export const addRoute = (state: KernelState, spec: RouteSpec, how: 'add' | 'append' | 'replace'): void => {
  const route = routeWith(spec);
  if (route.family === k.AF_INET6 && !state.hasIpv6) refuse('EACCES');
  check(state, route);
  const at = state.routes.findIndex(one => placeOf(one) === placeOf(route));
  if (at >= 0 && how === 'add') refuse('EEXIST');
  const isReplaced = at >= 0 && how === 'replace';
  state.routes = isReplaced ? state.routes.with(at, route) : [...state.routes, route];
  state.tell('new', route, isReplaced ? k.NLM_F_REPLACE : at >= 0 ? k.NLM_F_APPEND : 0x600);
};

/** What is not given matches anything. */
export const deleteRoute = (state: KernelState, spec: RouteSpec): void => {
  const wanted = { ...spec, flags: undefined, destination: networkOf(spec.destination) };
  const found = state.routes.find(one => matches(wanted, one));
  if (found === undefined) refuse('ESRCH');
  else removed(state, [found], true);
};
