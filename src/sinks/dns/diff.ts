import { type Access, type Action, type Ours, type Plan, UNSURE } from '../reconcile/target.js';
import {
  type DesiredDns,
  type DnsAction,
  dnsActions,
  type DnsKind,
  dnsKinds,
  dnsText,
  type LinkDns,
  type Via,
} from './desired.js';

const keyOf = (via: Via, kind: DnsKind, ifindex: number): string => `${via} ${kind} ${ifindex}`;

/** The desired values by key. */
export const dnsContents = ({ via, links }: DesiredDns): ReadonlyMap<string, string> =>
  new Map(
    [...links].flatMap(([ifindex, dns]) =>
      dnsKinds.flatMap((kind): readonly [string, string][] =>
        dns[kind].length === 0 ? [] : [[keyOf(via, kind, ifindex), dns[kind].join(' ')]],
      ),
    ),
  );

/**
 * The settings that we made on a link. What the service may since have forgotten becomes a value that differs from any
 * other.
 */
const before = (ours: Ours, { id }: Access, via: Via, ifindex: number, after: LinkDns | undefined): LinkDns => {
  const values = (kind: DnsKind): readonly string[] => {
    const set = ours.get(keyOf(via, kind, ifindex));
    if (set === undefined || (set.by === UNSURE && set.contents === after?.[kind].join(' '))) return [];
    return set.by === id || set.by === UNSURE ? set.contents.split(' ') : ['?'];
  };
  return { servers: values('servers'), domains: values('domains'), defaultRoute: values('defaultRoute') };
};

/** A reset stands for what it withdraws, or one of them. */
const kindOf = ({ set }: DnsAction, after: LinkDns | undefined): DnsKind =>
  set !== 'reset' ? set : (dnsKinds.find(kind => (after?.[kind].length ?? 0) === 0) ?? 'servers');

/** What this action makes, by the keys of `dnsContents`. */
const madeBy = ({ via, ifindex, set, values }: DnsAction): Readonly<Record<string, string>> =>
  Object.fromEntries((set === 'reset' ? dnsKinds : [set]).map(kind => [keyOf(via, kind, ifindex), values.join(' ')]));

/** Those of these settings that the last run had made. */
export const madeDns = (made: ReadonlyMap<string, string>): readonly (readonly [string, string])[] =>
  [...made].filter(([key]) => /^(resolved|networkd) /.test(key));

/**
 * The settings that turn what we have set into what should be set. Neither service tells what is set, so undoing goes
 * unnoticed.
 */
export const dnsDiff = (desired: DesiredDns, ours: Ours, access: Access): Plan<DnsAction> => {
  const own = [...ours.keys()].map(key => Number(key.split(' ')[2]));
  const actions = [...new Set([...own, ...desired.links.keys()])].flatMap(ifindex =>
    (['resolved', 'networkd'] as const)
      .toSorted((a, b) => Number(a === desired.via) - Number(b === desired.via)) // withdraw first, then set
      .flatMap(via => {
        const after = via === desired.via ? desired.links.get(ifindex) : undefined;
        return dnsActions(via, ifindex, before(ours, access, via, ifindex, after), after).map(
          (change): Action<DnsAction> => ({
            change,
            key: keyOf(via, kindOf(change, after), ifindex),
            contents: change.values.join(' '),
            text: dnsText(change),
            isExcused: true,
          }),
        );
      }),
  );
  return {
    actions,
    conflicts: [],
    desired: dnsContents(desired),
    told: done =>
      done.map(({ change, text }) => ({
        kind: 'applied',
        ifindex: change.ifindex,
        message: text,
        made: madeBy(change),
      })),
  };
};
