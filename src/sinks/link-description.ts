import { asyncScheduler, map, mergeMap, type Observable, of, take, throwError, timeout } from 'rxjs';
import type { LinkDetails } from '../model/link-details.js';
import type { World } from '../model/world.js';
import { parseLinkDescription } from '../parsers/networkd-describe.js';
import { NETWORKD, pathOfIfindex } from '../parsers/networkd-messages.js';
import type { Bus } from '../system/bus.js';

/** Scripts wait no longer for networkd's account of a link, in milliseconds. */
const PATIENCE = 500;

const tooLate = (): Observable<never> => throwError(() => new Error(`no answer within ${PATIENCE} ms`));

/**
 * What networkd says of a link, of the link's own object: the manager's account grows with every link. Undefined: it owns
 * its name no more, or not yet, or says nothing that can be read. Its source keeps the connection open that is used here.
 */
export const linkDescription = (
  bus: Bus,
  world: World,
  ifindex: number,
  scheduler = asyncScheduler,
): Observable<Partial<LinkDetails> | undefined> => {
  if (world.sources.get('systemd-networkd')?.is !== 'serving') return of(undefined);
  const question = {
    destination: NETWORKD,
    path: pathOfIfindex(ifindex),
    interface: `${NETWORKD}.Link`,
    member: 'Describe',
  };
  return bus.connection$.pipe(
    take(1),
    mergeMap(connection => connection.call(question)),
    map(([reply]) => parseLinkDescription(reply)),
    timeout({ first: PATIENCE, scheduler, with: tooLate }),
  );
};
