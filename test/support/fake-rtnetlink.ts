import type * as netlink from '@network-stack/netlink';
import { asyncScheduler, defer, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import type { KernelConnection, Rtnetlink } from '../../src/system/rtnetlink.js';

/** What the kernel of a test does. Everything left out is: nothing, for ever. */
export interface FakeKernelWords {
  /** what it tells whoever is subscribed, in batches */
  readonly message$?: Observable<readonly netlink.Message[]>;
  /** it had to drop messages */
  readonly overrun$?: Observable<void>;
  /** evaluated for every dump */
  readonly links?: () => Observable<readonly netlink.Link[]>;
  readonly addresses?: () => Observable<readonly netlink.Address[]>;
  readonly routes?: (filter: netlink.RouteFilter) => Observable<readonly netlink.Route[]>;
}

export interface FakeRtnetlink extends Rtnetlink {
  /** what was done, with the time: `0 connect link`, `3 join ipv4-route`, `5 leave ipv4-route`, `9 close` */
  readonly log: readonly string[];
  /** a batch that waits in the socket until it is drained */
  readonly queue: (batch: readonly netlink.Message[]) => void;
}

/** An rtnetlink in virtual time: reads only; changing something is an error. */
export const fakeRtnetlink = ({
  message$ = NEVER,
  overrun$ = NEVER,
  links = () => of([]),
  addresses = () => of([]),
  routes = () => of([]),
}: FakeKernelWords = {}): FakeRtnetlink => {
  const log: string[] = [];
  const queued: (readonly netlink.Message[])[] = [];
  const note = (what: string): void => {
    log.push(`${asyncScheduler.now()} ${what}`);
  };
  const connect = (groups: readonly netlink.Group[]): Observable<KernelConnection> =>
    new Observable(out => {
      note(`connect ${groups.join(' ')}`);
      out.add(() => note('close'));
      const told$ = new Subject<readonly netlink.Message[]>();
      out.add(message$.subscribe({ next: batch => told$.next(batch), error: (error: unknown) => out.error(error) }));
      out.next({
        message$: told$,
        overrun$,
        drain: () => {
          for (const batch of queued.splice(0)) told$.next(batch);
        },
        join: group => note(`join ${group}`),
        leave: group => note(`leave ${group}`),
      });
    });
  const refuse = (): Observable<never> =>
    throwError(() => new Error('the fake rtnetlink only tells of links and addresses'));
  return {
    log,
    queue: batch => queued.push(batch),
    connect,
    links: () =>
      defer(() => {
        note('dump links');
        return links();
      }),
    addresses: () =>
      defer(() => {
        note('dump addresses');
        return addresses();
      }),
    link: refuse,
    routes,
    rules: refuse,
    apply: refuse,
  };
};

const linkDefaults: netlink.Link = {
  kind: 'link',
  family: 0,
  ifindex: 0,
  name: '',
  alternativeNames: [],
  hardwareType: 1,
  flags: 0x1_1043,
  change: 0xffffffff,
  operState: 6,
};

/** A link as the kernel's message has it. */
export const netlinkLink = (ifindex: number, name: string, changes: Partial<netlink.Link> = {}): netlink.Link => ({
  ...linkDefaults,
  ifindex,
  name,
  ...changes,
});

/** An IPv4 address as the kernel's message has it: `netlinkAddress(2, '192.0.2.5', 24)`. */
export const netlinkAddress = (ifindex: number, address: string, prefixLength: number): netlink.Address => ({
  kind: 'address',
  family: 2,
  ifindex,
  address,
  prefixLength,
  scope: 0,
  flags: 0x80,
});

/** A message of the kernel about an object: it is there, or is so now (`new`), or has gone (`delete`). */
export const netlinkMessage = (
  kind: 'new' | 'delete',
  object: netlink.NetlinkObject,
  flags = 0,
): netlink.ObjectMessage => ({ kind, type: 0, flags, sequence: 0, port: 0, object });

/** A unicast route of the main table as the kernel's message has it. */
export const netlinkRoute = (
  destination: string,
  oif: number,
  changes: Partial<netlink.Route> = {},
): netlink.Route => ({
  kind: 'route',
  family: 2,
  destination,
  table: 254,
  protocol: 3,
  scope: 253,
  type: 1,
  flags: 0,
  tos: 0,
  oif,
  ...changes,
});
