import { concat, defer, forkJoin, ignoreElements, map, type Observable, tap } from 'rxjs';
import { fault, type Fault, type Report } from '../../model/fault.js';
import type { Step } from '../../model/world.js';
import { standardDirectories } from '../../model/script-directories.js';
import { directoriesOf } from './directories.js';
import { scriptsIn } from './judge.js';
import { byName, inLayers } from './layers.js';
import type { Files } from '../../system/files/files.js';

/** Reports only what was not already wrong with a directory the last time. */
const onlyNew = (report: Report): ((directory: string, faults: readonly Fault[]) => void) => {
  const known = new Map<string, ReadonlySet<string>>();
  return (directory, faults) => {
    const before = known.get(directory);
    if (before === undefined && faults.length === 0) return;
    known.set(directory, new Set(faults.map(({ message }) => message)));
    faults.filter(({ message }) => !before?.has(message)).forEach(report);
  };
};

export interface ScriptFinder {
  /**
   * Creates the standard directories where permitted, names the missing ones in one warning, and reports already now
   * what would not run later.
   */
  readonly prepare: () => Observable<never>;
  /** The scripts of an event, as paths in the order in which they run; one value. */
  readonly scriptsOf: (step: Step) => Observable<readonly string[]>;
}

/** Lists the directories at each event; a script that does not run is reported once, not at every event. */
export const createScriptFinder = (files: Files, scriptDir: string, report: Report): ScriptFinder => {
  const reportNew = onlyNew(report);
  const find = (directories: readonly string[]): Observable<readonly string[]> =>
    // a defect in the listing is that of this one event
    defer(() => files.list(inLayers(scriptDir, directories))).pipe(
      map(listings =>
        byName(listings).flatMap(layers => {
          const { paths, faults } = scriptsIn(layers, files.owners);
          reportNew(layers[0].directory, faults);
          return paths;
        }),
      ),
    );
  const makeDirectories = forkJoin(standardDirectories.map(name => files.ensureDirectory(`${scriptDir}/${name}`))).pipe(
    tap(areThere => {
      const missing = standardDirectories.filter((_, nth) => areThere[nth] !== true).join(', ');
      if (missing === '') return;
      const todo = 'create them, owned by root and with mode 0755, to run scripts from them';
      report(fault('directory-missing', `${scriptDir} lacks ${missing}: ${todo}`));
    }),
  );
  return {
    prepare: () => concat(makeDirectories, find(standardDirectories)).pipe(ignoreElements()),
    scriptsOf: ({ event, world }) => {
      const { directories, faults } = directoriesOf(event, world.config?.events.scriptsOnRenewal);
      faults.forEach(report);
      return find(directories);
    },
  };
};
