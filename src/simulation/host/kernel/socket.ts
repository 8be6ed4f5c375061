import type { Group, Message, NetlinkObject, Route, RouteFilter } from '@network-stack/netlink';
import { matches } from '../../../fakes/fake-tables.js';
import { Observable, Subject } from 'rxjs';
import type { KernelConnection, Rtnetlink } from '../../../system/rtnetlink.js';
import type { Faults } from '../../faults.js';
import type { Random } from '../../random.js';
import type { Time } from '../../time.js';
import type { Kernel } from './kernel.js';
import { errors, Refused } from './kernel-state.js';

/** The group whose members are told of an object (linux/rtnetlink.h, RTNLGRP_*). */
const groupOf = (object: NetlinkObject): Group =>
  object.kind === 'link' ? 'link' : `${object.family === 10 ? 'ipv6' : 'ipv4'}-${object.kind}`;

/** So many messages may wait in a socket: rtnetlink.ts asks for room for about as many. */
const ROOM = 10_000;

const isListed = ({ table, protocol, type, family, oif }: RouteFilter, route: Route): boolean =>
  matches({ table, protocol, type, family, oif }, route) ||
  (oif !== undefined &&
    route.multipath?.some(hop => hop.oif === oif) === true &&
    matches({ table, protocol, type, family }, route));

export interface Socket extends Rtnetlink {
  /** the kernel drops what waits in the sockets, and says so */
  readonly overrun: () => void;
  /** sockets that are open, and what waits in them */
  readonly open: () => number;
}

/**
 * rtnetlink(7) as a process has it: messages wait in its socket until the process comes to read them, lists and changes are
 * answered a little later, and each may fail.
 */
export const createSocket = (
  kernel: Kernel,
  time: Time,
  random: Random,
  faults: Faults,
  changed: (text: Parameters<Kernel['change']>[0]) => void,
): Socket => {
  const overruns = new Set<() => void>();
  const latency = (): number => (random.isOdds(0.02) ? random.within(10, 200) : random.within(0, 2));
  const failing = <T>(ask: () => T): T => {
    const code = faults.take('rtnetlink');
    if (code !== undefined) throw new Refused(code, errors[code] ?? 5);
    return ask();
  };
  /** What is asked for is looked at now or when the answer is read: both happen. */
  const asked = <T>(ask: () => T): Observable<T> =>
    new Observable(out => {
      const give = (answer: () => T): void => {
        try {
          out.next(answer());
          out.complete();
        } catch (error) {
          out.error(error);
        }
      };
      if (random.isOdds(0.5)) {
        out.add(time.after(latency(), () => give(() => failing(ask))));
        return;
      }
      try {
        const answer = failing(ask);
        out.add(time.after(latency(), () => give(() => answer)));
      } catch (error) {
        out.add(time.after(latency(), () => out.error(error)));
      }
    });
  /** What is asked of one link is answered at once. */
  const atOnce = <T>(ask: () => T): Observable<T> =>
    new Observable(out => {
      try {
        out.next(failing(ask));
        out.complete();
      } catch (error) {
        out.error(error);
      }
    });
  const connect = (joined: readonly Group[]): Observable<KernelConnection> =>
    new Observable(out => {
      const groups = new Set<Group>(joined);
      const message$ = new Subject<readonly Message[]>();
      const overrun$ = new Subject<void>();
      let queue: Message[] = [];
      let isWaking = false;
      let isLost = false;
      const drain = (): void => {
        const batch = queue;
        queue = [];
        if (batch.length > 0) message$.next(batch);
        if (!isLost) return;
        isLost = false;
        overrun$.next();
      };
      const wake = (): void => {
        if (isWaking) return;
        isWaking = true;
        out.add(
          time.after(latency(), () => {
            isWaking = false;
            drain();
          }),
        );
      };
      const overrun = (): void => {
        queue = [];
        isLost = true;
        wake();
      };
      overruns.add(overrun);
      out.add(() => overruns.delete(overrun));
      out.add(
        kernel.listen((kind, object, flags) => {
          if (!groups.has(groupOf(object))) return;
          if (queue.length >= ROOM || faults.take('socket') !== undefined) {
            overrun();
            return;
          }
          queue.push({ kind, type: 0, flags, sequence: 0, port: 0, object });
          wake();
        }),
      );
      out.next({
        message$,
        overrun$,
        drain,
        join: group => groups.add(group),
        leave: group => groups.delete(group),
      });
    });
  return {
    connect,
    overrun: () => {
      for (const overrun of overruns) overrun();
    },
    open: () => overruns.size,
    links: () => asked(() => kernel.links()),
    link: ifindex =>
      atOnce(() => {
        const found = kernel.link(ifindex);
        if (found === undefined) throw new Refused('ENODEV', errors.ENODEV ?? 19);
        return found;
      }),
    addresses: ifindex =>
      (ifindex === undefined ? asked : atOnce)(() =>
        kernel.addresses().filter(one => ifindex === undefined || one.ifindex === ifindex),
      ),
    routes: filter =>
      (filter.oif === undefined ? asked : atOnce)(() => kernel.routes().filter(route => isListed(filter, route))),
    rules: () => asked(() => kernel.rules()),
    apply: changes =>
      asked(() =>
        changes.map(change => {
          changed(change);
          const refused = kernel.change(change);
          return refused && { code: refused.code, errno: refused.errno, message: refused.message };
        }),
      ),
  };
};
