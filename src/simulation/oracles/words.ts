import { globOf } from '../../model/glob.js';
import type { Plan } from '../plan.js';

/** The value of a key in the configuration of a plan. */
export const valueOf = ({ config }: Pick<Plan, 'config'>, key: string): string | undefined =>
  new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(config)?.[1];

/** Does `Links=`, or another key of patterns, choose a link of this name? All but lo, where it is not set. */
export const chosen = (plan: Pick<Plan, 'config'>, name = '', key = 'Links'): boolean => {
  const patterns = valueOf(plan, key)?.split(' ');
  if (patterns === undefined) return key === 'Links' && name !== 'lo';
  return patterns.some(pattern => globOf(pattern)(name));
};
