import type { Link, Route, RouteSpec, RuleSpec } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import { overlap, prefixOf } from '../../model/ip/prefix.js';
import { bits, isSix, networkOf } from '../host/kernel/kernel-routes.js';
import type { Scene } from './oracle.js';
import { chosen, heldLease } from './words.js';

export const OURS = 217;
const TABLE_BASE = 9999;
const PRIORITY = 9999;

const touches = (a: string, b: string): boolean => {
  const [one, other] = [prefixOf(a), prefixOf(b)];
  return one !== undefined && other !== undefined && overlap(one, other);
};
const isNear = (address: string): boolean => /^(fe80:|169\.254\.)/.test(address);
const isDefault = ({ destination }: RouteSpec): boolean => destination === '0.0.0.0/0' || destination === '::/0';
const isDirect = ({ gateway }: RouteSpec): boolean => gateway === undefined;

export const routeText = ({ destination, gateway, oif, table, prefsrc, priority }: RouteSpec): string =>
  `${destination} via ${gateway ?? '-'} dev ${oif ?? 0} table ${table ?? 0} metric ${priority ?? 0} src ${prefsrc ?? '-'}`;
export const ruleText = ({ from, to, table, priority }: RuleSpec): string =>
  `${priority ?? 0}: from ${from ?? 'all'} to ${to ?? 'all'} lookup ${table ?? 0}`;

/** The router of the lease that a link holds, of networkd's or dhclient's. */
const leaseRouter = ({ host, daemon }: Scene, { ifindex }: Link): string | undefined => {
  const generator = daemon.config();
  const ofNetworkd = /Generator="[^"]*systemd-networkd/.test(generator) || !generator.includes('Generator=');
  const text = host.disk.text(`/run/systemd/netif/leases/${ifindex}`);
  if (ofNetworkd && host.networkd.isRunning()) {
    const router = /^ROUTER=(.*)$/m.exec(text ?? '')?.[1];
    if (router !== undefined) return router;
  }
  const held = /Generator="[^"]*dhclient/.test(generator) ? heldLease(host) : undefined;
  return held !== 'unsure' && held?.ifindex === ifindex ? '203.0.113.1' : undefined;
};

