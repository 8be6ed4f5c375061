import { RT_TABLE_MAIN } from '@network-stack/netlink/constants';
import type { Tree } from '../../../model/config.js';
import { linkNameOf } from '../../../model/event.js';
import { choosing, wordOf } from '../../../model/script-directories.js';
import type { States } from '../../../model/states.js';
import type { Step } from '../../../model/world.js';
import { type Address, textsInOrder } from './address-order.js';
import type { LinkJson } from '../../link-json/link-json.js';
import type { Environment } from '../environment.js';
import { judgeLikeDispatcher } from './judge-like-dispatcher.js';
import { pythonJson } from './python-json.js';
import type { Given, Run, Style } from './style.js';

/** The properties that it acts on, in its order. */
const properties = ['AdministrativeState', 'OperationalState'] as const;

const runsOf = ({ event }: Step, { startup }: Tree): readonly Run[] => {
  if (event.kind !== 'link-state' || (event.atStart === true && !event.rerun && !startup)) return [];
  return properties.flatMap(property => {
    const state = event.changed[property] ?? '';
    return choosing.get(property)?.has(state) === true ? [{ directory: `${state}.d`, args: [] }] : [];
  });
};

/** The states as it knows them while it acts on one: of two that changed at once, the operational one comes second. */
const statesAt = ({ event, world: { networkd } }: Step, state: string): Record<(typeof properties)[number], string> => {
  const { changed, previous }: { readonly changed: States; readonly previous: States } =
    event.kind === 'link-state' ? event : { changed: {}, previous: {} };
  const known = 'ifindex' in event ? networkd.states.get(event.ifindex) : undefined;
  const now = { ...known, ...changed };
  const isFirst = state === changed.AdministrativeState;
  return {
    // networkd is silent about the states that a link begins with; without networkd, nobody manages it
    AdministrativeState:
      now.AdministrativeState ?? (Object.keys(networkd.manager).length === 0 ? 'unmanaged' : 'pending'),
    OperationalState: (isFirst ? previous.OperationalState : undefined) ?? now.OperationalState ?? 'missing',
  };
};

const IFA_F_DEPRECATED = 0x20;
const IFA_F_TENTATIVE = 0x40;

const addressesOf = ({ Address }: LinkJson): readonly string[] =>
  textsInOrder(
    Address.filter(({ Flags }) => (Flags & (IFA_F_DEPRECATED | IFA_F_TENTATIVE)) === 0).map(
      ({ IP, Scope }): Address => ({ text: IP, scope: Scope, metric: 0 }),
    ),
  );

const gatewaysOf = ({ Routes }: LinkJson): readonly string[] =>
  textsInOrder(
    Routes.filter(({ Dst, Gw, Table }) => Dst.Mask === 0 && Gw !== '' && Table === RT_TABLE_MAIN).map(
      ({ Gw, Priority }): Address => ({ text: Gw, scope: 0, metric: Priority }),
    ),
  );

const words = (text: string): readonly string[] => text.split(' ').filter(word => word !== '');

/** What `networkctl status` says of the link, as far as it is known here. */
const statusOf = (link: LinkJson): Readonly<Record<string, readonly string[]>> => ({
  Address: addressesOf(link),
  'Alternative Names': words(link.AlternativeNames).toSorted(),
  DNS: link.DNS,
  Driver: words(link.Driver),
  Gateway: gatewaysOf(link),
  'Hardware Address': words(link.HardwareAddr),
  'Link File': [link.LinkFile || 'n/a'],
  MTU: [String(link.MTU)],
  Model: [link.Model].filter(Boolean),
  NTP: link.NTP ?? [],
  'Network File': [link.NetworkFile || 'n/a'],
  'Online state': [link.OnlineState || 'unknown'],
  Path: words(link.Path),
  'Route Domains': (link.Domains ?? []).filter(domain => domain.startsWith('~')).map(domain => domain.slice(1)),
  'Search Domains': link.DomainSearch,
  Vendor: [link.Vendor].filter(Boolean),
});

const variables = ({ step, link }: Given, { directory }: Run): Environment => {
  const name = linkNameOf(step.event);
  const state = wordOf(directory);
  const states = statesAt(step, state);
  const status = link?.Present === true ? statusOf(link) : {};
  const addresses = status.Address ?? [];
  const some = addresses.filter(address => !/^(127\.|fe80:)/.test(address));
  return {
    ADDR: addresses[0] ?? '',
    AdministrativeState: states.AdministrativeState,
    ESSID: '',
    IFACE: name,
    IP6_ADDRS: some.filter(address => address.includes(':')).join(' '),
    IP_ADDRS: some.filter(address => !address.includes(':')).join(' '),
    OperationalState: states.OperationalState,
    STATE: state,
    json: pythonJson({
      ...Object.fromEntries(Object.entries(status).filter(([, values]) => values.length > 0)),
      ...states,
      InterfaceName: name,
      State: `${states.OperationalState} (${states.AdministrativeState})`,
      ...(link !== undefined && link.Type !== '' && { Type: link.Type }),
    }),
  };
};

/** networkd-dispatcher 2.2: directories, order, variables and choice of files as in its one source file. */
export const networkdDispatcher: Style = {
  paths: ['/etc/networkd-dispatcher', '/usr/lib/networkd-dispatcher'],
  directories: properties.flatMap(property => [...(choosing.get(property) ?? [])].map(state => `${state}.d`)),
  runsOf,
  judge: judgeLikeDispatcher,
  variables,
};
