import {
  catchError,
  concat,
  connect,
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
  take,
  takeWhile,
  throwError,
  toArray,
} from 'rxjs';
import type { Config } from '../../model/config.js';
import { toError } from '../../model/fault.js';
import type { Source } from '../../model/flow.js';
import type { Input } from '../../model/input.js';
import type { States } from '../../model/states.js';
import { nameOwner } from '../../operators/name-owner.js';
import { introspectedLinks, listedLinks, newsOf, statesOf } from './bus-messages.js';
import { newsInput, type Said, snapshotOf } from './snapshot.js';
import { NETWORKD, NETWORKD_PATH } from '../../model/wire/networkd-paths.js';
import type { Bus, BusConnection } from '../../system/bus/bus.js';

const NAME = 'systemd-networkd';
const FAILURE = 'org.freedesktop.DBus.Error';
const PROPERTIES = 'org.freedesktop.DBus.Properties';
/** How many GetAll calls may be under way at once: the bus limits what it queues for a client. */
const MAX_CALLS = 64;
/** So much is kept of what it says until it has answered everything: who owns the name may never end. */
const MAX_SAID = 65_536;

const waiting: Input = {
  kind: 'source',
  name: NAME,
  state: { is: 'waiting', why: `${NETWORKD} is not on the bus: waiting for systemd-networkd to start` },
};
/** What it says of its ifindex 2 is of another link than ours. */
const elsewhere: Input = {
  kind: 'source',
  name: NAME,
  state: { is: 'waiting', why: `${NAME} speaks of the links of another network namespace: it is not listened to` },
};
const serving: Input = { kind: 'source', name: NAME, state: { is: 'serving', why: '' } };

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

const newsFrom = ({ signal$ }: BusConnection, owner: string): Observable<Said> =>
  signal$.pipe(
    filter(
      ({ sender, interface: iface, member }) =>
        sender === owner && iface === PROPERTIES && member === 'PropertiesChanged',
    ),
    map(newsOf),
    filter(news => news !== undefined),
    map((news): Said => ({ is: 'news', news })),
  );

/** networkd's own states, then the list of links, then the states of each. */
const answersOf = (connection: BusConnection): Observable<Said> => {
  const answer = (about: number | 'manager') => map((states: States): Said => ({ is: 'answer', about, states }));
  const links$ = allLinks(connection).pipe(
    mergeMap(links =>
      concat(
        of<Said>({ is: 'list', ifindexes: links.map(({ ifindex }) => ifindex) }),
        from(links).pipe(
          mergeMap(({ ifindex, path }) => linkStates(connection, path).pipe(answer(ifindex)), MAX_CALLS),
        ),
      ),
    ),
  );
  return concat(getAll(connection, NETWORKD_PATH, `${NETWORKD}.Manager`).pipe(answer('manager')), links$);
};

const atMost = (one: Said, nth: number): Said => {
  if (nth < MAX_SAID) return one;
  throw new Error(`${NETWORKD}: expected its answers before it said ${MAX_SAID} other things`);
};

/** Everything networkd says from now on, beginning with what is so now; news that come meanwhile wait for that. */
const serve = (connection: BusConnection, owner: string, atStart: boolean): Observable<Input> =>
  merge(newsFrom(connection, owner), concat(answersOf(connection), of<Said>({ is: 'end' }))).pipe(
    connect(said$ =>
      concat(
        said$.pipe(
          takeWhile(({ is }) => is !== 'end'),
          map(atMost),
          toArray(),
          mergeMap(all => [serving, ...snapshotOf(all, atStart)]), // states are networkd's own from here on
        ),
        said$.pipe(mergeMap(one => (one.is === 'news' ? [newsInput(one.news)] : []))),
      ),
    ),
  );

const serveOwner = (connection: BusConnection, isFirst: () => boolean): Observable<Input> =>
  concat(
    connection.match(`type='signal',sender='${NETWORKD}',interface='${PROPERTIES}',path_namespace='${NETWORKD_PATH}'`),
    nameOwner(connection, NETWORKD).pipe(
      switchMap(owner => {
        const atStart = isFirst();
        return owner === undefined ? of(waiting) : serve(connection, owner, atStart);
      }),
    ),
  );

/** Why the bus is not there, and where states come from meanwhile if anywhere. */
const explained =
  (config$: Observable<Config>) =>
  (cause: unknown): Observable<never> =>
    config$.pipe(
      take(1),
      switchMap(({ system }) => {
        const error = toError(cause);
        const why = `${error.message}; the states of links come from the kernel meanwhile`;
        return throwError(() => (system.generator.includes('rtnetlink') ? new Error(why) : error));
      }),
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
 * perhaps, is made good by starting over.
 *
 * @param isHere false: this process is in another network namespace than networkd, which is not listened to then
 * @experimental
 */
export const networkdSource = (bus: Bus, isHere = true): Source => ({
  name: NAME,
  inputs: (config$, lost$ = NEVER) => {
    let isStarting = true;
    const isFirst = (): boolean => {
      const was = isStarting;
      isStarting = false;
      return was;
    };
    return whileGenerating(config$, () =>
      isHere
        ? lost$.pipe(
            startWith(undefined),
            switchMap(() => bus.connection$.pipe(switchMap(connection => serveOwner(connection, isFirst)))),
            catchError(explained(config$)),
          )
        : concat(of(elsewhere), NEVER),
    );
  },
});
