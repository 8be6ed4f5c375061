import { concat, defer, EMPTY, map, mergeMap, NEVER, type Observable, of, Subject, Subscription, timer } from 'rxjs';
import { parseConfig } from '../config/parse.js';
import { assembled, type Machine } from '../daemon/assembled.js';
import { inForce, reloadOutcomes } from '../daemon/load-config.js';
import type { Extension } from '../extensions/extension.js';
import { oneContext } from '../model/contexts.js';
import { createRecorder } from '../trace/recorder.js';
import { writeHeader } from '../trace/format.js';
import { noInhibitor, SCRIPTS } from './host/disk.js';
import type { Host } from './host/host.js';
import { createSocket } from './host/kernel/socket.js';
import { createRuns } from './host/scripts.js';
import { createClockwork } from './time.js';

/** As the real clock's, see system/clock.ts. */
const MAX_SLEEP_MS = 3_600_000;
export const CONFIG = `${SCRIPTS}/network-broker.toml`;

/** The real daemon, on a simulated host. */
export interface Daemon {
  readonly isRunning: () => boolean;
  readonly start: () => void;
  readonly reload: () => void;
  /** SIGTERM: what is in progress ends first */
  readonly stop: () => void;
  /** SIGKILL: all that was in flight is lost */
  readonly kill: () => void;
  /** it drops what waits in its socket, as the kernel does when it is not read */
  readonly overrun: () => void;
  /** what it holds of the host: sockets, connections, files, watches, programs, timers */
  readonly holds: () => Readonly<Record<string, number>>;
  /** the text of the configuration in force */
  readonly config: () => string;
  /** the lines of its trace, of this run */
  readonly trace: () => readonly string[];
}

/** What it holds at the end is to be nothing. */
export const createDaemon = (
  host: Host,
  {
    extensions = [],
    does = () => undefined,
    isTraced = false,
  }: {
    readonly extensions?: readonly Extension[];
    readonly does?: (path: string, env: Readonly<Record<string, string>>) => void;
    readonly isTraced?: boolean;
  },
): Daemon => {
  const { time, random, faults, kernel, disk, bus, tell } = host;
  const clockwork = createClockwork(time);
  const socket = createSocket(kernel, time, random('rtnetlink'), faults, change => tell({ kind: 'change', change }));
  const runs = createRuns(time, random('scripts'), faults, tell, does);
  let running: Subscription | undefined;
  let stop$ = new Subject<void>();
  let reload$ = new Subject<void>();
  let lines: string[] = [];
  let config = '';

  const load = () => {
    const texts = [{ file: CONFIG, text: disk.text(CONFIG) ?? '' }];
    return { ...parseConfig(texts), texts };
  };
  const at = (instant: number): Observable<number> =>
    defer(() => {
      const ahead = instant - host.wall();
      if (ahead <= 0) return of(host.wall());
      return timer(Math.min(ahead, MAX_SLEEP_MS), clockwork.scheduler).pipe(mergeMap(() => at(instant)));
    });
  const machine = (): Machine => ({
    ...disk.client(),
    rtnetlink: socket,
    bus: bus.client(),
    processes: runs,
    lock: { hold: () => concat(of(true), NEVER) },
    clock: {
      now: host.wall,
      at,
    },
    boot: 'this-boot',
    inhibit$: noInhibitor,
    scheduler: clockwork.scheduler,
    asapScheduler: clockwork.asap,
    contexts: oneContext,
    tracer: about => {
      const recorder = createRecorder({
        now: time.now,
        isOn: () => isTraced,
        write: line => lines.push(line),
      });
      if (isTraced) lines.push(writeHeader({ ...about, began: host.wall(), at: 0, continues: false, known: [] }));
      return {
        recorder,
        onTurn: () => undefined,
        keep: () => undefined,
        supply: { kept: () => ({ read: () => undefined, close: () => undefined }), lines: () => NEVER },
        close: () => undefined,
      };
    },
    supply: () => EMPTY,
  });
  const ended = (is: 'ended' | 'killed'): void => {
    running = undefined;
    tell({ kind: 'daemon', is });
  };
  return {
    isRunning: () => running !== undefined,
    start: () => {
      if (running !== undefined) return;
      const first = load();
      const right = inForce(first);
      if (right === undefined) {
        tell({ kind: 'daemon', is: 'refused' });
        return;
      }
      config = disk.text(CONFIG) ?? '';
      stop$ = new Subject();
      reload$ = new Subject();
      lines = [];
      tell({ kind: 'daemon', is: 'started' });
      const next$ = reloadOutcomes(first, reload$.pipe(map(load))).pipe(
        mergeMap(({ taken, faults: wrong }) => {
          for (const outcome of wrong) tell({ kind: 'outcome', outcome });
          if (taken !== undefined) config = taken.texts[0]?.text ?? '';
          return taken === undefined ? [] : [taken.config];
        }),
      );
      const life = assembled(machine(), {
        scriptDirectory: SCRIPTS,
        extensions,
        more: [],
        first: right.config,
        config$: concat(of(right.config), next$),
        stop$,
        write: () => undefined,
        watching: [],
        manager: { status: () => undefined },
        ready: () => tell({ kind: 'daemon', is: 'ready' }),
      });
      const life$ = new Subscription();
      running = life$;
      life$.add(
        life.subscribe({
          next: outcome => tell({ kind: 'outcome', outcome }),
          error: (error: unknown) => {
            tell({ kind: 'defect', error });
            ended('ended');
          },
          complete: () => ended('ended'),
        }),
      );
    },
    reload: () => reload$.next(),
    stop: () => {
      if (running === undefined) return;
      tell({ kind: 'daemon', is: 'stopping' });
      stop$.next();
    },
    kill: () => {
      if (running === undefined) return;
      running.unsubscribe();
      ended('killed');
    },
    overrun: socket.overrun,
    holds: () => ({
      sockets: socket.open(),
      connections: bus.open(),
      files: disk.held(),
      watches: disk.watches(),
      programs: runs.running(),
      timers: clockwork.open(),
    }),
    config: () => config,
    trace: () => lines,
  };
};
