import type { Plan } from './day-plan.js';

/** Does a plan still show what is looked for? */
export type Shows = (plan: Plan) => boolean;

/** Without each part of `list` that is not needed, in fewer and fewer at a time (Zeller, "ddmin"). */
const needed = <T>(list: readonly T[], shows: (rest: readonly T[]) => boolean): readonly T[] => {
  let rest = list;
  for (let size = Math.ceil(rest.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < rest.length;) {
      const fewer = [...rest.slice(0, at), ...rest.slice(at + size)];
      if (shows(fewer)) rest = fewer;
      else at += size;
    }
  }
  return rest;
};

/** The longest pause that says nothing, in milliseconds. */
const PAUSE_MS = 60_000;

/** The same, with pauses no longer than a minute. */
const hurried = (plan: Plan): Plan => {
  let shift = 0;
  let last = 0;
  const actions = plan.actions.map(action => {
    shift += Math.max(0, action.at - last - PAUSE_MS);
    last = action.at;
    return { ...action, at: action.at - shift };
  });
  return { ...plan, actions, length: plan.length - shift };
};

/**
 * The fewest actions, scripts and lines of configuration of a plan that still show it. Chance goes on as the seed has it, so what
 * an action meets may be otherwise once others are gone: each try is a run of its own.
 *
 * @param until milliseconds after which nothing is of interest: when it was seen
 */
export const shrink = (plan: Plan, until: number, shows: Shows): Plan => {
  let best: Plan = plan;
  const take = (other: Plan): boolean => {
    if (!shows(other)) return false;
    best = other;
    return true;
  };
  take({ ...best, length: until, actions: best.actions.filter(({ at }) => at <= until) });
  needed(best.actions, actions => take({ ...best, actions }));
  take(hurried(best));
  needed(best.scripts, scripts => take({ ...best, scripts }));
  for (const line of best.config.split('\n').filter(each => each.includes('=')))
    take({ ...best, config: best.config.replace(`${line}\n`, '') });
  needed(best.actions, actions => take({ ...best, actions }));
  return best;
};
