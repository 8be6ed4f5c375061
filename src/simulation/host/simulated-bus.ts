import { ignoreElements, Observable, shareReplay, Subject } from 'rxjs';
import type { Bus, BusConnection, Call, Signal } from '../../system/bus/bus.js';
import type { Faults } from '../faults.js';
import type { Random } from '../random.js';
import type { Time } from '../time.js';

/** What a peer says to a call: its arguments, or the name of an error. */
export type Reply = readonly unknown[] | { readonly errorName: string };

/** Somebody on the bus. */
export interface Peer {
  readonly name: string;
  readonly answer: (call: Call) => Reply;
}

/** The bus daemon itself. */
const BUS_NAME = 'org.freedesktop.DBus';

/** As the real one's. */
class BusError extends Error {
  constructor(
    readonly code: 'bus-lost' | 'call-failed' | 'call-timed-out',
    message: string,
    readonly errorName?: string,
  ) {
    super(message);
  }
}

/** The system bus of a simulated host, and who is on it. */
export interface SimulatedBus {
  /** one connection for a process, shared by all who subscribe at a time */
  readonly client: () => Bus;
  /** A peer takes its name; what it gives is the unique name that it has. */
  readonly own: (peer: Peer) => string;
  readonly leave: (name: string) => void;
  readonly ownerOf: (name: string) => string | undefined;
  /** The peer of this unique name, if it still has one, signals. */
  readonly signal: (signal: Signal) => void;
  /** every connection is lost, and none can be had for so long */
  readonly die: (milliseconds: number) => void;
  /** nobody's calls are answered for so long */
  readonly silence: (milliseconds: number) => void;
  readonly open: () => number;
}

const CALL_TIMEOUT_MS = 10_000;
const BUS_OBJECT = { path: '/org/freedesktop/DBus', interface: BUS_NAME } as const;

/**
 * Each connection has one queue, in which replies and signals keep the order in which they were sent. It hears signals of the
 * bus and of those whose names it asked for; each may be lost, come twice, or late with all behind it.
 */
export const createBus = (time: Time, random: Random, faults: Faults): SimulatedBus => {
  const owners = new Map<string, { readonly unique: string; readonly peer: Peer }>();
  const connections = new Set<{ readonly send: (signal: Signal) => void; readonly lose: () => void }>();
  let lastUnique = 0;
  let deadUntil = 0;
  let silentUntil = 0;
  const latency = (): number => (random.isOdds(0.02) ? random.within(5, 100) : random.within(0, 2));
  const ownerChanged = (name: string, from: string, to: string): void => {
    const signal: Signal = { ...BUS_OBJECT, sender: BUS_NAME, member: 'NameOwnerChanged', body: [name, from, to] };
    for (const { send } of connections) send(signal);
  };

  const answerOf = (call: Call): Reply => {
    if (call.destination === BUS_NAME) {
      if (call.member !== 'GetNameOwner') return [];
      const owner = owners.get(String(call.body?.[0]));
      return owner === undefined ? { errorName: 'org.freedesktop.DBus.Error.NameHasNoOwner' } : [owner.unique];
    }
    const failure = faults.take('call');
    if (failure !== undefined) return { errorName: `org.freedesktop.DBus.Error.${failure}` };
    const peer = owners.get(call.destination)?.peer;
    return peer === undefined ? { errorName: 'org.freedesktop.DBus.Error.ServiceUnknown' } : peer.answer(call);
  };

  const open = new Observable<BusConnection>(out => {
    if (time.now() < deadUntil) {
      out.add(time.after(1, () => out.error(new BusError('bus-lost', 'bus: connect ECONNREFUSED'))));
      return;
    }
    const signal$ = new Subject<Signal>();
    /** names that were asked for, and who has them as far as the connection was told */
    const followed = new Map<string, string>();
    let last = 0;
    /** in order, however long each takes */
    const deliver = (then: () => void, more = 0): void => {
      last = Math.max(last, time.now() + latency() + more);
      out.add(time.after(last - time.now(), then));
    };
    const hear = (signal: Signal): void => {
      const [name, , owner] = signal.body.map(String);
      if (signal.sender === BUS_NAME) {
        if (name !== undefined && followed.has(name)) followed.set(name, owner ?? '');
      } else if (![...followed.values()].includes(signal.sender)) return;
      signal$.next(signal);
    };
    const send = (signal: Signal): void => {
      const isBus = signal.sender === BUS_NAME;
      const wrong = isBus ? undefined : faults.take('signal');
      if (wrong === 'lose') return;
      deliver(() => hear(signal), wrong === 'late' ? random.within(50, 800) : 0);
      if (wrong === 'double') deliver(() => hear(signal));
    };
    let isLost = false;
    const pending = new Set<(error: Error) => void>();
    const call = (request: Call): Observable<readonly unknown[]> =>
      new Observable(asker => {
        const what = `${request.interface}.${request.member} of ${request.destination}`;
        const fail = (error: Error): void => asker.error(error);
        if (isLost) {
          fail(new BusError('bus-lost', 'bus: the connection was closed'));
          return;
        }
        pending.add(fail);
        asker.add(() => pending.delete(fail));
        asker.add(
          time.after(CALL_TIMEOUT_MS, () =>
            asker.error(new BusError('call-timed-out', `${what}: no answer within 10 s`)),
          ),
        );
        const isUnheard = time.now() < silentUntil && request.destination !== BUS_NAME;
        if (isUnheard) return;
        asker.add(
          time.after(random.within(0, 1), () => {
            const answer = answerOf(request);
            const [name] = (request.body ?? []).map(String);
            const isAsking = request.destination === BUS_NAME && request.member === 'GetNameOwner';
            deliver(() => {
              if (isAsking && name !== undefined) followed.set(name, 'errorName' in answer ? '' : String(answer[0]));
              if (asker.closed) return;
              if ('errorName' in answer) {
                asker.error(new BusError('call-failed', `${answer.errorName}: so it is`, answer.errorName));
                return;
              }
              asker.next(answer);
              asker.complete();
            });
          }),
        );
      });
    const lose = (): void => {
      isLost = true;
      const error = new BusError('bus-lost', 'bus: the connection was closed');
      for (const fail of [...pending]) fail(error);
      out.error(error);
    };
    const connection = { send, lose };
    connections.add(connection);
    out.add(() => connections.delete(connection));
    out.add(
      time.after(1, () =>
        out.next({
          signal$,
          call,
          match: rule =>
            call({ ...BUS_OBJECT, destination: BUS_NAME, member: 'AddMatch', body: [rule] }).pipe(ignoreElements()),
        }),
      ),
    );
  });
  return {
    client: () => ({ connection$: open.pipe(shareReplay({ bufferSize: 1, refCount: true })) }),
    own: peer => {
      const unique = `:1.${(lastUnique += 1)}`;
      const before = owners.get(peer.name)?.unique ?? '';
      owners.set(peer.name, { unique, peer });
      ownerChanged(peer.name, before, unique);
      return unique;
    },
    leave: name => {
      const before = owners.get(name);
      owners.delete(name);
      if (before !== undefined) ownerChanged(name, before.unique, '');
    },
    ownerOf: name => owners.get(name)?.unique,
    signal: signal => {
      for (const { send } of [...connections]) send(signal);
    },
    die: milliseconds => {
      deadUntil = time.now() + milliseconds;
      for (const { lose } of [...connections]) lose();
    },
    silence: milliseconds => (silentUntil = time.now() + milliseconds),
    open: () => connections.size,
  };
};
