import type { Tree, TreeDirectory } from '../model/config.js';
import { treeStyles } from '../model/config.js';
import type { Key } from './key.js';
import { linkPatterns } from './link-keys.js';
import { bool, type Kind, oneOf, seconds } from './value-kinds.js';

/** The empty string takes back what another table says. */
const orUnset = <T>({ expected, read }: Kind<T>): Kind<T | undefined> => ({
  expected,
  read: found => (found === '' ? { value: undefined } : read(found)),
});

const isPath = (word: unknown): word is string =>
  typeof word === 'string' && /^\/[^:\0]*[^/:\0]$/.test(word) && !/\/(\.{0,2})(\/|$)/.test(word);

/** As in PATH: names of directories with colons between them. */
const paths: Kind<readonly string[]> = {
  expected: 'absolute paths, without . and .., as a string separated by colons or an array of strings',
  read: found => {
    const read: unknown = typeof found === 'string' ? found.split(':').map(path => path.replace(/\/+$/, '')) : found;
    return Array.isArray(read) && read.length > 0 && read.every(isPath) ? { value: read } : undefined;
  },
};

/** What such a table is, for the manual. */
export const treeTables =
  "Each table `[[Tree]]` is a tree of script directories whose scripts run after those of the daemon's own tree, in the order of the tables. Its files are judged like all scripts: see the manual. " +
  "A table of the style `network-broker` without `Path` is about the daemon's own tree.";
export const directoryTables =
  'Such a table stands below the `[[Tree]]` that it belongs to, and is for one of its directories, such as `[Tree."routable.d"]`.';

/** Is such a table about the daemon's own tree? */
export const isOwnTree = ({ style, path }: Pick<Tree, 'style' | 'path'>): boolean =>
  style === 'network-broker' && path.length === 0;

/** The keys of a table `[[Tree]]`, as `schema` has those of sections. */
export const treeKeys = (read: <T>(key: Key<T>) => T): Omit<Tree, 'directories'> => ({
  path: read({
    section: 'Tree',
    name: 'Path',
    kind: paths,
    initial: [],
    unset: "where the style's own program looks; with the style `network-broker`, the daemon's own tree",
    brief: 'Where the directories are.',
    doc: 'Of several places the first precedes: a script replaces those of the same name in the places after it. What does not exist is empty.',
  }),
  style: read({
    section: 'Tree',
    name: 'Style',
    kind: oneOf(...treeStyles),
    initial: 'network-broker',
    unset: '`network-broker`',
    brief:
      'Which program the scripts were written for: it decides which of them run, with which variables and arguments.',
    doc: 'See [migrating.md](migrating.md) for what differs from the real programs.',
  }),
  user: read({
    section: 'Tree',
    name: 'User',
    kind: orUnset(oneOf('root')),
    initial: undefined,
    unset: "the daemon's own user",
    brief: 'Who runs the scripts.',
    doc: 'With `root` every file of the tree must belong to root, and `network-broker-root.socket` must be enabled. See [root.md](root.md).',
  }),
  timeoutSec: read({
    section: 'Tree',
    name: 'TimeoutSec',
    kind: orUnset(seconds),
    initial: undefined,
    unset: 'that of `[Scripts]`',
    brief: 'The time limit of each of its scripts, in seconds.',
    doc: 'As in `[Scripts]`.',
  }),
  links: read({
    section: 'Tree',
    name: 'Links',
    kind: linkPatterns,
    initial: undefined,
    unset: 'all links that `[Network] Links` chooses',
    brief: 'The links whose events run its scripts.',
    doc: 'Of those that `[Network] Links` chooses; same syntax. Events of no link always do.',
  }),
  startup: read({
    section: 'Tree',
    name: 'StartupTriggers',
    kind: bool,
    initial: false,
    unset: 'no',
    brief: 'Do the states that links have when the daemon starts run scripts?',
    doc: 'For the style `networkd-dispatcher`, whose option `-T` it stands for: once in a boot, as a restart repeats nothing. With the other styles they always do.',
  }),
});

/** The keys of a table `[Tree."DIRECTORY"]`. */
export const directoryKeys = (read: <T>(key: Key<T>) => T): Omit<TreeDirectory, 'name'> => ({
  timeoutSec: read({
    section: 'Tree."DIRECTORY"',
    name: 'TimeoutSec',
    kind: orUnset(seconds),
    initial: undefined,
    unset: 'that of the tree',
    brief: 'The time limit of each script in this directory, in seconds.',
    doc: 'As in `[Scripts]`.',
  }),
  links: read({
    section: 'Tree."DIRECTORY"',
    name: 'Links',
    kind: linkPatterns,
    initial: undefined,
    unset: 'those of the tree',
    brief: 'The links whose events run the scripts in this directory.',
    doc: 'Of those that the tree is for; same syntax.',
  }),
});
