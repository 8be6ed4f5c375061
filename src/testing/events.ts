import type {
  AddressEvent,
  ExtensionEvent,
  LeaseEvent,
  LinkEvent,
  LinkStateEvent,
  RouteEvent,
} from '../model/event.js';
import type { Lease } from '../model/lease.js';
import type { Link } from '../model/link.js';
import type { OperationalState, States } from '../model/states.js';
import type { RouteChange } from '../model/route/route.js';
import { address as addressOf, lease as leaseOf, link, linkState as stateOf } from './builders.js';

/** A link, or just its name: then it is one that is known only by its name, always the same. */
export type LinkOrName = Link | string;

const named = new Map<string, Link>();

/** The link that a name stands for in tests. The first name a test file uses is ifindex 2, the next one 3, and so on. */
export const theLink = (of: LinkOrName): Link => {
  if (typeof of !== 'string') return of;
  const known = named.get(of) ?? link(named.size + 2, of);
  named.set(of, known);
  return known;
};

/** A word is an operational state; a record is what it says. */
const states = (given: OperationalState | States): States =>
  typeof given === 'string' ? { OperationalState: given } : given;

/**
 * A link's states changed: `linkState('ens33', 'routable')`, or more than one of them with
 * `linkState('ens33', { CarrierState: 'carrier', OperationalState: 'degraded' })`. `previous`: what was so before.
 */
export const linkState = (
  of: LinkOrName,
  changed: OperationalState | States,
  previous: OperationalState | States = {},
): LinkStateEvent => stateOf(theLink(of), states(changed), states(previous));

/** An address of a link: `address('ens33', '192.0.2.5/24')` came; `address('ens33', '2001:db8::5/64', 'removed')`. */
export const address = (of: LinkOrName, text: string, action: AddressEvent['action'] = 'added'): AddressEvent => {
  const { ifindex, name } = theLink(of);
  return { kind: 'address', action, ifindex, name, address: addressOf(ifindex, text) };
};

/** What a lease event says besides its lease, and what the lease says besides its address. */
export interface LeaseWords extends Partial<Omit<Lease, 'link' | 'addresses'>> {
  readonly action?: LeaseEvent['action'];
  readonly previous?: Lease;
}

/** A lease of a link: `lease('ens33', '192.0.2.5', { dns: ['192.0.2.53'], action: 'renewed' })`; `bound` if unsaid. */
export const lease = (
  of: LinkOrName,
  bare: string,
  { action = 'bound', previous, ...words }: LeaseWords = {},
): LeaseEvent => {
  const { ifindex, name } = theLink(of);
  return {
    kind: 'lease',
    origin: 'dhclient',
    ifindex,
    name,
    action,
    lease: leaseOf(bare, { ...words, link: name }),
    previous,
    changes: [],
  };
};

/** A link came, went, or is called otherwise: `linkNews('ens33', 'removed')`, `linkNews('lan0', 'renamed', 'eth0')`. */
export const linkNews = (of: LinkOrName, action: LinkEvent['action'], oldName = ''): LinkEvent => {
  const { ifindex, name } = theLink(of);
  return { kind: 'link', action, ifindex, name, oldName };
};

/** Routes of a link changed: `routes('ens33', 'added 10.0.0.0/8 via 192.0.2.1 table main')`, one text a change. */
export const routes = (of: LinkOrName, ...texts: readonly `${RouteChange['action']} ${string}`[]): RouteEvent => {
  const { ifindex, name } = theLink(of);
  const changes = texts.map((text): RouteChange => {
    const [first = '', ...route] = text.split(' ');
    const action = (['added', 'changed', 'removed', 'lost'] as const).find(known => known === first) ?? 'changed';
    return { action, route: route.join(' ') };
  });
  return { kind: 'route', ifindex, name, changes };
};

/** What an extension says of a link, or of none: `said('webhook', { posted: 3 })`. */
export const said = (extension: string, payload: unknown, of?: LinkOrName): ExtensionEvent => ({
  kind: 'extension',
  extension,
  ifindex: of === undefined ? 0 : theLink(of).ifindex,
  payload,
});
