import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { distrustAsked } from '../extensions/module-trust.js';
import { hookModules, type Judge } from '../system/module-hooks.js';
import { createTrustedWays } from '../system/files/trusted-ways.js';

/**
 * Judges what modules load, and throws if they must not. What the program itself loads is exempt.
 *
 * @param program the path of its file
 */
export const createJudge = (program: string): Judge => {
  const { owners, walker } = createTrustedWays();
  return asked => {
    const why = asked.by === program ? undefined : distrustAsked(asked, walker(), owners);
    if (why !== undefined) throw new Error(why);
  };
};

let isHooked = false;

/** In a removed working directory, Node 20's module thread dies silently and is waited for for ever. */
const leaveWhatIsGone = (): void => {
  try {
    process.cwd();
  } catch {
    process.chdir('/');
  }
};

/** From now on, every module that a module loads is judged like a script, also if it is loaded later. */
export const judgeModules = (): void => {
  if (isHooked) return;
  const program = realpathSync(process.argv[1] ?? '');
  leaveWhatIsGone();
  hookModules(createJudge(program), join(dirname(program), 'module-hooks.cjs'), program);
  isHooked = true;
};
