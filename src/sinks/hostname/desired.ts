import type { World } from '../../model/world.js';
import { hostName } from '../../world/leases/usable-values.js';

/** The host name of the lease that was bound first, among those with a valid one; undefined if none is wanted. */
export const wantedHostname = ({ config, leases: { bound } }: Pick<World, 'config' | 'leases'>): string | undefined => {
  if (config?.network.useHostname !== true) return undefined;
  for (const { origin, lease } of bound.values()) {
    const name = origin === 'dhclient' ? hostName(lease.hostname) : undefined;
    if (name !== undefined) return name;
  }
  return undefined;
};
