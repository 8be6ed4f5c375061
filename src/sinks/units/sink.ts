import {
  asyncScheduler,
  EMPTY,
  filter,
  forkJoin,
  from,
  map,
  mergeMap,
  type Observable,
  of,
  pipe,
  type SchedulerLike,
  switchMap,
  take,
  tap,
  toArray,
} from 'rxjs';
import { fault, type Report, toError } from '../../model/fault.js';
import type { Sink } from '../../model/flow.js';
import type { Link } from '../../model/link.js';
import { literally } from '../../model/names/unit-name.js';
import type { World } from '../../model/world.js';
import { coalesce } from '../../operators/coalesce.js';
import { backoff } from '../../operators/backoff.js';
import { nameOwner } from '../../operators/name-owner.js';
import { createSlots } from '../../operators/with-slot.js';
import { untilEndOf } from '../../operators/until-end-of.js';
import type { BusConnection } from '../../system/bus/bus.js';
import type { LinkFiles } from '../../system/files/link-files.js';
import { errorName } from '../reconcile/bus-errors.js';
import { reconcile } from '../reconcile/reconcile.js';
import { type Access, type Failure, type Ours, patiently, type Target } from '../reconcile/target.js';
import type { Informants } from '../link-json/gather.js';
import { type ActualUnits, unitsDiff } from './diff.js';
import { keysToLook, type Scope, scopeOf } from './scope.js';
import { createLinkFacts, type LinkFacts } from './read-facts.js';
import { createRevisions } from './revisions.js';
import { runChanges } from './run-changes.js';
import { whenNew } from './when-new.js';
import { whenSettled } from './when-settled.js';
import { isUp, listUnits, MAX_CALLS, SYSTEMD, systemState } from './ask-systemd.js';
import { instanceOfLink, linksOf, unitsOf, type Wanted, wishesOf } from './wishes.js';
import type { UnitChange } from './unit-change.js';

const MAX_RETRY_MS = 30_000;
/** A cable that is pulled changes a link ten times within some milliseconds: all but the first are joined. */
const QUIET_MS = 5;
const WINDOW_MS = 50;
/** With more to look at than this, one pattern for all is shorter. */
const MAX_PATTERNS = 128;

interface Manager extends Access {
  readonly connection: BusConnection;
}

export interface UnitsOptions extends Informants {
  readonly linkFiles: LinkFiles;
  /** for what must run next, before anything else happens */
  readonly asapScheduler?: SchedulerLike | undefined;
}

/** Is what these two say of links the same? Whatever describes a link counts. */
const isSameWorld = (a: World, b: World): boolean =>
  a.config === b.config &&
  (a.config?.units.links === undefined ||
    (a.networkd.states === b.networkd.states &&
      a.kernel.links === b.kernel.links &&
      a.kernel.addresses === b.kernel.addresses &&
      a.kernel.routeChanges === b.kernel.routeChanges &&
      a.leases.bound === b.leases.bound &&
      a.progress.sources === b.progress.sources));

/** Before systemd-networkd has said how its links are, what an earlier run has started stays. */
const isKnown = ({ config, progress }: World): boolean =>
  config?.system.generator.includes('systemd-networkd') !== true || progress.sources.has('systemd-networkd');

const patternsFor = (keys: ReadonlySet<string> | undefined): readonly string[] =>
  keys === undefined || keys.size > MAX_PATTERNS
    ? ['link-*@*.target', 'network-profile@*.target']
    : [...keys].flatMap(unitsOf).map(literally);

/** No fault of anybody: the administrator has masked the unit, or the system goes down. */
const isRespected = ({ refused }: Failure<UnitChange>): boolean =>
  ['UnitMasked', 'TransactionIsDestructive', 'ShuttingDown'].includes(errorName(refused.error));

