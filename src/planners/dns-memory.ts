import type { World } from '../model/world.js';
import { type DnsAction, dnsActions, isSameDns, type LinkDns, type Via, wantedDns } from './dns.js';

/** What shall be set, and over whom. */
export interface DesiredDns {
  readonly via: Via;
  readonly links: ReadonlyMap<number, LinkDns>;
}

/** What we have set on one link. */
export interface OurDns {
  readonly via: Via;
  readonly dns: LinkDns;
  /** false: the service has restarted since, and may have forgotten it or not */
  readonly isSure: boolean;
  /** settings that were refused: not to be tried again */
  readonly refused: ReadonlySet<string>;
}

export type DnsMemory = ReadonlyMap<number, OurDns>;

const nothing: LinkDns = { servers: [], domains: [] };

export const desiredDns = (world: Pick<World, 'config' | 'bound'>): DesiredDns => ({
  via: world.config?.network.dnsVia ?? 'resolved',
  links: wantedDns(world),
});

export const isSameDesire = (a: DesiredDns, b: DesiredDns): boolean =>
  a.via === b.via &&
  a.links.size === b.links.size &&
  [...a.links].every(([ifindex, dns]) => isSameDns(dns, b.links.get(ifindex) ?? nothing));

const textOf = ({ set, values }: Pick<DnsAction, 'set' | 'values'>): string => `${set} ${values.join(' ')}`;

/** What an earlier run has set, if nobody has changed it since. */
export const inheritedDns = ({ via, links }: DesiredDns): DnsMemory =>
  new Map([...links].map(([ifindex, dns]) => [ifindex, { via, dns, isSure: false, refused: new Set() }]));

/** Values that differ from any others, so that they are set or withdrawn in any case. */
const unsure = ({ servers, domains }: LinkDns): LinkDns => ({
  servers: servers.length === 0 ? [] : ['?'],
  domains: domains.length === 0 ? [] : ['?'],
});

/** The settings that make what we have set what shall be set. */
export const reconcileDns = (memory: DnsMemory, { via, links }: DesiredDns): readonly DnsAction[] =>
  [...new Set([...memory.keys(), ...links.keys()])].flatMap(ifindex => {
    const ours = memory.get(ifindex);
    const after = links.get(ifindex);
    if (ours === undefined) return dnsActions(via, ifindex, undefined, after);
    const before = ours.isSure ? ours.dns : unsure(ours.dns);
    if (ours.via !== via)
      return [...dnsActions(ours.via, ifindex, before, undefined), ...dnsActions(via, ifindex, undefined, after)];
    return dnsActions(via, ifindex, before, after).filter(action => !ours.isSure || !ours.refused.has(textOf(action)));
  });

/** The memory after a setting was made, or refused. */
export const withDone = (
  memory: DnsMemory,
  { via, ifindex, set, values }: DnsAction,
  isRefused: boolean,
): DnsMemory => {
  const known = memory.get(ifindex);
  const ours = known?.via === via ? known : { via, dns: nothing, isSure: true, refused: new Set<string>() };
  const otherRefusals = [...ours.refused].filter(text => !text.startsWith(`${set} `));
  const now: OurDns = isRefused
    ? { ...ours, isSure: true, refused: new Set([...otherRefusals, textOf({ set, values })]) }
    : {
        ...ours,
        isSure: true,
        dns: set === 'reset' ? nothing : { ...ours.dns, [set]: values },
        refused: new Set(otherRefusals),
      };
  const after = new Map(memory).set(ifindex, now);
  if (isSameDns(now.dns, nothing) && now.refused.size === 0) after.delete(ifindex);
  return after;
};
