import {
  asyncScheduler,
  combineLatest,
  concat,
  concatMap,
  defaultIfEmpty,
  defer,
  map,
  mergeMap,
  NEVER,
  type Observable,
  of,
  type SchedulerLike,
  switchMap,
  take,
  takeWhile,
} from 'rxjs';
import { variablesWithFile } from '../model/root-request.js';
import { linesThatFit } from '../sinks/scripts/changes-variable.js';
import { fitting, systemPath } from '../sinks/scripts/environment.js';
import { directoriesIn, timeoutOf } from '../sinks/scripts/trees.js';
import { withTimeLimit } from '../sinks/scripts/with-time-limit.js';
import type { Files } from '../system/files/files.js';
import type { HeldFile } from '../system/files/held-file.js';
import type { ScriptFiles } from '../system/files/script-files.js';
import type { Processes } from '../system/processes/processes.js';
import type { RootReply } from '../system/processes/root-reply.js';
import { chooseScript, type Chosen } from './choose.js';
import { type LinkFacts, withFacts } from './facts.js';
import type { Order } from './orders.js';
import type { Refused } from './request.js';

/** What runs of scripts need of the system. */
export interface RunMachine {
  readonly files: Pick<Files, 'list'>;
  readonly processes: Processes;
  readonly scriptFiles: ScriptFiles;
  readonly held: (path: string) => Observable<HeldFile>;
  /** nothing: the kernel knows no such link */
  readonly factsOf: (link: string) => Observable<LinkFacts>;
  readonly scheduler?: SchedulerLike;
}

type Environment = Readonly<Record<string, string>>;

const saidOf = (why: string): RootReply => ({ kind: 'refused', why });
const isLast = ({ kind }: RootReply): boolean => kind === 'refused' || kind === 'failed' || kind === 'exited';

/** The script that an order is for, as its directory is now; one value. */
export const scriptOf = (files: Pick<Files, 'list'>, { request, tree }: Order): Observable<Chosen | Refused> =>
  files.list(directoriesIn(tree, request).layers).pipe(map(listings => chooseScript(tree, listings, request.script)));

const isShort = ([name, value]: readonly [string, string]): boolean => Buffer.byteLength(value) <= fitting(name);

/** The whole environment, with files that last while it is subscribed to: of what is too long for a variable, all is there. */
const withFiles = (scriptFiles: ScriptFiles, variables: Environment): Observable<Environment> => {
  const files = variablesWithFile.flatMap(name => {
    const text = variables[name];
    if (text === undefined) return [];
    const isJson = name === 'JSON';
    return [
      scriptFiles.hold(name.toLowerCase(), isJson ? text : `${text}\n`).pipe(
        map((path): Environment => ({
          [`${name}_FILE`]: path,
          ...(!isJson && { [name]: linesThatFit(name, text) }),
        })),
      ),
    ];
  });
  const all = (more: readonly Environment[]): Environment => ({
    ...Object.fromEntries(Object.entries(variables).filter(isShort)),
    ...more.reduce((one, other) => ({ ...one, ...other }), {}),
    PATH: systemPath,
  });
  return files.length === 0 ? concat(of(all([])), NEVER) : combineLatest(files).pipe(map(all));
};

/**
 * Runs what an order is for, after everything has been looked at anew: the way to the script, the script itself, the link. Refused is
 * what is not as it must be.
 */
export const runOrder =
  ({ files, processes, scriptFiles, held, factsOf, scheduler = asyncScheduler }: RunMachine) =>
  (order: Order): Observable<RootReply> => {
    const { request, config, tree, checked } = order;
    const { timeoutSec, outputLimit } = config.scripts;
    const limit = (timeoutOf(tree, request) ?? timeoutSec) * 1000;
    const withheld = checked.withheld.map((why): RootReply => ({
      kind: 'output',
      stream: 'stderr',
      line: `not told to it: ${why}`,
    }));
    const start = ({ path, end }: Chosen, env: Environment): Observable<RootReply> =>
      held(end.path).pipe(
        switchMap(({ place, isAt }): Observable<RootReply> => {
          const isSame = place.kind === 'file' && place.uid === 0 && (place.mode & 0o022) === 0 && isAt(path);
          if (!isSame) return of(saidOf('it was replaced while being checked'));
          return processes
            .run({ path, args: request.args, env, outputLimit: outputLimit * 1024 })
            .pipe(withTimeLimit(limit, processes.signal, scheduler));
        }),
        concatMap(reply => (reply.kind === 'started' ? [reply, ...withheld] : [reply])),
      );
    return defer(() => {
      const { link } = checked;
      const facts$ = link === '' ? of(undefined) : factsOf(link).pipe(defaultIfEmpty(undefined));
      return combineLatest([facts$, scriptOf(files, order)]).pipe(take(1));
    }).pipe(
      mergeMap(([facts, script]) => {
        const told = withFacts(checked, request.args, facts);
        if ('refused' in script) return of(saidOf(script.refused));
        if ('refused' in told) return of(saidOf(told.refused));
        return withFiles(scriptFiles, told.variables).pipe(switchMap(env => start(script, env)));
      }),
      takeWhile(reply => !isLast(reply), true),
    );
  };
