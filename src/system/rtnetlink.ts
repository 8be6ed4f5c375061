import type { NetlinkError } from '@network-stack/netlink';
import {
  type Address,
  type Answer,
  applyAll,
  atOnce,
  type Change,
  type Group,
  type Link,
  listAddresses,
  listLinks,
  listRoutes,
  listRules,
  type Message,
  refusedOptions as askRefusedOptions,
  type Route,
  type RouteFilter,
  type Rule,
  Session,
  subscribe,
} from '@network-stack/netlink';
import { defer, Observable, of, Subject } from 'rxjs';

/** A subscription to the kernel's notifications. */
export interface KernelConnection {
  /** what the kernel told, in batches, from now on */
  readonly message$: Observable<readonly Message[]>;
  /** it dropped messages because they were not read in time */
  readonly overrun$: Observable<void>;
  /** hands on what already waits, before it returns */
  readonly drain: () => void;
  readonly join: (group: Group) => void;
  readonly leave: (group: Group) => void;
}

/** Why the kernel did not make a change; the message ends with its own sentence. */
export type Refusal = Pick<NetlinkError, 'code' | 'errno' | 'message'>;

/** rtnetlink(7) in the network namespace of this process. Errors are NetlinkErrors. */
export interface Rtnetlink {
  /** One subscription for each subscriber; unsubscribing closes it. */
  readonly connect: (groups: readonly Group[]) => Observable<KernelConnection>;
  readonly links: () => Observable<readonly Link[]>;
  /** one link with its statistics, as they are now; errno 19 (ENODEV): there is none */
  readonly link: (ifindex: number) => Observable<Link>;
  readonly addresses: (ifindex?: number) => Observable<readonly Address[]>;
  readonly routes: (filter: RouteFilter) => Observable<readonly Route[]>;
  readonly rules: () => Observable<readonly Rule[]>;
  /** Tries all, in order; the result says of each why it failed, or undefined. */
  readonly apply: (changes: readonly Change[]) => Observable<readonly (Refusal | undefined)[]>;
}

/** About 10,000 route messages may wait while a script is started or a dump is read. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

const connect = (groups: readonly Group[]): Observable<KernelConnection> =>
  new Observable(out => {
    const message$ = new Subject<readonly Message[]>();
    const overrun$ = new Subject<void>();
    const subscription = subscribe({
      groups,
      receiveBufferBytes: RECEIVE_BUFFER_BYTES,
      ref: true,
      onMessages: batch => message$.next(batch),
      onOverrun: () => overrun$.next(),
    });
    out.add(() => subscription.close());
    out.next({
      message$,
      overrun$,
      drain: () => subscription.drain(),
      join: group => subscription.join(group),
      leave: group => subscription.leave(group),
    });
  });

/** Options of netlink sockets that this kernel, or a sandbox, does not let through: each message names it and ends with what that means. */
export const refusedOptions = (): Observable<readonly Refusal[]> => defer(() => of(askRefusedOptions()));

/** The daemon stays in its network namespace. */
const session = new Session();

/** A promise would wait until everything else is done that arrived together with what made somebody ask. */
const asked = <T>(ask: () => Answer<T>): Observable<T> =>
  defer(() => {
    const answer = ask();
    return answer instanceof Promise ? answer : of(answer);
  });

/**
 * What is asked of one link is most often told at once; lists of everything come later.
 *
 * @experimental
 */
export const rtnetlink: Rtnetlink = {
  connect,
  links: () => defer(() => listLinks({ session })),
  link: ifindex => asked(() => atOnce.getLink(ifindex, { session })),
  addresses: ifindex =>
    ifindex === undefined
      ? defer(() => listAddresses({ session }))
      : asked(() => atOnce.listAddresses({ ifindex, session })),
  routes: filter =>
    filter.oif === undefined
      ? defer(() => listRoutes({ ...filter, session }))
      : asked(() => atOnce.listRoutes({ ...filter, session })),
  rules: () => defer(() => listRules({ session })),
  apply: changes => defer(() => applyAll(changes, { session })),
};