/** What the document asks for ("Routing policy rules" of behaviour.md), written down without a thought of how it is done. */
export const askedPolicy = (
  scene: Scene,
): { readonly rules: readonly string[]; readonly routes: readonly string[] } => {
  const { host, daemon } = scene;
  const { kernel } = host;
  const config = { config: daemon.config() };
  const rules: string[] = [];
  const routes: string[] = [];
  const main = kernel
    .routes()
    .filter(({ table, type, protocol }) => table === k.RT_TABLE_MAIN && type === k.RTN_UNICAST && protocol !== OURS);
  const leadsOut = new Set(main.filter(route => isDefault(route) || !isDirect(route)).map(({ oif }) => oif));
  const isInside = (link: Link): boolean =>
    (link.flags & k.IFF_LOOPBACK) === 0 && !leadsOut.has(link.ifindex) && leaseRouter(scene, link) === undefined;
  const links = kernel.links();
  const patterned = (link: Link): boolean => chosen(config, link.name, 'RoutingPolicyRules');
  const isOf = (link: Link): boolean => {
    const parent = link.infoKind === 'macvlan' ? links.find(({ ifindex }) => ifindex === link.parent) : undefined;
    const hasDefault = main.some(route => route.oif === link.ifindex && isDefault(route));
    return patterned(link) || (parent !== undefined && patterned(parent) && !hasDefault);
  };
  const defaultOf = (link: Link, six: boolean): string | undefined => {
    const lease = six ? undefined : leaseRouter(scene, link);
    if (lease !== undefined) return lease;
    const own = main.filter(({ oif, destination }) => oif === link.ifindex && isSix(destination) === six);
    const networks = [
      ...kernel
        .addresses()
        .filter(({ ifindex }) => ifindex === link.ifindex)
        .map(({ address, prefixLength }) => networkOf(`${address}/${prefixLength}`)),
      ...own.filter(route => isDirect(route) && !isDefault(route)).map(({ destination }) => destination),
    ];
    const near = main
      .filter(route => isDefault(route) && isSix(route.destination) === six && route.gateway !== undefined)
      .filter(
        ({ gateway = '' }) =>
          !isNear(gateway) && networks.some(network => touches(network, `${gateway}/${bits(gateway)}`)),
      )
      .toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0));
    if (near[0] !== undefined || link.infoKind !== 'macvlan') return near[0]?.gateway;
    const lower = links.find(({ ifindex }) => ifindex === link.parent);
    if (lower === undefined) return undefined;
    const ofLower = main
      .filter(route => route.oif === lower.ifindex && isDefault(route) && isSix(route.destination) === six)
      .toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0));
    return ofLower.length > 0 ? ofLower[0]?.gateway : defaultOf(lower, six);
  };
  for (const link of links.filter(isOf))
    for (const six of [false, true]) {
      const ofLink = kernel
        .addresses()
        .filter(({ ifindex, address }) => ifindex === link.ifindex && isSix(address) === six);
      const usable = ofLink.filter(
        ({ flags, scope, address }) =>
          (flags & (k.IFA_F_TENTATIVE | k.IFA_F_DADFAILED)) === 0 && scope < k.RT_SCOPE_LINK && !isNear(address),
      );
      if (usable.length === 0) continue;
      const table = TABLE_BASE + link.ifindex;
      for (const { address } of usable) {
        const host = `${address}/${bits(address)}`;
        rules.push(ruleText({ kind: 'rule', from: host, table, priority: PRIORITY }));
        rules.push(ruleText({ kind: 'rule', to: host, table, priority: PRIORITY }));
      }
      const isLinkUp = (link.flags & k.IFF_UP) !== 0;
      const hops = main.filter(({ destination }) => isSix(destination) === six);
      const own = hops.filter(({ oif }) => oif === link.ifindex);
      const made = (destination: string, gateway?: string): Route => ({
        kind: 'route',
        family: six ? k.AF_INET6 : k.AF_INET,
        destination,
        table,
        protocol: OURS,
        scope: 0,
        type: k.RTN_UNICAST,
        flags: 0,
        tos: 0,
        oif: link.ifindex,
        gateway,
        priority: six ? k.IP6_RT_PRIO_USER : undefined,
      });
      const networks = usable
        .filter(({ prefixLength }) => prefixLength < (six ? 128 : 32))
        .map(({ address, prefixLength }) => networkOf(`${address}/${prefixLength}`))
        .filter(network => !own.some(({ destination }) => destination === network));
      const router = isLinkUp && !own.some(isDefault) ? defaultOf(link, six) : undefined;
      const connected = [
        ...kernel
          .addresses()
          .filter(({ ifindex }) => ifindex === link.ifindex)
          .map(({ address, prefixLength }) => networkOf(`${address}/${prefixLength}`)),
        ...main
          .filter(route => route.oif === link.ifindex && isDirect(route) && !isDefault(route))
          .map(({ destination }) => destination),
      ];
      const insiders = hops.filter(({ oif, destination }) => {
        const over = links.find(({ ifindex }) => ifindex === oif);
        if (over === undefined || !isInside(over) || isNear(destination)) return false;
        return !connected.some(network => touches(network, destination));
      });
      const held = new Map<string, Route>();
      const hold = (route: Route): void => {
        const place = `${route.destination} ${route.priority ?? 0}`;
        if (!held.has(place)) held.set(place, { ...route, table });
      };
      own.forEach(hold);
      if (isLinkUp) networks.forEach(network => hold(made(network)));
      if (router !== undefined) hold(made(six ? '::/0' : '0.0.0.0/0', router));
      insiders.forEach(hold);
      const direct = [...held.values()].filter(isDirect);
      for (const { gateway, oif } of [...held.values()]) {
        if (gateway === undefined || isNear(gateway)) continue;
        const isReached = direct.some(
          one => one.oif === oif && touches(one.destination, `${gateway}/${bits(gateway)}`),
        );
        if (!isReached) hold({ ...made(`${gateway}/${bits(gateway)}`), oif });
      }
      routes.push(...[...held.values()].map(routeText));
    }
  return { rules, routes };
};
