import { forkJoin, map, mergeMap, of } from 'rxjs';
import { rootOnly } from '../../config/trust.js';
import type { Tree } from '../../model/config.js';
import { scriptsIn } from '../../sinks/scripts/judge.js';
import { treesOf } from '../../sinks/scripts/trees.js';
import type { Bus } from '../../system/bus/bus.js';
import { createFiles, type Files, type Listing } from '../../system/files/files.js';
import { type OtherProgram, otherPrograms, runningPrograms } from '../migration/other-programs.js';
import { type Check, type Finding, ok, warn } from './finding.js';

const about = 'script trees';

/** Directories of NetworkManager's whose scripts run before something happens. */
const early = ['pre-up.d', 'pre-down.d'];
const earlyIn = ({ path }: Tree): readonly string[] => path.flatMap(root => early.map(name => `${root}/${name}`));

const isOther = (style: Tree['style']): style is OtherProgram => style in otherPrograms;

const twice = ({ style, path }: Tree, running: ReadonlySet<OtherProgram>): readonly Finding[] =>
  isOther(style) && running.has(style)
    ? [
        warn(
          about,
          `${style} itself runs the scripts of ${path.join(', ')}: with this table [[Tree]] each runs twice; systemctl disable --now ${style}, or remove the table`,
        ),
      ]
    : [];

const tooEarly = (listing: Listing): readonly Finding[] =>
  scriptsIn([listing], rootOnly).scripts.length === 0
    ? []
    : [warn(about, `${listing.directory}: its scripts do not run: a link cannot be held back until they have`)];

/** Trees of other programs: do these still run, and have they scripts that cannot be run in their place? */
export const otherDispatchers =
  (system?: () => Bus, files: Files = createFiles()): Check =>
  ({ config, options }) => {
    const trees = treesOf(config, options.scriptDirectory).filter(({ style }) => isOther(style));
    if (trees.length === 0) return of(ok(about, 'skipped: no table [[Tree]] is of the style of another program'));
    const early$ = files.list(trees.filter(({ style }) => style === 'NetworkManager').flatMap(earlyIn));
    return forkJoin([runningPrograms(system), early$]).pipe(
      map(([running, listings]) => [...trees.flatMap(tree => twice(tree, running)), ...listings.flatMap(tooEarly)]),
      mergeMap(found => (found.length > 0 ? found : [ok(about, 'no other program runs the scripts of these trees')])),
    );
  };
