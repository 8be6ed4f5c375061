import { type LeaseAction, leaseActions } from '../../model/event.js';
import type { Oracle } from './oracle.js';
import { chosen, createClockDoubt, heldLease, valueOf } from './words.js';

const NOTE = '/leases.d/10-note';

const isEnd = (action: LeaseAction): boolean => ['expired', 'released', 'lost'].includes(action);

/**
 * **Leases are told from their beginning to their end.** To scripts each lease of a link is bound first, then renewed or changed, and it ends once; again
 * only with RERUN=1, or where what was told could not be written down. At rest the lease of dhclient's that is held is the one that
 * they were told of, and where there is none they know of none.
 */
export const leases: Oracle = {
  name: 'told leases',
  watch: ({ plan, host, daemon }, complain) => {
    if (!plan.scripts.includes('leases.d/10-note')) return {};
    const isClient = /Generator="[^"]*dhclient/.test(plan.config);
    const isDebounced = (valueOf(plan, 'DebounceSec') ?? '0') !== '0';
    /** by ifindex and family: does it have a lease, as far as scripts know? */
    const told = new Map<string, boolean>();
    const addresses = new Map<string, string>();
    const doubt = createClockDoubt();
    /** What the last run has told is not known for sure: it was not written down. */
    let isUnwritten = false;
    let isBlurred = true;
    let wasCleared = false;
    const hear = (key: string, action: LeaseAction, address: string, isRerun: boolean): void => {
      addresses.set(key, address);
      const had = told.get(key);
      const isOver = isEnd(action);
      told.set(key, !isOver);
      if (isRerun || isBlurred || had === undefined) return;
      if (action === 'bound' && had && !isDebounced) complain(`the lease of link ${key} was bound twice`);
      if (action !== 'bound' && !had) complain(`the lease of link ${key} is ${action}, and scripts were told of none`);
    };
    return {
      see: happening => {
        doubt.see(happening);
        if (happening.kind === 'fault' && happening.what.startsWith('state ')) isUnwritten = true;
        if (happening.kind === 'daemon' && happening.is === 'started') {
          isBlurred = isUnwritten;
          if (isUnwritten) told.clear(); // it may have been written down later, or not
          wasCleared ||= isUnwritten;
          isUnwritten = false;
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
              true,
            );
        }
        if (happening.kind !== 'run' || happening.env.EVENT !== 'lease') return;
        if (!happening.path.endsWith(NOTE)) return;
        const { ACTION = '', LINKINDEX = '', FAMILY = '', RERUN, DHCP_ADDRESS = '' } = happening.env;
        const action = leaseActions.find(word => word === ACTION);
        if (action === undefined) complain(`leases.d was run with ACTION=${ACTION}`);
        else hear(`${LINKINDEX} ${FAMILY}`, action, DHCP_ADDRESS, RERUN === '1');
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
