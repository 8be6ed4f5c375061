// Runs in Node 20's thread that resolves modules, see src/system/module-hooks.ts.
import { type Judge, judged, type ResolveHook } from '../system/module-hooks.js';
import { createJudge } from './judge-modules.js';

let judge: Judge = () => {
  throw new Error('not initialized');
};

/** @param program the path of the program's own file */
export const initialize = (program: string): void => {
  judge = createJudge(program);
};

export const resolve: ResolveHook = async (specifier, context, next) =>
  judged(judge, specifier, context, await next(specifier, context));
