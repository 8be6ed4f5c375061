import { EMPTY, Observable } from 'rxjs';
import type { ProcessEvent, Processes } from '../../system/processes/processes.js';
import type { Faults } from '../faults.js';
import type { Tell } from '../happening.js';
import type { Random } from '../random.js';
import type { Time } from '../time.js';

/** What a script is like, by a word in its name: `10-note`, `20-fail`, `30-slow`, `40-hang`. */
const isLike = (path: string, word: string): boolean => path.includes(`-${word}`);

/** So long what lacks is waited for (scarcity.ts), in milliseconds. */
const SCARCITY_MS = 30_000;

export interface Runs extends Processes {
  /** how many run now, or wait for what they need to start */
  readonly running: () => number;
}

/**
 * Scripts in virtual time. Most end within milliseconds; `fail` ends with a status, `slow` takes seconds, `hang` does not end and
 * does not listen to SIGTERM. `does` is called when one ends by itself: it may change the network.
 */
export const createRuns = (
  time: Time,
  random: Random,
  faults: Faults,
  tell: Tell,
  does: (path: string, env: Readonly<Record<string, string>>) => void,
): Runs => {
  const running = new Map<number, { readonly path: string; readonly end: (signal: string | null) => void }>();
  let waiting = 0;
  let lastPid = 1000;
  const takes = (path: string): number => {
    if (isLike(path, 'hang') && random.isOdds(0.1)) return Infinity;
    if (isLike(path, 'slow')) return random.within(500, 8000);
    return random.isOdds(0.02) ? random.within(100, 1000) : random.within(1, 20);
  };
  const run: Processes['run'] = ({ path, env }) =>
    new Observable<ProcessEvent>(out => {
      const start = (): (() => void) => {
        const pid = (lastPid += 1);
        const began = time.now();
        let isOver = false;
        const end = (signal: string | null): void => {
          if (isOver) return;
          isOver = true;
          running.delete(pid);
          tell({ kind: 'exit', pid, path, isKilled: signal !== null });
          if (signal === null) does(path, env);
          const code = signal === null ? (isLike(path, 'fail') ? 1 : 0) : null;
          out.next({ kind: 'exited', code, signal, duration: time.now() - began });
          out.complete();
        };
        running.set(pid, { path, end });
        tell({ kind: 'run', pid, path, env });
        out.next({ kind: 'started', pid });
        if (random.isOdds(0.1)) out.next({ kind: 'output', stream: 'stdout', line: 'something' });
        const duration = takes(path);
        if (duration < Infinity) out.add(time.after(duration, () => end(null)));
        return () => {
          if (isOver) return;
          isOver = true;
          running.delete(pid);
          tell({ kind: 'exit', pid, path, isKilled: true });
        };
      };
      const why = faults.take('spawn');
      if (why === 'EMFILE' || why === 'ENOMEM' || why === 'EAGAIN') {
        // What lacks may be there again: `outlasting`.
        const isOver = random.isOdds(0.5);
        waiting += 1;
        out.add(() => (waiting -= 1));
        out.add(
          time.after(isOver ? random.within(50, 5000) : SCARCITY_MS, () => {
            if (!isOver) {
              out.next({ kind: 'failed', error: `too little (${why})` });
              out.complete();
            } else out.add(start());
          }),
        );
        return;
      }
      if (why !== undefined) {
        out.next({ kind: 'failed', error: why });
        out.complete();
        return;
      }
      out.add(start());
    });
  return {
    run,
    signal: (group, name) => {
      const found = running.get(group);
      if (found === undefined || (name === 'SIGTERM' && isLike(found.path, 'hang'))) return;
      time.after(1, () => found.end(name));
    },
    warmUp: () => EMPTY,
    running: () => running.size + waiting,
  };
};
