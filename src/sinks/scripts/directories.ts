import type { LeaseEvent, NetworkEvent } from '../../model/event.js';
import { fault, type Fault } from '../../model/fault.js';
import { choosing } from '../../model/script-directories.js';
import type { States } from '../../model/states.js';

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
