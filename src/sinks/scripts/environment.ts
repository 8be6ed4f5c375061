import type { NetworkEvent } from '../../model/event.js';
import { wordOf } from '../../model/script-directories.js';
import { fault, type Fault } from '../../model/fault.js';
import type { Lease, LeaseOrigin } from '../../model/lease.js';
import type { States } from '../../model/states.js';
import type { Step } from '../../model/world.js';
import { dhclientVariables, leaseText, leaseVariables } from '../../world/leases/variables.js';
import { networkdLease4 } from '../../world/networkd/netif-lease.js';

/** The whole environment of a script. */
export type Environment = Readonly<Record<string, string>>;

export interface Environments {
  readonly environment: Environment;
  readonly faults: readonly Fault[];
}

/** The default PATH: systemd's own value, for merged and split /usr alike. */
export const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** MAX_ARG_STRLEN, linux/binfmts.h: bytes of `NAME=value` with its NUL; a longer one makes the whole execve(2) fail. */
const MAX_ARG_STRLEN = 131_072;

/** The most bytes that the value of this variable may have. */
export const fitting = (name: string): number => MAX_ARG_STRLEN - Buffer.byteLength(name) - '=\0'.length;

/**
 * A property's name in D-Bus fashion (`OperationalState`). Names that mean something to shells, the loader and programs
 * are all upper case (PATH, IFS, ENV, LD_PRELOAD), and so are our own: at least one small letter keeps them apart.
 */
const propertyName = /^[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*$/;

const ofLink = ({ name, ifindex }: { readonly name: string; readonly ifindex: number }): Environment => ({
  LINK: name,
  LINKINDEX: String(ifindex),
});

const ofLease = (origin: LeaseOrigin, lease: Lease): Environment => ({
  DHCP_LEASE: leaseText(origin, lease),
  ...leaseVariables(lease),
});

const asOld = (variables: Environment): Environment =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [`OLD_${name}`, value]));

const eventVariables = (event: NetworkEvent): Environment => {
  switch (event.kind) {
    case 'link-state':
      return { ...ofLink(event), ...(event.rerun ? { RERUN: '1' } : {}) };
    case 'manager-state':
      return event.rerun ? { RERUN: '1' } : {};
    case 'link':
      return { ...ofLink(event), ACTION: event.action, ...(event.oldName === '' ? {} : { OLDLINK: event.oldName }) };
    case 'address': {
      if (event.earlier !== undefined) return { ...ofLink(event), ACTION: 'several' };
      const { address, prefixLength, family } = event.address;
      return { ...ofLink(event), ACTION: event.action, ADDRESS: `${address}/${prefixLength}`, FAMILY: family };
    }
    case 'route':
      return ofLink(event);
    case 'lease':
      return {
        ...ofLink(event),
        ACTION: event.action,
        FAMILY: event.lease.family,
        ...ofLease(event.origin, event.lease),
        ...(event.previous === undefined ? {} : asOld(ofLease(event.origin, event.previous))),
        ...(event.origin === 'dhclient' ? dhclientVariables(event.lease) : {}),
        ...(event.rerun === true ? { RERUN: '1' } : {}),
      };
    case 'rule':
      return {};
    case 'sleep':
      return { ACTION: event.action };
    case 'extension':
      return { LINKINDEX: String(event.ifindex) };
  }
};

/** All states of the event's subject, as they are after the event. */
const statesOf = ({ event, world: { networkd } }: Step): States => {
  switch (event.kind) {
    case 'link-state':
      return { ...networkd.states.get(event.ifindex), ...event.changed };
    case 'manager-state':
      return { ...networkd.manager, ...event.changed };
    case 'link':
    case 'address':
    case 'route':
    case 'lease':
    case 'rule':
    case 'sleep':
    case 'extension':
      return {};
  }
};

const changedNames = (event: NetworkEvent): Environment =>
  'changed' in event
    ? {
        CHANGED: Object.keys(event.changed)
          .filter(name => propertyName.test(name))
          .join(' '),
      }
    : {};

/** What only the scripts of one directory get: the state that chose it. */
export const directoryVariables = ({ kind }: NetworkEvent, directory: string): Environment =>
  kind === 'link-state' ? { STATE: wordOf(directory) } : {};

const unfit = (name: string, value: string): string | undefined => {
  if (value.includes('\0')) return 'its value holds a NUL character';
  const bytes = Buffer.byteLength(name) + Buffer.byteLength(value) + 2;
  return bytes > MAX_ARG_STRLEN ? `it needs ${bytes} bytes, the kernel takes ${MAX_ARG_STRLEN}` : undefined;
};

/** Of these variables those that a process can be given; the others are reported. */
export const fitted = (
  variables: readonly (readonly [name: string, value: string])[],
  leaveOut: (name: string, why: string) => void,
): Environment =>
  Object.fromEntries(
    variables.filter(([name, value]) => {
      const why = unfit(name, value);
      if (why !== undefined) leaveOut(name, why);
      return why === undefined;
    }),
  );

export const leftOut = (name: string, why: string): Fault =>
  fault('variable-left-out', `${JSON.stringify(name)} is withheld from scripts: ${why}`);

/** systemd-networkd's lease file of an event's link; undefined if there is no link. */
export const leaseFileOf = (event: NetworkEvent): string | undefined =>
  event.kind === 'link-state' ? `/run/systemd/netif/leases/${event.ifindex}` : undefined;

/**
 * systemd-networkd's lease file as one line: without comments, lines joined by spaces, without control characters, as
 * values come from an untrusted server.
 */
export const leaseLine = (text: string): string =>
  text
    .split('\n')
    .map(line => line.replace(/\p{Cc}/gu, '').trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .join(' ');

/** The variables of the lease in systemd-networkd's lease file. Its end is not queried: the file has its lifetime. */
export const fileLeaseVariables = (text: string): Environment => ({
  DHCP_LEASE: leaseLine(text),
  ...networkdLease4('', text).map(leaseVariables)[0],
});

/**
 * The environment of an event's scripts: PATH, EVENT, EVENT_ID, the link, all its states under their own names and
 * which of them CHANGED, and `more` (DHCP_LEASE, JSON, …). What cannot be a variable is left out with a fault; the
 * scripts run without it.
 */
export const environmentOf = (step: Step, more: Environment): Environments => {
  const { id, event } = step;
  const faults: Fault[] = [];
  const leaveOut = (name: string, why: string): void => {
    faults.push(leftOut(name, why));
  };
  const properties = Object.entries(statesOf(step)).filter(([name]) => {
    if (propertyName.test(name)) return true;
    leaveOut(name, 'a property is named in letters and digits, like OperationalState');
    return false;
  });
  const ours = {
    PATH: systemPath,
    EVENT: event.kind,
    EVENT_ID: String(id),
    ...changedNames(event),
    ...eventVariables(event),
    ...more,
  };
  return { environment: fitted([...properties, ...Object.entries(ours)], leaveOut), faults };
};
