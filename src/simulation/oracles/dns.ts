import { createForgotten } from './forgotten.js';
import type { Oracle } from './oracle.js';
import { createClockDoubt, heldLease, valueOf } from './words.js';

/** So long at most what was refused waits until it is tried again: five minutes, and then some. Milliseconds. */
const PATIENCE_MS = 320_000;

const isSet = (config: string, key: string): boolean => valueOf({ config }, key) === 'true';

/**
 * **DNS and host name are the lease's.** At rest resolved has, for the link of dhclient's lease, its servers (UseDNS=) and domains (UseDomain=),
 * for no other link anything; and the host has the lease's name (UseHostname=), or none of ours. What a run
 * has set that could not write it down, and was killed, stays: nobody knows of it.
 */
export const dns: Oracle = {
  name: 'DNS and host name',
  watch: ({ host, daemon }, complain) => {
    const names = new Set<string>();
    let other: string | undefined;
    const doubt = createClockDoubt();
    const forgotten = createForgotten();
    let isForgotten = false;
    let refused = -PATIENCE_MS;
    return {
      see: happening => {
        doubt.see(happening);
        isForgotten = forgotten.see(happening) || isForgotten;
        if (happening.kind === 'outcome' && happening.outcome.kind === 'fault')
          if (['dns-refused', 'hostname-refused'].includes(happening.outcome.code)) refused = happening.at;
        if (happening.kind === 'action' && happening.text.startsWith('hostname ')) other = happening.text.slice(9);
      },
      quiet: () => {
        if (isForgotten || host.time.now() - refused < PATIENCE_MS) return;
        if (!daemon.isRunning() || doubt.isIn(host.time.now())) return;
        const config = daemon.config();
        const isClient = /Generator="[^"]*dhclient/.test(config);
        const lease = isClient ? heldLease(host) : undefined;
        if (lease === 'unsure') return;
        const servers = isSet(config, 'UseDNS') ? (lease?.dns ?? []) : [];
        const domains = isSet(config, 'UseDomain') && lease !== undefined ? [lease.domain] : [];
        const expected =
          lease === undefined || servers.length + domains.length === 0
            ? ''
            : `${lease.ifindex}: ${[...servers, ...domains].join(' ')}`;
        const found = [...host.resolved.settings()]
          .map(([ifindex, set]) => `${ifindex}: ${[...set.servers, ...set.domains].join(' ')}`)
          .join('; ');
        if (found !== expected && host.bus.ownerOf('org.freedesktop.resolve1') !== undefined)
          complain(`resolved has ${found || 'nothing'}, expected ${expected || 'nothing'}`);
        const wanted = isSet(config, 'UseHostname') ? lease?.hostname : undefined;
        if (lease !== undefined) names.add(lease.hostname);
        const name = host.hostnamed.name();
        if (wanted !== undefined && name !== wanted && name !== other)
          complain(`the host is called ${name}, expected ${wanted}`);
        if (wanted === undefined && names.has(name)) complain(`the host is still called ${name}`);
      },
    };
  },
};
