import { defer, ignoreElements, map, merge, Subject, tap } from 'rxjs';
import type { Stage } from '../model/flow.js';
import type { Step, World } from '../model/world.js';
import { emptyWorld } from '../world/advance.js';

/** So many of the newest steps are remembered: a stage may keep one for a while before it passes it on. */
const MAX_REMEMBERED_STEPS = 1024;

export interface PlayedStage {
  readonly stage: Stage;
  /** Passes on what left the stages when the trace was recorded. False: nothing had come in yet, so it goes nowhere. */
  readonly pass: (step: Omit<Step, 'world'>) => boolean;
}

/** In place of the stages of extensions. What comes in only lends its World to what is passed on. */
export const createPlayedStage = (): PlayedStage => {
  const passed$ = new Subject<Omit<Step, 'world'>>();
  const worlds = new Map<number, World>();
  let newest = emptyWorld;
  const remember = ({ id, world }: Step): void => {
    newest = world;
    worlds.delete(id);
    worlds.set(id, world);
    for (const oldest of worlds.keys()) {
      if (worlds.size <= MAX_REMEMBERED_STEPS) break;
      worlds.delete(oldest);
    }
  };
  return {
    stage: step$ =>
      defer(() =>
        merge(
          step$.pipe(tap(remember), ignoreElements()),
          passed$.pipe(map(step => ({ ...step, world: worlds.get(step.id) ?? newest }))),
        ),
      ),
    pass: step => {
      passed$.next(step);
      return passed$.observed;
    },
  };
};
