import { lastValueFrom } from 'rxjs';
import { toError } from '../model/fault.js';
import { createFiles } from '../system/files/files.js';
import { createTrustedWays } from '../system/files/trusted-ways.js';
import { say } from '../system/say.js';
import { migration } from '../text/migration.js';
import { foreignTrees } from './migration/foreign-trees.js';

/** Prints what would become of other programs' scripts, as a drop-in of the configuration; 1 if it cannot be said. */
export const migrate = async (): Promise<number> => {
  const walk = createTrustedWays().walker();
  const isThere = (path: string): boolean => walk(path).end !== undefined;
  try {
    process.stdout.write(migration(await lastValueFrom(foreignTrees(createFiles(), isThere), { defaultValue: [] })));
    return 0;
  } catch (error) {
    say(toError(error).message);
    return 1;
  }
};
