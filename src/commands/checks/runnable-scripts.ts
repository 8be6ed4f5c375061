import { basename } from 'node:path';
import { concat, map, mergeMap, type Observable } from 'rxjs';
import type { Tree } from '../../model/config.js';
import { nearest } from '../../config/nearest.js';
import { allDirectories } from '../../model/script-directories.js';
import { scriptsIn } from '../../sinks/scripts/judge.js';
import { styles } from '../../sinks/scripts/styles/styles.js';
import { allIn, listedIn, ownersFor, treesOf } from '../../sinks/scripts/trees.js';
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

/** What was probably meant by a name that nobody knows. */
const hint = (name: string, known: readonly string[]): string => {
  const meant = nearest(name, known);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
};

/** Directories beside ours that nothing runs: a typing error, mostly. `ours` hold no scripts either. */
const ofNoEvent = (root: Listing, ours: readonly string[]): readonly Finding[] =>
  root.entries
    .filter(({ name, end }) => end?.kind === 'directory' && name.endsWith('.d'))
    .filter(({ name }) => !allDirectories.includes(name) && !ours.includes(name))
    .map(({ name }) =>
      warn(about, `${root.directory}/${name}: no event runs its scripts${hint(name, allDirectories)}`),
    );

/** What a table says of a directory that no event chooses. */
const ofNoDirectory = ({ style, directories }: Tree): readonly Finding[] =>
  directories
    .filter(({ name }) => !styles[style].directories.includes(name))
    .map(({ name }) => {
      const meant = hint(name, styles[style].directories);
      return warn(about, `[Tree."${name}"]: no event runs the scripts of such a directory (${style})${meant}`);
    });

/** Which scripts would run, and why others would not. */
export const scriptDirectories =
  (files: Files = createFiles()): Check =>
  ({ config, options }) => {
    const ofTree = (tree: Tree, nth: number): Observable<readonly Finding[]> => {
      const { path, style } = tree;
      const directories = allIn(tree);
      return files.list([...path, ...directories.flatMap(({ layers }) => layers)]).pipe(
        map((listings): readonly Finding[] => {
          const isThere = ({ way }: Listing): boolean => way.end !== undefined;
          const there = listings.slice(0, path.length).filter(isThere);
          const title = nth === 0 ? '' : ` (${style}${tree.user === undefined ? '' : `, as ${tree.user}`})`;
          const known = ofNoDirectory(tree);
          if (there.length === 0) {
            const where = nth === 0 ? options.scriptDirectory : path.join(', ');
            return [...known, warn(about, `${where}${title} does not exist: no scripts will run`)];
          }
          const judged = listedIn(directories, listings.slice(path.length)).map(each => ({
            name: each.run.directory,
            ...scriptsIn(each.listings, ownersFor(tree, files.owners), styles[style].judge),
          }));
          const used = judged.filter(({ scripts }) => scripts.length > 0).map(({ name }) => name);
          const scripts = judged.flatMap(each => each.scripts);
          const faults = judged.flatMap(each => each.faults);
          const present = listings.slice(path.length).filter(isThere);
          const summary = `${there.map(({ directory }) => directory).join(', ')}${title}: ${scripts.length} scripts in ${present.length} directories`;
          const unused =
            style === 'network-broker' ? there.flatMap(root => ofNoEvent(root, [`${basename(options.config)}.d`])) : [];
          const own = style === 'network-broker' ? selfTriggered(used) : [];
          return [...known, ...faults.map(found(about)), ...unused, ok(about, summary), ...own];
        }),
      );
    };
    return concat(...treesOf(config, options.scriptDirectory).map(ofTree)).pipe(mergeMap(findings => findings));
  };