const target = (
  options: UnitsOptions,
  report: Report,
  scheduler: SchedulerLike,
): Target<Wanted, Manager, ActualUnits, UnitChange> => {
  const { bus, linkFiles } = options;
  /** Not `mergeMap` with a limit: what waits there and ends at once grows the stack. */
  const withSlot = createSlots(options.asapScheduler, scheduler);
  const describe = createLinkFacts(options);
  const revisionsOf = createRevisions();
  const networkFiles = new Map<number, string>();
  let before: ReadonlySet<string> = new Set();

  const managers = (): Observable<Manager | undefined> =>
    bus.connection$.pipe(
      switchMap((connection, nth) =>
        nameOwner(connection, SYSTEMD).pipe(
          tap((owner, change = 0) => {
            if (owner === undefined && change === 0)
              report(fault('units-off', `no systemd on the bus: Units.Links= has no effect`));
          }),
          map(owner => (owner === undefined ? undefined : { id: `${owner} ${nth}`, connection })),
        ),
      ),
      backoff(MAX_RETRY_MS, scheduler),
    );

  const factsOf = ({ world }: Wanted, scope: Scope): Observable<readonly (readonly [Link, LinkFacts])[]> =>
    from(linksOf(world).filter(link => scope === undefined || scope.has(instanceOfLink(link)))).pipe(
      mergeMap(link =>
        describe(world, link, report).pipe(
          map(facts => [link, facts] as const),
          withSlot(MAX_CALLS),
        ),
      ),
      toArray(),
    );

  const noteFiles = ({ world }: Wanted, described: readonly (readonly [Link, LinkFacts])[]): void => {
    for (const ifindex of networkFiles.keys())
      if (world.kernel.links?.has(ifindex) !== true) networkFiles.delete(ifindex);
    for (const [{ ifindex }, { networkFile }] of described) networkFiles.set(ifindex, networkFile);
  };

  const actual = ({ connection, id }: Manager, wanted: Wanted, ours: Ours): Observable<ActualUnits> => {
    const revisions = revisionsOf(wanted);
    const scope = scopeOf(wishesOf(wanted, networkFiles), revisions, ours, before, id);
    return factsOf(wanted, scope).pipe(
      tap(links => noteFiles(wanted, links)),
      mergeMap(links => {
        const facts = new Map(links.map(([link, told]) => [instanceOfLink(link), told]));
        const wishes = wishesOf(wanted, networkFiles);
        const keys = keysToLook(scope, wishes, facts, ours, before);
        if (keys?.size === 0) return EMPTY;
        return forkJoin({
          state: systemState(connection),
          units: listUnits(connection, patternsFor(keys)),
          names: keys === undefined ? linkFiles.names() : of(undefined),
        }).pipe(
          filter(({ state }) => state !== 'stopping'),
          tap(() => (before = new Set(wishes.keys()))),
          map(({ units, names }) => ({
            ...{ keys, wishes, revisions, facts },
            up: new Set(units.filter(isUp).map(({ name }) => name)),
            masked: new Set(units.filter(one => one.load === 'masked').map(({ name }) => name)),
            described: names && new Set(names.map(name => name.replace(/\.(env|json)$/, ''))),
          })),
        );
      }),
    );
  };

  return {
    name: 'units',
    isSameWorld,
    desired: world => (isKnown(world) ? { world, states: world.networkd.states } : undefined),
    isSame: (a, b) => a === b,
    isNothing: ({ world }) => world.config?.units.links === undefined,
    inherited: () => new Map(),
    pace: pipe(whenSettled(scheduler), coalesce(QUIET_MS, WINDOW_MS, scheduler)),
    access: desired$ => desired$.pipe(take(1), switchMap(managers), untilEndOf(desired$)),
    actual,
    diff: ({ actual: found, ours }) => unitsDiff(found, ours),
    apply: ({ connection }, actions) => runChanges(connection, linkFiles, actions, withSlot),
    retry: patiently,
    unread: error => ({
      refused: { message: `the targets of links cannot be read: ${toError(error).message}`, isFinal: false, error },
      retry: patiently,
    }),
    failed: failures => {
      const told = failures.filter(failure => !isRespected(failure));
      const [first] = told;
      if (first === undefined) return [];
      const { message, error } = first.refused;
      const what = first.action === undefined ? '' : `${first.action.text}: `;
      const more = told.length === 1 ? '' : ` (and ${told.length - 1} more)`;
      return [fault('unit-refused', `${what}${message}${more}`, error)];
    },
  };
};

/**
 * Makes the states of the links of `Units.Links` systemd targets, and describes these links in files before their targets start.
 *
 * @experimental
 */
export const unitsSink = (options: UnitsOptions): Sink => ({
  name: 'units',
  consume: ({ world$ }, report) => {
    const { scheduler = asyncScheduler } = options;
    return world$.pipe(reconcile(target(options, report, scheduler), report, scheduler), whenNew());
  },
});
