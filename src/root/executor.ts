import {
  asapScheduler,
  asyncScheduler,
  BehaviorSubject,
  catchError,
  defer,
  EMPTY,
  filter,
  finalize,
  merge,
  map,
  mergeMap,
  NEVER,
  type Observable,
  of,
  switchMap,
  take,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import type { Config } from '../model/config.js';
import { toError } from '../model/fault.js';
import { concatMapByKey } from '../operators/concat-map-by-key.js';
import { createSlots } from '../operators/with-slot.js';
import type { RootReply } from '../system/processes/root-reply.js';
import type { Caller } from '../system/sockets/root-server.js';
import { orderOf } from './orders.js';
import { createRate } from './rate.js';
import { runOrder, type RunMachine, scriptOf } from './run-order.js';

/** Requests at a time, those included whose caller has gone. */
export const MAX_REQUESTS = 16;
/** It ends when nobody has asked for so many milliseconds. */
const IDLE_MS = 30_000;

/** What the executor stands on. */
export interface RootMachine extends RunMachine {
  readonly caller$: Observable<Caller>;
  /** root's own; undefined: it has errors */
  readonly configuration: () => Config | undefined;
  readonly scriptDirectory: string;
  readonly stop$: Observable<unknown>;
}

/** What is to be answered, and after whom: jobs of one lane run one after the other. */
interface Job {
  readonly caller: Caller;
  readonly lane: unknown;
  readonly reply$: Observable<RootReply>;
}

/** For `concatMapByKey`: of so few nothing is joined. */
const unjoined = { limit: MAX_REQUESTS, joinKey: () => undefined, join: () => undefined, onJoined: () => undefined };

/**
 * Runs scripts of root's trees for whoever may write to the socket, and believes nothing of what they say: see docs/root.md. Emits
 * every reply. A run that has begun is ended by nobody who asks, but by itself or its time limit. Completes when nobody has asked for
 * 30 s, or after `stop$`, once what runs has ended.
 */
export const executor = (machine: RootMachine): Observable<RootReply> =>
  defer(() => {
    const { caller$, files, configuration, scriptDirectory, stop$, scheduler = asyncScheduler } = machine;
    const run = runOrder(machine);
    const withSlot = createSlots(asapScheduler, scheduler);
    const pauseNow = createRate();
    const open$ = new BehaviorSubject(0);
    const isIdle$ = open$.pipe(
      switchMap(open => (open === 0 ? timer(IDLE_MS, scheduler) : NEVER)),
      take(1),
    );

    /** In a lane of its own: nobody waits for it. */
    const refusal = (caller: Caller, why: string): Job => ({
      caller,
      lane: caller,
      reply$: of({ kind: 'refused', why }),
    });
    const jobOf = (caller: Caller): Observable<Job> => {
      const order = orderOf(caller.text, configuration(), scriptDirectory);
      if ('refused' in order) return of(refusal(caller, order.refused));
      const { checked, config } = order;
      const reply$ = defer(() => {
        if (caller.isGone()) return EMPTY; // whoever asked wants nothing any more
        const pause = pauseNow(scheduler.now());
        return pause === 0 ? run(order) : timer(pause, scheduler).pipe(mergeMap(() => run(order)));
      }).pipe(withSlot(config.scripts.maxParallel));
      return scriptOf(files, order).pipe(
        map(script =>
          'refused' in script
            ? refusal(caller, script.refused)
            : { caller, lane: script.atOnce ? caller : checked.link, reply$ },
        ),
      );
    };
    const answered = ({ caller, reply$ }: Job): Observable<RootReply> =>
      reply$.pipe(
        catchError((error: unknown) => of<RootReply>({ kind: 'failed', error: toError(error).message })),
        tap(reply => caller.say(reply)),
        finalize(() => {
          caller.end();
          open$.next(open$.value - 1);
        }),
      );
    const heard$ = caller$.pipe(takeUntil(merge(stop$, isIdle$)));
    return heard$.pipe(
      filter(caller => {
        if (open$.value >= MAX_REQUESTS) caller.end();
        return open$.value < MAX_REQUESTS;
      }),
      tap(caller => {
        open$.next(open$.value + 1);
        caller.say({ kind: 'accepted' });
      }),
      mergeMap(caller =>
        jobOf(caller).pipe(catchError((error: unknown) => of(refusal(caller, toError(error).message)))),
      ),
      concatMapByKey(({ lane }) => lane, answered, unjoined),
    );
  });
