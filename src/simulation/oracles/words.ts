import { globOf } from '../../model/glob.js';
import type { Granted } from '../host/dhclient.js';
import type { Host } from '../host/host.js';
import type { Plan } from '../plan.js';

/** The value of a key in the configuration of a plan. */
export const valueOf = ({ config }: Pick<Plan, 'config'>, key: string): string | undefined =>
  new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(config)?.[1];

/** Does `Links=`, or another key of patterns, choose a link of this name? All but lo, where it is not set. */
export const chosen = (plan: Pick<Plan, 'config'>, name = '', key = 'Links'): boolean => {
  const patterns = valueOf(plan, key)?.split(' ');
  if (patterns === undefined) return key === 'Links' && name !== 'lo';
  return patterns.some(pattern => globOf(pattern)(name));
};

/** The lease of dhclient's that is held: the newest of its file that is not over, and whose address is on the link that it names. */
export const heldLease = ({ dhclient, kernel, wall }: Host): (Granted & { readonly ifindex: number }) | undefined =>
  dhclient
    .recorded()
    .filter(({ expire }) => expire > wall())
    .flatMap(lease => {
      const link = kernel.links().find(({ name }) => name === lease.link);
      const isThere = kernel
        .addresses()
        .some(({ ifindex, address }) => ifindex === link?.ifindex && address === lease.address);
      return link !== undefined && isThere ? [{ ...lease, ifindex: link.ifindex }] : [];
    })
    .at(-1);
