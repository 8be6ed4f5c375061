import { askedPolicy, OURS, routeText, ruleText } from './asked-policy.js';
import type { Oracle } from './oracle.js';
import { createClockDoubt, heldLease } from './words.js';

/** So long what somebody undid may wait until it is put back: five minutes, and then some. Milliseconds. */
const PATIENCE_MS = 700_000;

const differences = (what: string, expected: readonly string[], found: readonly string[]): readonly string[] => [
  ...[...new Set(expected)].filter(one => !found.includes(one)).map(one => `missing ${what} ${one}`),
  ...found.filter(one => !expected.includes(one)).map(one => `${what} that nobody asks for: ${one}`),
  ...found.filter((one, nth) => found.indexOf(one) !== nth).map(one => `${what} twice: ${one}`),
];

/**
 * **Rules and routes are what the document asks for, and nothing else is touched.** At rest the kernel has, with our mark, exactly the
 * rules and routes that the links, addresses, routes and leases call for. At no moment is anything of anybody else's
 * changed or deleted.
 */
export const policy: Oracle = {
  name: 'policy rules',
  watch: (scene, complain) => {
    const { host, daemon } = scene;
    let undone = -PATIENCE_MS;
    const doubt = createClockDoubt();
    return {
      see: happening => {
        doubt.see(happening);
        if (happening.kind === 'change') {
          const { action, object } = happening.change;
          if (object.kind === 'address' || object.protocol !== OURS)
            complain(`${action} of what is not ours: ${JSON.stringify(object)}`);
        }
        if (happening.kind === 'outcome' && happening.outcome.kind === 'fault')
          if (happening.outcome.code === 'policy-undone' || happening.outcome.code === 'policy-failed')
            undone = happening.at;
      },
      quiet: () => {
        if (!daemon.isRunning() || host.time.now() - undone < PATIENCE_MS) return;
        // While networkd is gone nobody knows what has become of its leases.
        if (!host.networkd.isRunning() || heldLease(host) === 'unsure' || doubt.isIn(host.time.now())) return;
        const { rules, routes } = askedPolicy(scene);
        const ours = <T extends { readonly protocol?: number | undefined }>(all: readonly T[]): readonly T[] =>
          all.filter(({ protocol }) => protocol === OURS);
        const faults = [
          ...differences('rule', rules, ours(host.kernel.rules()).map(ruleText)),
          ...differences('route', routes, ours(host.kernel.routes()).map(routeText)),
        ];
        if (faults.length > 0) complain(faults.join('; '));
      },
    };
  },
};
