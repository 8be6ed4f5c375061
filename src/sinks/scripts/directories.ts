import type { LeaseEvent, NetworkEvent } from '../../model/event.js';
import { fault, type Fault } from '../../model/fault.js';
import type { AdministrativeState, CarrierState, OnlineState, OperationalState, States } from '../../model/states.js';

/** The directories that packages create; those of other states are created by whoever needs them. */
export const standardDirectories: readonly string[] = [
  'addresses.d',
  'carrier.d',
  'configured.d',
  'degraded.d',
  'leases.d',
  'links.d',
  'manager.d',
  'no-carrier.d',
  'resume.d',
  'routable.d',
  'routes.d',
  'rules.d',
  'suspend.d',
];

const carrierStates: readonly CarrierState[] = [
  'off',
  'no-carrier',
  'dormant',
  'degraded-carrier',
  'carrier',
  'enslaved',
];
const operationalStates: readonly OperationalState[] = ['missing', ...carrierStates, 'degraded', 'routable'];
const onlineStates: readonly OnlineState[] = ['offline', 'partial', 'online'];
const administrativeStates: readonly AdministrativeState[] = [
  'pending',
  'initialized',
  'configuring',
  'configured',
  'failed',
  'unmanaged',
  'linger',
];

/**
 * The properties that choose directories, in the order in which their directories run, with systemd-networkd's values
 * (networkctl(1); network-util.c and networkd-link.c of systemd). A state from the bus becomes part of a path only if
 * it is listed here. The address states are left out: they share words with operational states.
 */
export const choosing: ReadonlyMap<string, ReadonlySet<string>> = new Map<string, ReadonlySet<string>>([
  ['CarrierState', new Set(carrierStates)],
  ['OperationalState', new Set(operationalStates)],
  ['OnlineState', new Set(onlineStates)],
  ['AdministrativeState', new Set(administrativeStates)],
]);

/** Every value that a state of a link can have, each once. */
export const stateWords: readonly string[] = [...new Set([...choosing.values()].flatMap(values => [...values]))];

/** Every directory that an event can choose. */
export const allDirectories: readonly string[] = [
  ...new Set([...standardDirectories, ...stateWords.map(word => `${word}.d`)]),
];

export interface Directories {
  /** names below the script directory, each once */
  readonly directories: readonly string[];
  readonly faults: readonly Fault[];
}

const chosenBy = (changed: States): Directories => {
  const directories: string[] = [];
  const faults: Fault[] = [];
  for (const [property, values] of choosing) {
    const value = changed[property];
    // Empty: the state does not apply to the link.
    if (value === undefined || value === '') continue;
    if (values.has(value)) {
      const directory = `${value}.d`;
      if (!directories.includes(directory)) directories.push(directory);
    } else
      faults.push(
        fault(
          'state-unknown',
          `${property} is ${JSON.stringify(value)}, expected one of ${[...values].join(', ')}: no scripts run for it`,
        ),
      );
  }
  return { directories, faults };
};

/** With dhclient, a lease makes a link routable; networkd reports that itself. */
const ofLease = ({ origin, action }: LeaseEvent, scriptsOnRenewal: boolean): readonly string[] => {
  const isNews = action === 'bound' || action === 'changed' || (action === 'renewed' && scriptsOnRenewal);
  return origin === 'dhclient' && isNews ? ['routable.d', 'leases.d'] : ['leases.d'];
};

/**
 * The directories that an event chooses, in the order in which they run.
 *
 * @param scriptsOnRenewal `Events.ScriptsOnRenewal`
 */
export const directoriesOf = (event: NetworkEvent, scriptsOnRenewal = false): Directories => {
  switch (event.kind) {
    case 'link-state':
      return chosenBy(event.changed);
    case 'manager-state':
      return { directories: ['manager.d'], faults: [] };
    case 'link':
      return { directories: ['links.d'], faults: [] };
    case 'address':
      return { directories: ['addresses.d'], faults: [] };
    case 'route':
      return { directories: ['routes.d'], faults: [] };
    case 'lease':
      return { directories: ofLease(event, scriptsOnRenewal), faults: [] };
    case 'rule':
      return { directories: ['rules.d'], faults: [] };
    case 'sleep':
      return { directories: [`${event.action}.d`], faults: [] };
    case 'extension':
      return { directories: [], faults: [] };
  }
};
