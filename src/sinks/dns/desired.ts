import type { Config } from '../../model/config.js';
import type { World } from '../../model/world.js';
import { dnsServers, searchDomains } from '../../world/leases/values.js';

/** What a link's DNS settings shall be; empty: nothing. */
export interface LinkDns {
  /** canonical IP addresses */
  readonly servers: readonly string[];
  /** search domains */
  readonly domains: readonly string[];
}

export type Via = Config['network']['dnsVia'];

/** A setting to be made. `reset` takes servers and domains away together (RevertLinkDNS); resolved has none that spares other settings. */
export interface DnsAction {
  readonly via: Via;
  readonly ifindex: number;
  readonly set: 'servers' | 'domains' | 'reset';
  readonly values: readonly string[];
  /** what is to be done if it is refused: what is outdated goes all the same */
  readonly outdated?: readonly DnsAction[];
}

const nothing: LinkDns = { servers: [], domains: [] };

/** The DNS settings that dhclient's bound leases give their links, both families together; links without any are left out. */
export const wantedDns = (world: Pick<World, 'config' | 'leases'>): ReadonlyMap<number, LinkDns> => {
  const { useDns = false, useDomain = false } = world.config?.network ?? {};
  const links = new Map<number, LinkDns>();
  if (!useDns && !useDomain) return links;
  for (const { origin, ifindex, lease } of world.leases.bound.values()) {
    if (origin !== 'dhclient') continue;
    const { servers, domains } = links.get(ifindex) ?? nothing;
    const more: LinkDns = {
      servers: [...new Set([...servers, ...(useDns ? dnsServers(lease) : [])])],
      domains: [...new Set([...domains, ...(useDomain ? searchDomains(lease) : [])])],
    };
    if (more.servers.length + more.domains.length > 0) links.set(ifindex, more);
  }
  return links;
};

/** What shall be set, and over whom. */
export interface DesiredDns {
  readonly via: Via;
  readonly links: ReadonlyMap<number, LinkDns>;
}

export const desiredDns = (world: Pick<World, 'config' | 'leases'>): DesiredDns => ({
  via: world.config?.network.dnsVia ?? 'resolved',
  links: wantedDns(world),
});

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((value, nth) => value === b[nth]);

const isSameDns = (a: LinkDns, b: LinkDns = nothing): boolean =>
  isSame(a.servers, b.servers) && isSame(a.domains, b.domains);

export const isSameDesire = (a: DesiredDns, b: DesiredDns): boolean =>
  a.via === b.via &&
  a.links.size === b.links.size &&
  [...a.links].every(([ifindex, dns]) => isSameDns(dns, b.links.get(ifindex)));

/** How to come from what we have set on a link to what it shall be; undefined: nothing of ours. */
export const dnsActions = (
  via: Via,
  ifindex: number,
  before: LinkDns | undefined,
  after: LinkDns | undefined,
): readonly DnsAction[] => {
  const was = before ?? nothing;
  const is = after ?? nothing;
  const to = (set: DnsAction['set'], values: readonly string[]): DnsAction => ({ via, ifindex, set, values });
  const withdrawing = (what: 'servers' | 'domains'): readonly DnsAction[] => {
    if (via === 'resolved') return [to(what, [])];
    const other = what === 'servers' ? 'domains' : 'servers';
    return [to('reset', []), ...(is[other].length === 0 ? [] : [to(other, is[other])])];
  };
  const set = (what: 'servers' | 'domains'): readonly DnsAction[] => {
    if (isSame(was[what], is[what])) return [];
    const isOutdated = was[what].length > 0 && is[what].length > 0;
    return [isOutdated ? { ...to(what, is[what]), outdated: withdrawing(what) } : to(what, is[what])];
  };
  if (via === 'resolved') return [...set('servers'), ...set('domains')];
  const takesAway = (['servers', 'domains'] as const).some(what => was[what].length > 0 && is[what].length === 0);
  if (!takesAway) return [...set('servers'), ...set('domains')];
  return [to('reset', []), ...dnsActions(via, ifindex, undefined, after)];
};

/** For people: `DNS servers of link 2: 192.0.2.1 192.0.2.2`. */
export const dnsText = ({ ifindex, set, values }: DnsAction): string => {
  const what = { servers: 'DNS servers', domains: 'search domains', reset: 'DNS servers and search domains' }[set];
  return `${what} of link ${ifindex}: ${values.length === 0 ? 'withdrawn' : values.join(' ')}`;
};
