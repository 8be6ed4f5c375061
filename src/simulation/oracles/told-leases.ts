import { type LeaseAction, leaseActions } from '../../model/event.js';
import { createForgotten } from './forgotten.js';
import type { Oracle } from './oracle.js';
import { chosen, createClockDoubt, heldLease } from './words.js';

const NOTE = '/leases.d/10-note';

const isEnd = (action: LeaseAction): boolean => ['expired', 'released', 'lost'].includes(action);

/**
 * **Leases are told from their beginning to their end.** To scripts each lease of a link is bound first, then renewed or changed, and it ends once; again
 * only with RERUN=1, or where what was told could not be written down. One that is bound while another is known says which (OLD_DHCP_LEASE). At rest the lease of dhclient's that is held is the one that
 * they were told of, and where there is none they know of none.
 */
export const leases: Oracle = {
  name: 'told leases',
  watch: ({ plan, host, daemon }, complain) => {
    if (!plan.scripts.includes('leases.d/10-note')) return {};
    const isClient = /Generator="[^"]*dhclient/.test(plan.config);
    /** by ifindex and family: does it have a lease, as far as scripts know? */
    const told = new Map<string, boolean>();
    const addresses = new Map<string, string>();
    const doubt = createClockDoubt();
    const forgotten = createForgotten();
    let isBlurred = true;
    let wasCleared = false;
    const hear = (key: string, action: LeaseAction, address: string, isJudged: boolean): void => {
      addresses.set(key, address);
      const had = told.get(key);
      const isOver = isEnd(action);
      told.set(key, !isOver);
      if (!isJudged || isBlurred || had === undefined) return;
      if (action === 'bound' && had) complain(`the lease of link ${key} was bound twice`);
      if (action !== 'bound' && !had) complain(`the lease of link ${key} is ${action}, and scripts were told of none`);
    };
    return {
      see: happening => {
        doubt.see(happening);
        const isForgotten = forgotten.see(happening);
        if (happening.kind === 'daemon' && happening.is === 'started') {
          isBlurred = isForgotten;
          if (isForgotten) told.clear();
          wasCleared ||= isForgotten;
        }
        if (happening.kind === 'kernel' && happening.object.kind === 'link' && happening.is === 'delete')
          for (const key of told.keys()) if (key.startsWith(`${happening.object.ifindex} `)) told.delete(key);
        if (happening.kind === 'outcome' && happening.outcome.kind === 'script-ran') {
          const { error, script, step } = happening.outcome;
          if (error !== undefined && script.endsWith(NOTE) && step.event.kind === 'lease')
            hear(
              `${step.event.ifindex} ${step.event.lease.family}`,
              step.event.action,
              step.event.lease.addresses.join(' '),
              false,
            );
        }
        if (happening.kind !== 'run' || happening.env.EVENT !== 'lease') return;
        if (!happening.path.endsWith(NOTE)) return;
        const { ACTION = '', LINKINDEX = '', FAMILY = '', RERUN, DHCP_ADDRESS = '', OLD_DHCP_LEASE } = happening.env;
        const action = leaseActions.find(word => word === ACTION);
        if (action === undefined) complain(`leases.d was run with ACTION=${ACTION}`);
        // One that says what it takes the place of is bound whether they know that this went or not.
        else {
          const isInstead = action === 'bound' && OLD_DHCP_LEASE !== undefined;
          hear(`${LINKINDEX} ${FAMILY}`, action, DHCP_ADDRESS, RERUN !== '1' && !isInstead);
        }
      },
      quiet: () => {
        if (!daemon.isRunning()) return;
        isBlurred = false;
        const held = heldLease(host);
        if (!isClient || held === 'unsure' || doubt.isIn(host.time.now())) return;
        for (const { ifindex, name } of host.kernel.links()) {
          if (name !== 'eth2' || !chosen(plan, name)) continue;
          const key = `${ifindex} ipv4`;
          const isHeld = held?.ifindex === ifindex;
          if (wasCleared && !told.has(key)) continue;
          if ((told.get(key) ?? false) !== isHeld)
            complain(
              `link ${ifindex} has ${held?.address ?? 'no lease'}; scripts were told ${isHeld ? 'of none' : `of ${addresses.get(key) ?? 'one'}`}`,
            );
          else if (isHeld && addresses.get(key) !== held.address)
            complain(`link ${ifindex} has ${held.address}, scripts were told of ${addresses.get(key) ?? 'none'}`);
        }
      },
    };
  },
};
