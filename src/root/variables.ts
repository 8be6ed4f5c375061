import type { Tree } from '../model/config.js';
import { leaseActions } from '../model/event.js';
import { choosing, stateWords } from '../model/script-directories.js';
import { quoted } from '../model/values/excerpt.js';
import { type Refused, refused } from './request.js';
import * as v from './values.js';
import type { ValueKind } from './values.js';

/** The names that a style has, and what each may hold: exact ones, then those of a pattern. */
interface Names {
  readonly exact: ReadonlyMap<string, ValueKind>;
  readonly patterns: readonly (readonly [name: RegExp, kind: ValueKind])[];
}

const addressState = v.oneOf(['off', 'degraded', 'routable']);
const states: Readonly<Record<string, ValueKind>> = {
  ...Object.fromEntries([...choosing].map(([name, words]) => [name, v.orEmpty(v.oneOf(words))])),
  AddressState: addressState,
  IPv4AddressState: addressState,
  IPv6AddressState: addressState,
};

const lease: Readonly<Record<string, ValueKind>> = {
  DHCP_LEASE: v.leaseText,
  DHCP_ADDRESS: v.addresses,
  DHCP_PREFIX: v.addresses,
  DHCP_NETMASK: v.address,
  DHCP_BROADCAST: v.addresses,
  DHCP_ROUTER: v.address,
  DHCP_ROUTES: v.classlessRoutes,
  DHCP_DNS: v.addresses,
  DHCP_NTP: v.addresses,
  DHCP_DOMAIN: v.domains,
  DHCP_SEARCH: v.domains,
  DHCP_HOSTNAME: v.hostname,
  DHCP_MTU: v.number,
  DHCP_SERVER: v.server,
  DHCP_LIFETIME: v.number,
};

const ours: Names = {
  exact: new Map<string, ValueKind>(
    Object.entries({
      EVENT: v.oneOf(['link-state', 'manager-state', 'link', 'address', 'route', 'lease', 'rule', 'sleep']),
      EVENT_ID: v.number,
      LINK: v.linkName,
      LINKINDEX: v.number,
      OLDLINK: v.linkName,
      STATE: v.oneOf(stateWords),
      CHANGED: v.propertyNames,
      RERUN: v.oneOf(['1']),
      ACTION: v.oneOf([...leaseActions, 'added', 'removed', 'changed', 'renamed', 'several', 'suspend', 'resume']),
      ADDRESS: v.prefix,
      FAMILY: v.oneOf(['ipv4', 'ipv6']),
      ADDRESSES: v.addressLines,
      ROUTES: v.changeLines,
      RULES: v.changeLines,
      DNS: v.addressesByComma,
      DOMAIN: v.domains,
      JSON: v.json,
      ...states,
      ...lease,
      ...Object.fromEntries(Object.entries(lease).map(([name, kind]) => [`OLD_${name}`, kind])),
    }),
  ),
  patterns: [],
};

/** networkd-dispatcher(8) */
const networkdDispatcher: Names = {
  exact: new Map<string, ValueKind>(
    Object.entries({
      IFACE: v.linkName,
      STATE: v.oneOf(stateWords),
      ADDR: v.orEmpty(v.addressOrPrefix),
      IP_ADDRS: v.addresses,
      IP6_ADDRS: v.addresses,
      ESSID: v.leaseText,
      json: v.json,
      ...states,
    }),
  ),
  patterns: [],
};

const connectivity = v.oneOf(['UNKNOWN', 'NONE', 'PORTAL', 'LIMITED', 'FULL']);
/** NetworkManager-dispatcher(8); names of DHCP options come from its own table or from the client. */
const networkManager: Names = {
  exact: new Map<string, ValueKind>(
    Object.entries({
      NM_DISPATCHER_ACTION: v.leaseText,
      CONNECTION_UUID: v.uuid,
      CONNECTION_ID: v.leaseText,
      CONNECTION_DBUS_PATH: v.leaseText,
      CONNECTION_FILENAME: v.leaseText,
      CONNECTION_EXTERNAL: v.oneOf(['0', '1']),
      CONNECTIVITY_STATE: connectivity,
      DEVICE_IFACE: v.linkName,
      DEVICE_IP_IFACE: v.linkName,
    }),
  ),
  patterns: [
    [/^IP[46]_ADDRESS_\d{1,4}$/, v.addressWithGateway],
    [/^IP[46]_ROUTE_\d{1,4}$/, v.routeWithMetric],
    [/^IP[46]_NUM_(ADDRESSES|ROUTES)$/, v.number],
    [/^IP[46]_GATEWAY$/, v.orEmpty(v.address)],
    [/^IP[46]_NAMESERVERS$/, v.addresses],
    [/^IP[46]_DOMAINS$/, v.domains],
    [/^DHCP[46]_[A-Z0-9_]{1,64}$/, v.leaseText],
  ],
};

const namesOf: Readonly<Record<Tree['style'], Names>> = {
  'network-broker': ours,
  'networkd-dispatcher': networkdDispatcher,
  NetworkManager: networkManager,
};

/** The names that hold the link, the first of them that of the event. */
const linkNames = ['LINK', 'IFACE', 'DEVICE_IFACE', 'DEVICE_IP_IFACE', 'OLDLINK'];

/** A state of a systemd that is newer than our list: named as a property is, so no program takes it for something else. */
const propertyName = /^[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*$/;

export interface Checked {
  /** what the script may have */
  readonly variables: Readonly<Record<string, string>>;
  /** what it may not, and why: `DHCP_HOSTNAME: expected a host name` */
  readonly withheld: readonly string[];
  /** the link's name, empty if there is none */
  readonly link: string;
}

const kindOf = ({ exact, patterns }: Names, name: string): ValueKind | undefined =>
  exact.get(name) ?? patterns.find(([pattern]) => pattern.test(name))?.[1];

/**
 * What of these variables a script of this style may have. A name that the style does not have, and a link whose name a shell could
 * take for something else, refuse all of it; a value that is not what its name says is withheld, as a lease may hold anything.
 */
export const checkVariables = (style: Tree['style'], given: Readonly<Record<string, string>>): Checked | Refused => {
  const names = namesOf[style];
  const variables: [string, string][] = [];
  const withheld: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const kind = kindOf(names, name);
    if (kind?.is(value) === true) variables.push([name, value]);
    else if (kind === undefined && !propertyName.test(name))
      return refused(`expected variables of the style ${style}, found ${quoted(name)}`);
    else if (linkNames.includes(name))
      return refused(`expected ${kind?.expected ?? 'a link'} in ${name}, found ${quoted(value)}`);
    else withheld.push(`${name}: expected ${kind?.expected ?? 'a state that is known'}`);
  }
  const link = variables.find(([name, value]) => linkNames.includes(name) && name !== 'OLDLINK' && value !== '')?.[1];
  return { variables: Object.fromEntries(variables), withheld, link: link ?? '' };
};
