import {
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  map,
  merge,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
  switchMap,
} from 'rxjs';
import { fault } from '../../model/fault.js';
import type { Sink } from '../../model/flow.js';
import type { Outcome } from '../../model/outcome.js';
import type { Step, World } from '../../model/world.js';
import { untilEndOf } from '../../operators/until-end-of.js';
import { concatMapByKey } from '../../operators/concat-map-by-key.js';
import type { Files } from '../../system/files/files.js';
import type { Processes } from '../../system/processes/processes.js';
import { emptyWorld } from '../../world/advance.js';
import { joinKey, joinWaiting } from '../../world/join.js';
import { type Lane, laneOf } from '../../world/lane.js';
import type { Enrich } from './enrich.js';
import { createFormerHolders } from './former-holder.js';
import { eventScripts, type LinkFacts, orNothing } from './run-event.js';
import { delaySleep } from './delay-sleep.js';
import { createScriptFinder } from './find.js';

export interface ScriptsOptions {
  readonly files: Files;
  readonly processes: Processes;
  /** the directory of carrier.d, routable.d …: an absolute path */
  readonly scriptDir: string;
  /** what comes after the scripts of an event; undefined: nothing does */
  readonly after?: ((step: Step) => Observable<Outcome> | undefined) | undefined;
  /** subscribed to when the event's turn comes, and only if it has scripts */
  readonly enrich?: Enrich;
  /** asked for only if the event has scripts of another program's tree */
  readonly facts?: LinkFacts;
  /** delays sleep while subscribed; errs if it cannot. Nothing does unless told otherwise */
  readonly inhibit$?: Observable<never> | undefined;
  readonly scheduler?: SchedulerLike | undefined;
  /** for what must run next, before anything else happens */
  readonly asapScheduler?: SchedulerLike | undefined;
}

/** The most events of one link that wait before joinable ones are joined. */
const MAX_LANE_LENGTH = 256;

const laneName = (lane: Lane): string =>
  typeof lane === 'string' ? `kind ${lane}` : lane === 0 ? 'no link' : `link ${lane}`;

/**
 * Events that hold all that their scripts are told keep no World of their own while they wait: it may be large, and
 * nobody else may hold it any more. Events of links are not joined, so there may be many.
 */
const lightened: MonoTypeOperatorFunction<Step> = step$ =>
  defer(() => {
    let newest: World = emptyWorld;
    const light = ({ id, at, event, cause }: Step): Step => ({
      id,
      at,
      event,
      ...(cause && { cause }),
      get world() {
        return newest;
      },
    });
    return step$.pipe(
      map(step => {
        newest = step.world;
        const { kind } = step.event;
        return kind === 'link' || kind === 'address' || kind === 'route' || kind === 'rule' ? light(step) : step;
      }),
    );
  });

/**
 * Runs the scripts of each event. Events of one link run one after the other; links do not wait for each other, except
 * for the last events of a link whose name they take over: scripts know links by name. `MaxParallel` counts scripts,
 * not links.
 *
 * @experimental
 */
export const scriptsSink = ({
  files,
  scriptDir,
  enrich = () => EMPTY,
  facts = () => EMPTY,
  inhibit$ = EMPTY,
  ...options
}: ScriptsOptions): Sink => ({
  name: 'scripts',
  consume: ({ step$, world$ }, report) => {
    const { prepare, prepareTrees, scriptsOf } = createScriptFinder(files, scriptDir, report);
    const project = eventScripts({ ...options, files, scriptsOf, enrich, facts }, report);
    const onJoined = (lane: Lane, joins: number): void => {
      const message = `more than ${MAX_LANE_LENGTH} events of ${laneName(lane)} were waiting for scripts: ${joins} of them were joined with later ones`;
      report(fault('events-joined', message));
    };
    const preparedTrees$ = world$.pipe(
      map(({ config }) => config),
      distinctUntilChanged(),
      switchMap(config => (config === undefined ? EMPTY : prepareTrees(config))),
      orNothing(report, 'the script trees were not read'),
    );
    const formerHolder = createFormerHolders();
    const waitsFor = ({ event }: Step): Lane | undefined => formerHolder(event);
    return merge(
      defer(prepare).pipe(orNothing(report, 'the script directories were not read')),
      step$.pipe(
        lightened,
        concatMapByKey(({ event }) => laneOf(event), project, {
          limit: MAX_LANE_LENGTH,
          joinKey,
          join: joinWaiting,
          onJoined,
          waitsFor,
        }),
        delaySleep(inhibit$, world$, report),
        connect(outcome$ => merge(preparedTrees$.pipe(untilEndOf(outcome$)), outcome$)),
      ),
    );
  },
});
