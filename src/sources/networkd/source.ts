import {
  catchError,
  concat,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  from,
  map,
  merge,
  mergeMap,
  NEVER,
  type Observable,
  of,
  startWith,
  switchMap,
  tap,
  throwError,
  toArray,
} from 'rxjs';
import type { Config } from '../../model/config.js';
import { toError } from '../../model/fault.js';
import type { Source } from '../../model/flow.js';
import type { Input } from '../../model/input.js';
import type { States } from '../../model/link.js';
import { nameOwner } from '../../operators/name-owner.js';
import { introspectedLinks, listedLinks, type NetworkdNews, newsOf, statesOf } from './bus-messages.js';
import { NETWORKD, NETWORKD_PATH } from '../../model/wire/networkd-paths.js';
import type { Bus, BusConnection } from '../../system/bus/bus.js';

const NAME = 'systemd-networkd';
const FAILURE = 'org.freedesktop.DBus.Error';
const PROPERTIES = 'org.freedesktop.DBus.Properties';
/** How many GetAll calls may be under way at once: the bus limits what it queues for a client. */
const MAX_CALLS = 64;

const waiting: Input = {
  kind: 'source',
  name: NAME,
  state: { is: 'waiting', why: `${NETWORKD} is not on the bus: waiting for systemd-networkd to start` },
};
const serving: Input = { kind: 'source', name: NAME, state: { is: 'serving', why: '' } };

const toInput = (news: NetworkdNews): Input =>
  news.of === 'link'
    ? { kind: 'networkd-link', ifindex: news.ifindex, changed: news.changed }
    : { kind: 'networkd-manager', changed: news.changed };

const getAll = (connection: BusConnection, path: string, iface: string): Observable<States> =>
  connection
    .call({ destination: NETWORKD, path, interface: PROPERTIES, member: 'GetAll', signature: 's', body: [iface] })
    .pipe(map(([properties]) => statesOf(properties)));

const isUnknownObject = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  String(Reflect.get(error, 'errorName')).startsWith(`${FAILURE}.Unknown`);

const isInvalid = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && Reflect.get(error, 'errorName') === `${FAILURE}.InvalidArgs`;

/** Ifindexes and paths of all links. */
const allLinks = (connection: BusConnection): Observable<ReturnType<typeof introspectedLinks>> =>
  connection
    .call({ destination: NETWORKD, path: NETWORKD_PATH, interface: `${NETWORKD}.Manager`, member: 'ListLinks' })
    .pipe(
      map(listedLinks),
      catchError((error: unknown) => {
        if (!isInvalid(error)) return throwError(() => toError(error));
        const path = `${NETWORKD_PATH}/link`;
        return connection
          .call({ destination: NETWORKD, path, interface: 'org.freedesktop.DBus.Introspectable', member: 'Introspect' })
          .pipe(map(introspectedLinks));
      }),
    );

/** A link that goes between the list and its turn is no fault. */
const linkStates = (connection: BusConnection, path: string): Observable<States> =>
  getAll(connection, path, `${NETWORKD}.Link`).pipe(
    catchError((error: unknown) => (isUnknownObject(error) ? EMPTY : throwError(() => toError(error)))),
  );

/**
 * Everything networkd says from now on, beginning with what is so now. A signal that comes before the answer about the
 * same object is older than that answer and is dropped; one that comes after it waits for the snapshot to be complete.
 */
const serve = (connection: BusConnection, owner: string): Observable<Input> =>
  defer(() => {
    const answered = new Set<number | 'manager'>();
    let listed: ReadonlySet<number> | undefined;
    let later: Input[] | undefined = [];

    const change$ = connection.signal$.pipe(
      filter(
        signal => signal.sender === owner && signal.interface === PROPERTIES && signal.member === 'PropertiesChanged',
      ),
      mergeMap(signal => {
        const news = newsOf(signal);
        if (news === undefined) return EMPTY;
        if (later === undefined) return of(toInput(news));
        const about = news.of === 'link' ? news.ifindex : 'manager';
        const isNewLink = about !== 'manager' && listed !== undefined && !listed.has(about);
        if (isNewLink || answered.has(about)) later.push(toInput(news));
        return EMPTY;
      }),
    );
    const manager$ = getAll(connection, NETWORKD_PATH, `${NETWORKD}.Manager`).pipe(tap(() => answered.add('manager')));
    const links$ = allLinks(connection).pipe(
      tap(links => (listed = new Set(links.map(({ ifindex }) => ifindex)))),
      mergeMap(links => from(links)),
      mergeMap(
        ({ ifindex, path }) =>
          linkStates(connection, path).pipe(
            tap(() => answered.add(ifindex)),
            map((states): [number, States] => [ifindex, states]),
          ),
        MAX_CALLS,
      ),
      toArray(),
    );
    const snapshot$ = manager$.pipe(
      mergeMap(manager =>
        links$.pipe(map((links): Input => ({ kind: 'networkd-snapshot', manager, links: new Map(links) }))),
      ),
      mergeMap(snapshot => {
        const inputs = [serving, snapshot, ...(later ?? [])]; // states are networkd's own from here on
        later = undefined;
        return inputs;
      }),
    );
    return merge(change$, snapshot$);
  });

const serveOwner = (connection: BusConnection): Observable<Input> =>
  concat(
    connection.match(`type='signal',sender='${NETWORKD}',interface='${PROPERTIES}',path_namespace='${NETWORKD_PATH}'`),
    nameOwner(connection, NETWORKD).pipe(
      switchMap(owner => (owner === undefined ? of(waiting) : serve(connection, owner))),
    ),
  );

/** Is this generator configured? Opens what it is given only then, and closes it when a reload says otherwise. */
const whileGenerating = (config$: Observable<Config>, open: () => Observable<Input>): Observable<Input> =>
  config$.pipe(
    map(({ system }) => system.generator.includes(NAME)),
    distinctUntilChanged(),
    switchMap(wanted => (wanted ? open() : NEVER)),
  );

/**
 * systemd-networkd's link and manager states over D-Bus (org.freedesktop.network1(5)): a snapshot first, after every
 * restart of networkd or of the bus again, and every PropertiesChanged of the name's owner, nobody else's. Errors when
 * the bus is lost; while networkd is not on the bus it says so and waits. What was lost otherwise, a word about the name's owner
 * perhaps, is made good by beginning anew.
 */
export const networkdSource = (bus: Bus): Source => ({
  name: NAME,
  inputs: (config$, lost$ = NEVER) =>
    whileGenerating(config$, () =>
      lost$.pipe(
        startWith(undefined),
        switchMap(() => bus.connection$.pipe(switchMap(serveOwner))),
      ),
    ),
});
