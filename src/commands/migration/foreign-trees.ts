import { rootOnly } from '../../config/trust.js';
import { wordOf } from '../../model/script-directories.js';
import { concatMap, forkJoin, from, map, mergeMap, type Observable, toArray } from 'rxjs';
import type { Verdict } from '../../sinks/scripts/judge.js';
import { actions } from '../../sinks/scripts/styles/network-manager/actions.js';
import { styles } from '../../sinks/scripts/styles/styles.js';
import type { Bus } from '../../system/bus/bus.js';
import type { Files, Listing } from '../../system/files/files.js';
import type { ForeignScript, ForeignTree } from '../../text/migration.js';
import { DEFAULTS, nothingTold, toldBy } from './dispatcher-args.js';
import { type OtherProgram, otherPrograms, runningPrograms } from './other-programs.js';

/** When the scripts of a directory run; empty: never. */
const occasionOf = (program: OtherProgram, directory: string): string => {
  if (!styles[program].directories.includes(directory)) return '';
  if (program === 'NetworkManager') return `at ${actions.slice(0, -1).join(', ')} and ${actions.at(-1) ?? ''}`;
  return `when a link becomes ${wordOf(directory)}`;
};

/** Why the scripts of a directory never run. */
const neverIn = (program: OtherProgram, directory: string): string => {
  if (directory === 'pre-up.d') return 'network-broker learns of a link once it is up, and cannot hold it back';
  if (directory === 'pre-down.d') return 'network-broker learns of a link once it is down, and cannot hold it back';
  return program === 'NetworkManager'
    ? 'NetworkManager has not run it either'
    : `no state of a link is called ${wordOf(directory)}: networkd-dispatcher has not run it either`;
};

/** Directories whose scripts run only where other directories have links to them. */
const LENDING = 'no-wait.d';

/** The directories that are there, known or not. */
const directoriesIn = (program: OtherProgram, roots: readonly Listing[]): readonly string[] => {
  const found = roots.flatMap(({ entries }) =>
    entries.filter(({ name, end }) => end?.kind === 'directory' && name.endsWith('.d')).map(({ name }) => name),
  );
  const own = program === 'NetworkManager' ? [''] : [];
  return [...new Set([...own, ...found.toSorted()])].filter(name => name !== LENDING);
};

const scriptOf = (
  program: OtherProgram,
  directory: string,
  { path, is, why, atOnce }: Verdict,
): readonly ForeignScript[] => {
  if (is === 'off') return [];
  const occasion = occasionOf(program, directory);
  const when = atOnce === true && occasion !== '' ? `${occasion}, without waiting for the others` : occasion;
  return [is === 'run' ? { path, when, why: neverIn(program, directory) } : { path, when: '', why }];
};

const scriptsOf = (
  files: Files,
  program: OtherProgram,
  path: readonly string[],
): Observable<readonly ForeignScript[]> => {
  const listed = (directory: string): Observable<readonly ForeignScript[]> =>
    files.list(path.map(root => (directory === '' ? root : `${root}/${directory}`))).pipe(
      map(layers => {
        const { fault, scripts } = styles[program].judge(layers, rootOnly);
        const refused =
          fault === undefined
            ? []
            : [{ path: layers.map(layer => layer.directory).join(', '), when: '', why: fault.message }];
        return [...refused, ...scripts.flatMap(verdict => scriptOf(program, directory, verdict))];
      }),
    );
  return files.list(path).pipe(
    mergeMap(roots => from(directoriesIn(program, roots))),
    concatMap(listed),
    toArray(),
    map(all => all.flat()),
  );
};

/** What this host has of other programs that run scripts. */
export const foreignTrees = (
  files: Files,
  isThere: (path: string) => boolean,
  system?: () => Bus,
): Observable<readonly ForeignTree[]> =>
  forkJoin([runningPrograms(system), files.read(DEFAULTS)]).pipe(
    mergeMap(([running, text = '']) =>
      from(['networkd-dispatcher', 'NetworkManager'] as const).pipe(
        concatMap(program => {
          const told = program === 'networkd-dispatcher' ? toldBy(text) : nothingTold;
          const state = running.has(program) ? 'runs' : isThere(otherPrograms[program].file) ? 'idle' : 'absent';
          const path = told.path.length > 0 ? told.path : styles[program].paths;
          return scriptsOf(files, program, path).pipe(map(scripts => ({ program, state, ...told, scripts }) as const));
        }),
        toArray(),
      ),
    ),
  );
