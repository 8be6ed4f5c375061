import { rootOnly } from '../../config/trust.js';
import { isOwnTree } from '../../config/tree-keys.js';
import type { Config, Tree } from '../../model/config.js';
import { onceFor } from '../../model/values/once-for.js';
import type { Step } from '../../model/world.js';
import type { Listing } from '../../system/files/files.js';
import { isOfLinks } from '../../world/chosen-links.js';
import { layersOf } from './layers.js';
import type { Run, Style } from './styles/style.js';
import { styles } from './styles/styles.js';

const plain: Tree = {
  path: [],
  style: 'network-broker',
  user: undefined,
  timeoutSec: undefined,
  links: undefined,
  startup: true,
  directories: [],
};

const all = ({ trees = [] }: Partial<Pick<Config, 'trees'>>, scriptDir: string): readonly Tree[] => [
  { ...(trees.findLast(isOwnTree) ?? plain), path: layersOf(scriptDir) },
  ...trees
    .filter(tree => !isOwnTree(tree))
    .map(tree => (tree.path.length > 0 ? tree : { ...tree, path: styles[tree.style].paths })),
];
const ofConfig = onceFor(all);

/** The trees in force: the daemon's own, then those of the tables `[[Tree]]`, all with the paths that they are read from. */
export const treesOf = (config: Config | undefined, scriptDir: string): readonly Tree[] =>
  ofConfig(config ?? noConfig, scriptDir);
const noConfig = {};

/** A directory of a tree, in each of its paths. */
export interface TreeDirectories {
  readonly tree: Tree;
  readonly run: Run;
  /** absolute, the first precedes */
  readonly layers: readonly string[];
}

export const directoriesIn = (tree: Tree, run: Run): TreeDirectories => ({ tree, run, layers: layersIn(tree, run) });
const layersIn = ({ path }: Tree, { directory }: Run): readonly string[] =>
  directory === '' ? path : path.map(each => `${each}/${directory}`);

/** These directories of a tree, of all that an event can choose unless told which. */
export const allIn = (tree: Tree, names = styles[tree.style].directories): readonly TreeDirectories[] =>
  names.map(directory => directoriesIn(tree, { directory, args: [] }));

/** Whose directory this path is, and which; undefined: no tree's. */
export const treeOf = (
  trees: readonly Tree[],
  path: string,
): { readonly tree: Tree; readonly directory: string } | undefined => {
  for (const tree of trees)
    for (const root of tree.path) {
      if (path === root) return { tree, directory: '' };
      if (path.startsWith(`${root}/`)) return { tree, directory: path.slice(root.length + 1) };
    }
  return undefined;
};

const settingsOf = ({ directories }: Tree, run: Run) => directories.find(({ name }) => name === run.directory);

/** Seconds that a script of this directory may take; undefined: what `[Scripts] TimeoutSec` says. */
export const timeoutOf = (tree: Tree, run: Run): number | undefined =>
  settingsOf(tree, run)?.timeoutSec ?? tree.timeoutSec;

/** What a tree's style makes of an event. */
type RunsIn = (tree: Tree) => Style['runsOf'];
const fresh: RunsIn = ({ style }) => styles[style].runsOf;

/** What each tree's style makes of one event after the other. */
export const rememberingRuns = (): RunsIn => {
  const known = new Map<string, Style['runsOf']>();
  return tree => {
    const { createRunsOf } = styles[tree.style];
    if (createRunsOf === undefined) return fresh(tree);
    const key = JSON.stringify([tree.path, tree.links]); // it outlives a reload
    const runsOf = known.get(key) ?? createRunsOf();
    known.set(key, runsOf);
    return runsOf;
  };
};

/** The directories whose scripts an event runs, in their order. */
export const chosenBy = (step: Step, scriptDir: string, runsIn = fresh): readonly TreeDirectories[] => {
  const isFor = (links: Tree['links']): boolean => links === undefined || isOfLinks(step, links);
  return treesOf(step.world.config, scriptDir).flatMap(tree =>
    isFor(tree.links)
      ? runsIn(tree)(step, tree)
          .filter(run => isFor(settingsOf(tree, run)?.links))
          .map(run => directoriesIn(tree, run))
      : [],
  );
};

/** With what was found in each of its `layers`. */
export type Listed<T> = T & { readonly listings: readonly Listing[] };

/** What was listed in each of these directories, of all `layers` together. */
export const listedIn = <T extends Pick<TreeDirectories, 'layers'>>(
  directories: readonly T[],
  listings: readonly Listing[],
): readonly Listed<T>[] => {
  let from = 0;
  return directories.map(each => {
    const to = from + each.layers.length;
    const listed = { ...each, listings: listings.slice(from, to) };
    from = to;
    return listed;
  });
};

/** Whose files may be executed, as whom `owners` are asked for. */
export const ownersFor = ({ user }: Tree, owners: readonly number[]): readonly number[] =>
  user === 'root' ? rootOnly : owners;
