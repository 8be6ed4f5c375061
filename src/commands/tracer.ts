import { dirname, join } from 'node:path';
import { ignoreElements, Observable, tap } from 'rxjs';
import { fault, type Report, toError } from '../model/fault.js';
import type { Sink } from '../model/flow.js';
import type { World } from '../model/world.js';
import { openTraceRing, removeTraceRing, type TraceRing } from '../system/trace-ring.js';
import type { TraceSupply } from '../system/trace-socket.js';
import { type Header, writeHeader } from '../trace/format.js';
import { createRecorder, type Recorder } from '../trace/taped.js';
import { statePath } from './state-path.js';

/** Where the daemon of this environment keeps its trace, and where it gives it. */
export const tracePaths = (env: NodeJS.ProcessEnv): { readonly ring: string; readonly socket: string } => {
  const directory = dirname(statePath(env));
  return { ring: join(directory, 'trace'), socket: join(directory, 'trace.sock') };
};

/** The daemon's tape: for its ring, for those who listen, or for nobody. */
export interface Tracer {
  readonly recorder: Recorder;
  /** knows what a part of the trace begins with */
  readonly sink: Sink;
  /** `System.Trace`, MiB; 0: no ring */
  readonly keep: (size: number) => void;
  readonly supply: TraceSupply;
  readonly close: () => void;
}

const MIB = 1024 * 1024;
/** A longer answer is left out, for those who listen; of a ring it is an eighth. */
const LONGEST = 4 * MIB;

export const createTracer = (
  directory: string,
  about: Pick<Header, 'start' | 'scriptDir' | 'owners' | 'extensions'>,
  report: Report,
): Tracer => {
  const began = Date.now();
  const listeners = new Set<(line: string) => void>();
  let world: World = about.start;
  let size: number | undefined;
  let ring: TraceRing | undefined;
  let isRun = false; // something was written of this run, and nothing is missing since

  const isOn = (): boolean => ring !== undefined || listeners.size > 0;
  const begin = (): void => {
    const known = recorder.known();
    const header = writeHeader({ ...about, began, at: recorder.at(), continues: isRun, start: world, known });
    isRun = true;
    ring?.begin(header);
    listeners.forEach(listener => listener(header));
  };
  const recorder = createRecorder({
    now: () => performance.now(),
    isOn,
    write: line => {
      ring?.append(line);
      listeners.forEach(listener => listener(line));
    },
    onTurn: () => {
      if (ring?.isFull() === true) begin();
    },
    longest: () => (ring === undefined ? LONGEST : ((size ?? 0) * MIB) / 8),
  });
  const off = (): void => {
    if (isOn()) return;
    isRun = false;
    recorder.forget();
  };
  const fail = (error: unknown): void => {
    ring = undefined;
    off();
    const message = `${directory}: the trace is not kept any longer: ${toError(error).message}`;
    report(fault('warn', 'trace-unwritten', message, error));
  };
  const open = (wanted: number): void => {
    try {
      ring = openTraceRing(directory, wanted * MIB, fail);
      begin();
    } catch (error) {
      fail(error);
    }
  };
  return {
    recorder,
    sink: {
      name: 'trace',
      consume: ({ world$ }) =>
        world$.pipe(
          tap(newest => (world = newest)),
          ignoreElements(),
        ),
    },
    keep: wanted => {
      if (wanted === size) return;
      ring?.close();
      ring = undefined;
      size = wanted;
      off();
      if (wanted > 0) open(wanted);
      else removeTraceRing(directory);
    },
    supply: {
      kept: () => ring?.kept(),
      lines: fromHeader =>
        new Observable(out => {
          const listener = (line: string): void => out.next(line);
          listeners.add(listener);
          if (fromHeader) begin();
          return () => {
            listeners.delete(listener);
            off();
          };
        }),
    },
    close: () => ring?.close(),
  };
};
