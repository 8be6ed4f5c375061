import type { Config } from '../../model/config.js';
import type { World } from '../../model/world.js';
import { linkSettings } from '../../world/link-settings.js';
import { dnsServers, searchDomains } from '../../world/leases/usable-values.js';

/** The desired DNS settings of a link; empty lists: none. */
export interface LinkDns {
  /** canonical IP addresses */
  readonly servers: readonly string[];
  /** search domains; with `~` routing-only ones */
  readonly domains: readonly string[];
  /** `yes` or `no`: are its servers asked for names that match no link's domains? */
  readonly defaultRoute: readonly string[];
}

/** The settings of a link that are made separately. */
export const dnsKinds = ['servers', 'domains', 'defaultRoute'] as const;
export type DnsKind = (typeof dnsKinds)[number];

export type Via = Config['network']['dnsVia'];

/**
 * A setting to be made. `reset` removes servers and domains together (RevertLinkDNS); resolved has no call that does so
 * and spares other settings.
 */
export interface DnsAction {
  readonly via: Via;
  readonly ifindex: number;
  readonly set: DnsKind | 'reset';
  readonly values: readonly string[];
  /** what to do if it is refused, so that the outdated value goes all the same */
  readonly outdated?: readonly DnsAction[];
}

const nothing: LinkDns = { servers: [], domains: [], defaultRoute: [] };

/** The part of the World that DNS settings depend on. */
export type DnsWorld = Pick<World, 'config' | 'leases' | 'kernel'>;

/**
 * The DNS settings of links with bound leases of dhclient, both families together, and what the configuration adds for
 * these links; links without any are left out.
 */
export const wantedDns = (world: DnsWorld): ReadonlyMap<number, LinkDns> => {
  const { useDns = false, useDomain = false } = world.config?.network ?? {};
  const links = new Map<number, LinkDns>();
  if (!useDns && !useDomain) return links;
  for (const { origin, ifindex, lease } of world.leases.bound.values()) {
    if (origin !== 'dhclient') continue;
    const { servers, domains } = links.get(ifindex) ?? nothing;
    const more: LinkDns = {
      ...nothing,
      servers: [...new Set([...servers, ...(useDns ? dnsServers(lease) : [])])],
      domains: [...new Set([...domains, ...(useDomain ? searchDomains(lease) : [])])],
    };
    if (more.servers.length + more.domains.length > 0) links.set(ifindex, more);
  }
  for (const [ifindex, dns] of links) {
    const link = world.kernel.links?.get(ifindex);
    const { domains = [], dnsDefaultRoute } = link === undefined ? {} : linkSettings(world.config, link);
    const all = [...new Set([...domains, ...dns.domains])];
    const defaultRoute = dnsDefaultRoute === undefined ? [] : [dnsDefaultRoute ? 'yes' : 'no'];
    links.set(ifindex, { ...dns, domains: all, defaultRoute });
  }
  return links;
};

/** What to set, and over which service. */
export interface DesiredDns {
  readonly via: Via;
  readonly links: ReadonlyMap<number, LinkDns>;
}

export const desiredDns = (world: DnsWorld): DesiredDns => ({
  via: world.config?.network.dnsVia ?? 'resolved',
  links: wantedDns(world),
});

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((value, nth) => value === b[nth]);

const isSameDns = (a: LinkDns, b: LinkDns = nothing): boolean => dnsKinds.every(kind => isSame(a[kind], b[kind]));

export const isSameDesire = (a: DesiredDns, b: DesiredDns): boolean =>
  a.via === b.via &&
  a.links.size === b.links.size &&
  [...a.links].every(([ifindex, dns]) => isSameDns(dns, b.links.get(ifindex)));

/** How to get from the settings that we made on a link to those that it should have; undefined: none. */
export const dnsActions = (
  via: Via,
  ifindex: number,
  before: LinkDns | undefined,
  after: LinkDns | undefined,
): readonly DnsAction[] => {
  const was = before ?? nothing;
  const is = after ?? nothing;
  const to = (set: DnsAction['set'], values: readonly string[]): DnsAction => ({ via, ifindex, set, values });
  const withdrawing = (kind: DnsKind): readonly DnsAction[] => {
    if (via === 'resolved') return [to(kind, [])];
    const others = dnsKinds.filter(other => other !== kind && is[other].length > 0);
    return [to('reset', []), ...others.map(other => to(other, is[other]))];
  };
  const sets = dnsKinds.flatMap((kind): readonly DnsAction[] => {
    const [old, values] = [was[kind], is[kind]];
    if (isSame(old, values)) return [];
    const isOutdated = old.length > 0 && values.length > 0;
    return [isOutdated ? { ...to(kind, values), outdated: withdrawing(kind) } : to(kind, values)];
  });
  const takesAway = sets.some(({ values }) => values.length === 0);
  if (via === 'resolved' || !takesAway) return sets;
  return [to('reset', []), ...dnsActions(via, ifindex, undefined, after)];
};

/** For people: `DNS servers of link 2: 192.0.2.1 192.0.2.2`. */
export const dnsText = ({ ifindex, set, values }: DnsAction): string => {
  const what = {
    servers: 'DNS servers',
    domains: 'DNS domains',
    defaultRoute: 'DNS default route',
    reset: 'DNS settings',
  }[set];
  return `${what} of link ${ifindex}: ${values.length === 0 ? 'withdrawn' : values.join(' ')}`;
};
