import { basename } from 'node:path';
import { map, mergeMap } from 'rxjs';
import { nearest } from '../../config/nearest.js';
import { allDirectories } from '../../model/script-directories.js';
import { scriptsIn } from '../../sinks/scripts/judge.js';
import { byName, inLayers, layersOf } from '../../sinks/scripts/layers.js';
import { createFiles, type Files, type Listing } from '../../system/files/files.js';
import type { Check, Finding } from './finding.js';
import { found, ok, warn } from './finding.js';

const about = 'scripts';

/** Directories that tell of what scripts are most likely to change. */
const kernelDirectories = ['addresses.d', 'links.d', 'routes.d'];

/** Nobody can see from outside whether a script does so. */
const selfTriggered = (used: readonly string[]): readonly Finding[] => {
  const names = kernelDirectories.filter(name => used.includes(name));
  const what = names.map(name => name.replace('.d', '')).join(', ');
  const message = `a script of ${names.join(', ')} that changes ${what} triggers itself: make it check before it acts`;
  return names.length === 0 ? [] : [ok(about, message)];
};

/** Directories beside ours that nothing runs: a typing error, mostly. `ours` hold no scripts either. */
const ofNoEvent = (root: Listing, ours: readonly string[]): readonly Finding[] =>
  root.entries
    .filter(({ name, end }) => end?.kind === 'directory' && name.endsWith('.d'))
    .filter(({ name }) => !allDirectories.includes(name) && !ours.includes(name))
    .map(({ name }) => {
      const meant = nearest(name, allDirectories);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      return warn(about, `${root.directory}/${name}: no event runs its scripts${hint}`);
    });

/** Which scripts would run, and why others would not. */
export const scriptDirectories =
  (files: Files = createFiles()): Check =>
  ({ options }) => {
    const root = options.scriptDirectory;
    const trees = layersOf(root);
    return files.list([...trees, ...inLayers(root, allDirectories)]).pipe(
      map((listings): readonly Finding[] => {
        const isThere = ({ way }: Listing): boolean => way.end !== undefined;
        const there = listings.slice(0, trees.length).filter(isThere);
        if (there.length === 0) return [warn(about, `${root} does not exist: no scripts will run`)];
        const present = listings.slice(trees.length).filter(isThere);
        const judged = byName(present).map(layers => ({
          name: basename(layers[0].directory),
          ...scriptsIn(layers, files.owners),
        }));
        const used = judged.filter(({ paths }) => paths.length > 0).map(({ name }) => name);
        const paths = judged.flatMap(each => each.paths);
        const faults = judged.flatMap(each => each.faults);
        const summary = `${there.map(({ directory }) => directory).join(', ')}: ${paths.length} scripts in ${present.length} directories`;
        const unused = there.flatMap(root => ofNoEvent(root, [`${basename(options.config)}.d`]));
        return [...faults.map(found(about)), ...unused, ok(about, summary), ...selfTriggered(used)];
      }),
      mergeMap(findings => findings),
    );
  };
