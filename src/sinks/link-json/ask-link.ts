import { catchError, forkJoin, map, type Observable, of } from 'rxjs';
import { fault, type Report, toError } from '../../model/fault.js';
import type { Lease } from '../../model/lease.js';
import type { Step } from '../../model/world.js';
import { addressesOf } from '../../world/links.js';
import { networkdLease4 } from '../../world/networkd/netif-lease.js';
import { leaseFileOf } from '../scripts/environment.js';
import type { Facts } from '../scripts/styles/style.js';
import { createLinkIngredients, type Informants } from './gather.js';
import { linkJson } from './to-json.js';

/** What can be said of an event's link as it is when the event's turn comes; nothing: the event is of none. One value. */
export const linkFacts = (informants: Informants): ((step: Step, report: Report) => Observable<Facts>) => {
  const ingredients = createLinkIngredients(informants);
  const writtenLease = ({ id, event, world }: Step, report: Report): Observable<Lease | undefined> => {
    const path = leaseFileOf(event);
    if (path === undefined || event.kind !== 'link-state') return of(undefined);
    const ends = addressesOf(world, event.ifindex).flatMap(({ address, until }) =>
      until === undefined ? [] : [[address, until] as const],
    );
    return informants.files.read(path).pipe(
      map((text = '') => networkdLease4(event.name, text, new Map(ends))[0]),
      catchError((error: unknown) => {
        report(fault('lease-file', `event ${id}: its scripts run without its lease: ${toError(error).message}`));
        return of(undefined);
      }),
    );
  };
  return (step, report) => {
    const { event } = step;
    return 'name' in event && event.ifindex !== 0
      ? forkJoin({
          link: ingredients(step, event.ifindex, event.name, report).pipe(map(linkJson)),
          lease4: writtenLease(step, report),
        })
      : of({ link: undefined, lease4: undefined });
  };
};
