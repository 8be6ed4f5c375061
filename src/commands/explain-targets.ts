import { catchError, forkJoin, map, mergeMap, type Observable, of, take } from 'rxjs';
import { askDaemon } from '../cli/ask-daemon.js';
import { toError } from '../model/fault.js';
import { instanceOf, literally } from '../model/names/unit-name.js';
import type { Step } from '../model/world.js';
import { writtenDown } from '../sinks/link-json/describe-link.js';
import { hangingOn, isUp, listUnits } from '../sinks/units/ask-systemd.js';
import { isOfLink, keyOfUnit, keysOfLink, linksOf, unitsOf, type Wish, wishesOf } from '../sinks/units/wishes.js';
import type { Bus, BusConnection } from '../system/bus/bus.js';
import type { Files } from '../system/files/files.js';
import { say } from '../system/say.js';
import type { ExplainedTarget } from '../text/explanation.js';
import { isReport } from '../text/status-report.js';
import { parseJson } from '../model/values/unknown.js';

type Wanted = Pick<ExplainedTarget, 'unit' | 'wanted'>;

/** The targets of the link of this step, and of its .network file. */
const targetsOf = (instance: string, wishes: ReadonlyMap<string, Wish>): readonly Wanted[] =>
  [...keysOfLink(instance), ...[...wishes.keys()].filter(key => !isOfLink(key))].flatMap(key =>
    unitsOf(key).map((unit, nth) => ({ unit, wanted: nth < (wishes.get(key)?.level ?? 0) })),
  );

const askedOf = (connection: BusConnection, targets: readonly Wanted[]): Observable<readonly ExplainedTarget[]> =>
  forkJoin({
    units: listUnits(
      connection,
      targets.map(({ unit }) => literally(unit)),
    ),
    hanging: forkJoin(targets.map(({ unit }) => hangingOn(connection, unit))),
  }).pipe(
    map(({ units, hanging }) => {
      const up = new Set(units.filter(isUp).map(({ name }) => name));
      return targets.map((target, nth) => ({
        ...target,
        active: up.has(target.unit),
        why: '',
        units: (hanging[nth] ?? []).filter(unit => keyOfUnit(unit) === undefined),
      }));
    }),
  );

/** Why targets are not as the daemon wants them, by name; empty if none is running. */
const reasons = (): Observable<ReadonlyMap<string, string>> =>
  askDaemon(process.env).pipe(
    map(answer => {
      const report = parseJson(answer);
      return new Map(isReport(report) ? report.targets.map(({ unit, why }) => [unit, why]) : []);
    }),
  );

/** The targets of the link that a step is about, as they would be in its state; none if `[Units] Links=` does not choose it. Emits once. */
export const explainTargets = (
  { event, world }: Step,
  bus: Bus,
  files: Files,
): Observable<readonly ExplainedTarget[]> => {
  const ifindex = 'ifindex' in event ? event.ifindex : 0;
  const link = linksOf(world).find(one => one.ifindex === ifindex);
  if (link === undefined) return of([]);
  const now = world.networkd.states.get(ifindex) ?? {};
  const states = new Map([[ifindex, event.kind === 'link-state' ? { ...now, ...event.changed } : now]]);
  return writtenDown(files, ifindex).pipe(
    map(({ details }) => wishesOf({ world, states }, new Map([[ifindex, details.networkFile ?? '']]))),
    map(wishes => targetsOf(instanceOf(link.name), wishes)),
    mergeMap(targets =>
      forkJoin({
        why: reasons(),
        asked: bus.connection$.pipe(
          mergeMap(connection => askedOf(connection, targets)),
          take(1),
          catchError((error: unknown) => {
            say(`systemd could not be asked about targets: ${toError(error).message}`);
            return of(targets.map((target): ExplainedTarget => ({ ...target, active: null, why: '', units: [] })));
          }),
        ),
      }),
    ),
    map(({ why, asked }) => asked.map(target => ({ ...target, why: why.get(target.unit) ?? '' }))),
  );
};
