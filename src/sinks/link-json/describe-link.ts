import {
  asyncScheduler,
  concat,
  defer,
  EMPTY,
  filter,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  type SchedulerLike,
  take,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import type { NetworkEvent } from '../../model/event.js';
import type { States } from '../../model/states.js';
import type { LinkDetails } from '../../world/networkd/link-details.js';
import type { Step } from '../../model/world.js';
import { netifLinkFileOf, type NetifLink, parseNetifLink } from '../../world/networkd/netif-link.js';
import { parseLinkDescription } from './networkd-describe.js';
import { describeLink } from '../../model/wire/networkd-paths.js';
import type { Bus } from '../../system/bus/bus.js';
import type { Files } from '../../system/files/files.js';

/** How long scripts wait for networkd's description of a link, in milliseconds. */
const DESCRIBE_TIMEOUT_MS = 500;
/** How often to check whether networkd has written what it signalled, in milliseconds. */
const POLL_MS = 2;

const tooLate = (): Observable<never> => throwError(() => new Error(`no answer within ${DESCRIBE_TIMEOUT_MS} ms`));

/** What networkd's state file says of a link. */
export const writtenDown = (files: Files, ifindex: number): Observable<NetifLink> =>
  files.read(netifLinkFileOf(ifindex)).pipe(map(text => parseNetifLink(text ?? '')));

/** From worst to best: operational, carrier and address states of networkctl(1) share their words. */
const worstFirst = 'missing off no-carrier dormant degraded-carrier carrier degraded enslaved routable'.split(' ');
const rank = (state = ''): number => worstFirst.indexOf(state);

/**
 * Does the file still show what this event took away? When a link goes down, networkd signals first and writes
 * afterwards. A file that lacks what is yet to come is good enough: that will have events of its own.
 */
const hasWhatIsGone = (written: States, event: NetworkEvent): boolean =>
  event.kind === 'link-state' &&
  Object.entries(event.changed).some(([property, now]) => {
    const before = event.previous[property];
    return written[property] === before && rank(now) < rank(before);
  });

/**
 * networkd's description of a link, from the link's own object: the manager's grows with every link. networkd is asked
 * once per link. What changes with time is in its state file, which it replaces as a whole: after a change of carrier
 * it is busy, and an answer takes 10 ms or more. It is asked again if the file still shows what is gone. Undefined if
 * it does not own its name, or says nothing readable.
 */
export const createLinkDescription = (bus: Bus, files: Files, scheduler: SchedulerLike = asyncScheduler) => {
  /** its last description of each link */
  const said = new Map<number, Partial<LinkDetails>>();
  const ask = ({ world }: Step, ifindex: number): Observable<Partial<LinkDetails> | undefined> => {
    return bus.connection$.pipe(
      mergeMap(connection => connection.call(describeLink(ifindex))),
      take(1), // not before: when the daemon stops, nobody else may hold the connection
      map(([reply]) => parseLinkDescription(reply)),
      tap(described => {
        for (const one of said.keys()) if (world.kernel.links?.has(one) !== true) said.delete(one);
        if (described !== undefined) said.set(ifindex, described);
      }),
      timeout({ first: DESCRIBE_TIMEOUT_MS, scheduler, with: tooLate }),
    );
  };
  /** What the file says of a known link, if it is not older than the event. */
  const look = ({ event }: Step, ifindex: number): Observable<Partial<LinkDetails>> =>
    defer(() => {
      const known = said.get(ifindex);
      if (known === undefined) return EMPTY;
      return writtenDown(files, ifindex).pipe(
        filter(({ states }) => Object.keys(states).length > 0 && !hasWhatIsGone(states, event)),
        map(({ details }) => ({ ...known, ...details })),
      );
    });
  return (step: Step, ifindex: number): Observable<Partial<LinkDetails> | undefined> => {
    if (step.world.progress.sources.get('systemd-networkd')?.is !== 'serving') return of(undefined);
    const lookAgain$ = timer(POLL_MS, POLL_MS, scheduler).pipe(mergeMap(() => look(step, ifindex)));
    return concat(look(step, ifindex), merge(ask(step, ifindex), lookAgain$)).pipe(take(1));
  };
};
