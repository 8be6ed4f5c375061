import { globOf } from '../../model/names/glob.js';
import type { Granted } from '../host/dhclient.js';
import type { Host } from '../host/host.js';
import type { Happening } from '../happening.js';
import type { Plan } from '../day-plan.js';

/** The value of a key in the configuration of a plan. */
export const valueOf = ({ config }: Pick<Plan, 'config'>, key: string): string | undefined =>
  new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(config)?.[1];

/** Does `Links=`, or another key of patterns, choose a link of this name? All but lo, where it is not set. */
export const chosen = (plan: Pick<Plan, 'config'>, name = '', key = 'Links'): boolean => {
  const patterns = valueOf(plan, key)?.split(' ');
  if (patterns === undefined) return key === 'Links' && name !== 'lo';
  return patterns.some(pattern => globOf(pattern)(name));
};

/** A lease of dhclient's that is held, and the link that it is on. */
export type Held = Granted & { readonly ifindex: number };

/**
 * The lease of dhclient's that is held: the newest of its file, if it is not over and its address is on the link that it names. `unsure`: an
 * older one is, too, which counts for as long as it was bound before (a link was renamed under dhclient).
 */
export const heldLease = ({ dhclient, kernel, wall }: Host): Held | 'unsure' | undefined => {
  const all = dhclient.recorded();
  const held = all
    .filter(({ expire }) => expire > wall())
    .flatMap(lease => {
      const link = kernel.links().find(({ name }) => name === lease.link);
      const isThere = kernel
        .addresses()
        .some(({ ifindex, address }) => ifindex === link?.ifindex && address === lease.address);
      return link !== undefined && isThere ? [{ ...lease, ifindex: link.ifindex }] : [];
    });
  const newest = held.find(({ address }) => address === all.at(-1)?.address);
  return held.length > (newest === undefined ? 0 : 1) ? 'unsure' : newest;
};

/** The clock is looked at so often when nobody says that it was set. Milliseconds. */
const CLOCK_MS = 3_600_000;

/** May the daemon not know what time it is? The clock was set, by a suspend say, and a signal was lost or the bus deaf about then. */
export const createClockDoubt = (): {
  readonly see: (happening: Happening) => void;
  readonly isIn: (at: number) => boolean;
} => {
  let set = -Infinity;
  let lost = -Infinity;
  let until = -Infinity;
  return {
    see: ({ at, ...happening }) => {
      const text = happening.kind === 'action' ? happening.text : happening.kind === 'fault' ? happening.what : '';
      if (/^(suspend|date) /.test(text)) set = at;
      if (/^(bus|signal lose)/.test(text)) lost = at;
      if (Math.abs(set - lost) < 60_000) until = Math.max(set, lost) + CLOCK_MS + 60_000;
    },
    isIn: at => at < until,
  };
};
