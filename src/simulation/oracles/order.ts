import type { Oracle } from './oracle.js';
import { valueOf } from './words.js';

/** Those that run for long hold no slot: so many at most (with-slot.ts). */
const LONG_RUNS = 8;
/** So long after what lacked a script may have waited for it, and run. Milliseconds. */
const SCARCITY_MS = 60_000;

/**
 * **One script of a link at a time, and few at once.** The scripts of a link follow one another, events in the order of their ids, directories
 * and names in theirs; no more run at once than MaxParallel=, but for those that run for longer than 5 s.
 */
export const order: Oracle = {
  name: 'order of scripts',
  watch: ({ daemon }, complain) => {
    const running = new Map<number, { readonly lane: string; readonly since: number }>();
    /** What could not be started holds its slot while it waits, and for no longer than any other (with-slot.ts). */
    let scarce = -SCARCITY_MS;
    const last = new Map<string, { readonly id: number; readonly path: string }>();
    return {
      see: happening => {
        if (happening.kind === 'daemon' && happening.is === 'started') last.clear();
        if (happening.kind === 'fault' && happening.what.startsWith('spawn ')) scarce = happening.at;
        if (happening.kind === 'exit') running.delete(happening.pid);
        if (happening.kind !== 'run') return;
        const { at, pid, path, env } = happening;
        const lane =
          env.EVENT === 'manager-state' ? 'manager' : env.EVENT === 'sleep' ? 'sleep' : `link ${env.LINKINDEX ?? ''}`;
        const others = [...running.values()];
        if (others.some(other => other.lane === lane)) complain(`${path} runs while another script of ${lane} does`);
        running.set(pid, { lane, since: at });
        const slots = Number(valueOf({ config: daemon.config() }, 'MaxParallel') ?? 8);
        const short = others.filter(({ since }) => at - since < 5000).length;
        const isFull = short >= slots + LONG_RUNS || (short >= slots && short === others.length);
        if (isFull && at - scarce > SCARCITY_MS)
          complain(`${others.length + 1} scripts run at once, MaxParallel is ${slots}`);
        const id = Number(env.EVENT_ID);
        const row = `${lane} ${env.EVENT ?? ''}`; // states wait for DebounceSec=, routes for those that follow
        const before = last.get(row);
        if (before !== undefined && id < before.id)
          complain(`${path} of event ${id} runs after event ${before.id} of ${lane}`);
        const [directory, name] = path.split('/').slice(-2);
        const [otherDirectory, otherName = ''] = (before?.path ?? '').split('/').slice(-2);
        if (before?.id === id && directory === otherDirectory && (name ?? '') <= otherName)
          complain(`${path} runs after ${before.path} of the same event`);
        last.set(row, { id, path });
      },
    };
  },
};
