import { concat, defer, EMPTY, forkJoin, ignoreElements, map, type Observable, tap } from 'rxjs';
import type { Config, Tree } from '../../model/config.js';
import { fault, type Fault, type Report } from '../../model/fault.js';
import type { Step } from '../../model/world.js';
import { standardDirectories } from '../../model/script-directories.js';
import type { Files } from '../../system/files/files.js';
import { directoriesOf } from './directories.js';
import { scriptsIn } from './judge.js';
import type { Run } from './styles/style.js';
import { styles } from './styles/styles.js';
import { allIn, chosenBy, listedIn, ownersFor, rememberingRuns, type TreeDirectories, treesOf } from './trees.js';

/** Reports only what was not already wrong with a directory the last time. */
const onlyNew = (report: Report): ((of: () => string, faults: readonly Fault[]) => void) => {
  const known = new Map<string, ReadonlySet<string>>();
  return (of, faults) => {
    if (known.size === 0 && faults.length === 0) return;
    const directory = of();
    const before = known.get(directory);
    if (before === undefined && faults.length === 0) return;
    known.set(directory, new Set(faults.map(({ message }) => message)));
    faults.filter(({ message }) => !before?.has(message)).forEach(report);
  };
};

/** A script that runs. */
export interface Script {
  readonly path: string;
  readonly tree: Tree;
  readonly run: Run;
  /** it waits for no script before it, nor they for it */
  readonly atOnce?: true;
}

export interface ScriptFinder {
  /**
   * Creates the standard directories where permitted, names the missing ones in one warning, and reports already now
   * what would not run later.
   */
  readonly prepare: () => Observable<never>;
  /** Reports of the further trees of a configuration what would not run later, and those that do not exist. */
  readonly prepareTrees: (config: Config) => Observable<never>;
  /** The scripts of an event in the order in which they run; one value. */
  readonly scriptsOf: (step: Step) => Observable<readonly Script[]>;
}

const missing = ({ path, style }: Tree): Fault =>
  fault('tree-missing', `script tree ${path.join(':')} (${style}) does not exist: none of its scripts will run`);

/** Lists the directories at each event; a script that does not run is reported once, not at every event. */
export const createScriptFinder = (files: Files, scriptDir: string, report: Report): ScriptFinder => {
  const reportNew = onlyNew(report);
  const runsIn = rememberingRuns();
  const find = (directories: readonly TreeDirectories[]): Observable<readonly Script[]> =>
    // a defect in the listing is that of this one event
    defer(() => files.list(directories.flatMap(({ layers }) => layers))).pipe(
      map(all =>
        listedIn(directories, all).flatMap(({ tree, run, layers, listings }): readonly Script[] => {
          const { scripts, faults } = scriptsIn(listings, ownersFor(tree, files.owners), styles[tree.style].judge);
          reportNew(() => `${tree.style} ${tree.user ?? ''} ${layers.join(':')}`, faults);
          return scripts.map(({ path, atOnce }) => ({ path, tree, run, ...(atOnce && { atOnce }) }));
        }),
      ),
    );
  const makeDirectories = forkJoin(standardDirectories.map(name => files.ensureDirectory(`${scriptDir}/${name}`))).pipe(
    tap(areThere => {
      const absent = standardDirectories.filter((_, nth) => areThere[nth] !== true).join(', ');
      if (absent === '') return;
      const todo = 'create them, owned by root and with mode 0755, to run scripts from them';
      report(fault('directory-missing', `${scriptDir} lacks ${absent}: ${todo}`));
    }),
  );
  const prepareTree = (tree: Tree): Observable<unknown> =>
    concat(
      files.list(tree.path).pipe(
        tap(places => {
          const isThere = places.some(({ way }) => way.end !== undefined || way.error !== undefined);
          reportNew(() => `tree ${tree.path.join(':')}`, isThere ? [] : [missing(tree)]);
        }),
      ),
      find(allIn(tree)),
    );
  return {
    prepare: () => {
      const [own] = treesOf(undefined, scriptDir);
      return concat(makeDirectories, own === undefined ? EMPTY : find(allIn(own, standardDirectories))).pipe(
        ignoreElements(),
      );
    },
    prepareTrees: config => concat(...treesOf(config, scriptDir).slice(1).map(prepareTree)).pipe(ignoreElements()),
    scriptsOf: step => {
      directoriesOf(step.event).faults.forEach(report);
      return find(chosenBy(step, scriptDir, runsIn));
    },
  };
};
