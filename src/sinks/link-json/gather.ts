import type { Route } from '@network-stack/netlink';
import {
  catchError,
  forkJoin,
  map,
  mergeMap,
  type Observable,
  of,
  type OperatorFunction,
  type SchedulerLike,
  tap,
  throwError,
} from 'rxjs';
import { fault, type Report, toError } from '../../model/fault.js';
import type { LinkDetails } from '../../world/networkd/link-details.js';
import type { Step } from '../../model/world.js';
import { findLink } from '../../world/links.js';
import { parseUdevDatabase, udevFileOf } from './udev-db.js';
import { leaseDetails } from './lease-details.js';
import type { Bus } from '../../system/bus/bus.js';
import type { Files } from '../../system/files/files.js';
import type { Rtnetlink } from '../../system/rtnetlink.js';
import type { LinkIngredients } from './to-json.js';
import { createLinkDescription, writtenDown } from './describe-link.js';
import { createLinkRoutes } from './link-routes.js';
import { field } from '../../model/values/unknown.js';

export interface Informants {
  readonly rtnetlink: Rtnetlink;
  readonly bus: Bus;
  readonly files: Files;
  readonly scheduler?: SchedulerLike | undefined;
}

/** networkd's description lists them all, at 500 bytes each: for a link with more, the state file is faster. */
const MAX_DESCRIBED_ADDRESSES = 100;
const ENODEV = 19;

/** The error of what has gone meanwhile, or of a method that an older networkd lacks: no fault. */
const isGone = (error: unknown): boolean =>
  field(error, 'errno') === ENODEV ||
  String(field(error, 'errorName')).startsWith('org.freedesktop.DBus.Error.Unknown');

const gone = { link: undefined, isPresent: false };

/** Substitutes something for what cannot be had. */
type Or = <T, Instead>(what: string, instead: Instead) => OperatorFunction<T, T | Instead>;

/**
 * Queries networkd, the kernel, udev's database and the leases about a link; emits once. What cannot be had is empty,
 * with a Fault that names it. networkd, the only slow one, is asked first and answers while the others are asked;
 * whether its answer would be long is known from the World and from the last time.
 */
export const createLinkIngredients = ({ rtnetlink, bus, files, scheduler }: Informants) => {
  const routesOf = createLinkRoutes(rtnetlink);
  const descriptionOf = createLinkDescription(bus, files, scheduler);
  const longTables = new Set<number>();

  const details = (
    step: Step,
    ifindex: number,
    isLarge: boolean,
    or: Or,
  ): Observable<readonly Partial<LinkDetails>[]> => {
    const leases = [...step.world.leases.bound.values()].filter(
      one => one.origin === 'dhclient' && one.ifindex === ifindex,
    );
    const description$ = isLarge ? of(undefined) : descriptionOf(step, ifindex);
    return forkJoin([
      files.read(udevFileOf(ifindex)).pipe(
        map(text => parseUdevDatabase(text ?? '')),
        or("udev's properties", {}),
      ),
      of(leaseDetails(leases.map(({ lease }) => lease))),
      description$.pipe(
        or("networkd's description", undefined),
        mergeMap(described =>
          described === undefined ? writtenDown(files, ifindex).pipe(map(written => written.details)) : of(described),
        ),
        or("networkd's state file", {}),
      ),
    ]);
  };

  return (step: Step, ifindex: number, name: string, report: Report): Observable<LinkIngredients> => {
    const or: Or = (what, instead) =>
      catchError((error: unknown) => {
        const message = `event ${step.id}: the JSON of link '${name}' lacks ${what}: ${toError(error).message}`;
        if (!isGone(error)) report(fault('json-incomplete', message, error));
        return of(instead);
      });
    const addresses = step.world.kernel.addresses.get(ifindex)?.size ?? 0;
    const isLarge = longTables.has(ifindex) || addresses > MAX_DESCRIBED_ADDRESSES;
    const remember = (routes: readonly Route[]): void => {
      if (routes.length > MAX_DESCRIBED_ADDRESSES) longTables.add(ifindex);
      else longTables.delete(ifindex);
    };
    return forkJoin({
      details: details(step, ifindex, isLarge, or),
      kernel: rtnetlink.link(ifindex).pipe(
        map(link => ({ link, isPresent: true })),
        catchError((error: unknown) => (isGone(error) ? of(gone) : throwError(() => toError(error)))),
        or("the kernel's description", { link: undefined, isPresent: true }),
      ),
      addresses: rtnetlink.addresses(ifindex).pipe(or('its addresses', [])),
      routes: routesOf(step, ifindex).pipe(or('its routes', []), tap(remember)),
    }).pipe(
      map(({ kernel, ...rest }) => ({
        ...rest,
        ...kernel,
        ifindex,
        name,
        known: findLink(step.world, ifindex),
        states: step.world.networkd.states.get(ifindex) ?? {},
      })),
    );
  };
};
