import type { Happening } from '../happening.js';
import { createExcuses } from './excuses.js';
import { explains } from './explains.js';
import type { Oracle } from './oracle.js';
import { type Account, createAccounts } from './told-accounts.js';
import { createTruth, generatorsOf, type Span } from './truth.js';

/**
 * **States are told as they were.** For each state of each chosen link there is an account of what scripts were told: values that it had,
 * in their order, each once; and left out is only what lasted no longer than DebounceSec, what was over before a daemon that had just
 * started (or lost the bus, or had been killed before its turn) could see it, and what has no script. So no script is told a state that
 * never was, none is told twice (but with RERUN=1, or because something was lost meanwhile), and the state at rest is always told.
 */
export const toldStates: Oracle = {
  name: 'told states',
  watch: (scene, complain) => {
    const { plan, host, daemon } = scene;
    const generators = generatorsOf(plan.config);
    if (!generators.networkd && !generators.kernel) return {};
    const truth = createTruth(host, generators);
    /** What only the kernel says, while networkd is there. */
    const other = createTruth(host, { ...generators, networkd: false });
    const accounts = createAccounts();
    const excuses = createExcuses(scene, generators);
    const judge = (ifindex: number, name: string, { told, last }: Account, spans: readonly Span[]): void => {
      const mayMiss = (span: Span): boolean => excuses.mayMiss(ifindex, name, span);
      if (explains(told, spans, last, mayMiss, excuses.mayRepeat(ifindex))) return;
      const was = spans.map(({ from, value }) => `${value} from ${from}`).join(', ');
      const said = told.map(({ at, value, isRerun }) => `${value} at ${at}${isRerun ? ' (again)' : ''}`).join(', ');
      const link = host.kernel.link(ifindex)?.name ?? 'gone';
      complain(`${name} of link ${ifindex} (${link}) was ${was}; scripts were told ${said || 'nothing'}`);
    };
    /**
     * While two tell of the same, what was told is one of the things that one of them said, or told again: networkd may go while it passes
     * through states that are no news, and what it said before is its last word.
     */
    const judgeBoth = (ifindex: number, name: string, { last, told }: Account, both: readonly Span[]): void => {
      const mayRepeat = excuses.mayRepeat(ifindex);
      for (const [nth, one] of told.entries()) {
        const isAgain = one.value === (told[nth - 1]?.value ?? last) && mayRepeat(one, told[nth - 1]);
        if (!isAgain && !both.some(({ from, value }) => value === one.value && from <= one.at))
          complain(`scripts were told that ${name} of link ${ifindex} is ${one.value} at ${one.at}, which nobody said`);
      }
    };
    return {
      see: (happening: Happening) => {
        for (const watcher of [truth, other, accounts, excuses]) watcher.see(happening);
      },
      quiet: () => {
        if (!excuses.isListening() || !daemon.isRunning()) return;
        for (const key of new Set([...truth.spans.keys(), ...accounts.keys()])) {
          const [ifindex = '0', name = ''] = key.split(' ');
          const spans = truth.spans.get(key) ?? [];
          if (excuses.isHandedOver())
            judgeBoth(Number(ifindex), name, accounts.of(key), [...spans, ...(other.spans.get(key) ?? [])]);
          else judge(Number(ifindex), name, accounts.of(key), spans);
        }
        for (const one of [truth, other, excuses]) one.forget();
        accounts.close(key => truth.spans.has(key));
      },
    };
  },
};
