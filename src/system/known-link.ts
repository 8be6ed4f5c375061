import { type Address, type Answer, atOnce, type Link, NetlinkError } from '@network-stack/netlink';
import { constants } from 'node:os';
import { toError } from '../model/fault.js';
import { catchError, defer, EMPTY, map, mergeMap, type Observable, of, throwError } from 'rxjs';

const asked = <T>(ask: () => Answer<T>): Observable<T> =>
  defer(() => {
    const answer = ask();
    return answer instanceof Promise ? answer : of(answer);
  });

/** What the kernel says of the link of this name, not of one that has it as another name; nothing if there is none. */
export const knownLink = (name: string): Observable<{ readonly link: Link; readonly addresses: readonly Address[] }> =>
  asked(() => atOnce.getLink(name)).pipe(
    mergeMap(link =>
      link.name !== name
        ? EMPTY
        : asked(() => atOnce.listAddresses({ ifindex: link.ifindex })).pipe(map(addresses => ({ link, addresses }))),
    ),
    catchError((error: unknown) =>
      error instanceof NetlinkError && error.errno === constants.errno.ENODEV
        ? EMPTY
        : throwError(() => toError(error)),
    ),
  );
