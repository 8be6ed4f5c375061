import { dirname, join } from 'node:path';
import { Observable } from 'rxjs';
import { fault, type Report, toError } from '../model/fault.js';
import type { Turn } from '../model/world.js';
import { keptIn, openTraceRing, removeTraceRing, type TraceRing } from '../system/files/trace-ring.js';
import type { TraceSupply } from '../system/sockets/trace-socket.js';
import { type Header, writeHeader } from '../trace/format.js';
import { createRecorder, type Recorder } from '../trace/recorder.js';
import { statePath } from './state/state-path.js';

/** Where the daemon of this environment keeps its trace, and the socket that serves it. */
export const tracePaths = (env: NodeJS.ProcessEnv): { readonly ring: string; readonly socket: string } => {
  const directory = dirname(statePath(env));
  return { ring: join(directory, 'trace'), socket: join(directory, 'trace.sock') };
};

/** The daemon's recorder: for its ring, for connected clients, or for neither. */
export interface Tracer {
  readonly recorder: Recorder;
  /** learns what a part of the trace begins with */
  readonly onTurn: (turn: Turn) => void;
  /** `System.Trace`, MiB; 0: no ring */
  readonly keep: (size: number) => void;
  readonly supply: TraceSupply;
  readonly close: () => void;
}

const MIB = 1024 * 1024;
/** A longer answer is left out for listeners; for a ring the limit is an eighth of it. */
const MAX_ANSWER_LENGTH = 4 * MIB;
/** Milliseconds until a ring that could not be written is retried, at the next event: no timer wakes up for it. */
const RING_RETRY_MS = 10_000;

/** What the header of every part of a trace says. */
export type About = Pick<Header, 'start' | 'lastId' | 'scriptDir' | 'owners' | 'extensions' | 'staged'>;

export const createTracer = (directory: string, about: About, report: Report): Tracer => {
  const began = Date.now();
  const listeners = new Set<(line: string) => void>();
  let newest: Pick<Header, 'start' | 'lastId'> = { start: about.start, lastId: about.lastId };
  let size: number | undefined;
  let ring: TraceRing | undefined;
  /** since when the ring cannot be written, and the last attempt */
  let broken: { readonly since: number; readonly tried: number } | undefined;
  let isRun = false; // this run has been traced without a gap

  const isDue = (): boolean => broken !== undefined && performance.now() - broken.tried >= RING_RETRY_MS;
  const isOn = (): boolean => ring !== undefined || listeners.size > 0 || isDue();
  const begin = (): void => {
    const known = recorder.known();
    const at = recorder.at();
    const gap = broken === undefined ? {} : { missing: at - broken.since };
    const header = writeHeader({ ...about, began, at, continues: isRun, ...gap, ...newest, known });
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
      if (isDue()) open(size ?? 0);
      else if (ring?.isFull() === true) begin();
    },
    longest: () => (ring === undefined ? MAX_ANSWER_LENGTH : ((size ?? 0) * MIB) / 8),
  });
  const off = (): void => {
    if (isOn()) return;
    isRun = false;
    recorder.forget();
  };
  const fail = (error: unknown): void => {
    const isNew = broken === undefined;
    broken = { since: broken?.since ?? recorder.at(), tried: performance.now() };
    ring = undefined;
    off();
    const message = `${directory}: tracing is suspended: ${toError(error).message}; it resumes when the trace can be written again`;
    if (isNew) report(fault('trace-unwritten', message, error));
  };
  const open = (wanted: number): void => {
    const before = broken;
    try {
      ring = openTraceRing(directory, wanted * MIB, fail);
      begin();
    } catch (error) {
      fail(error);
    }
    if (before === undefined || broken !== before) return;
    broken = undefined;
    const seconds = ((recorder.at() - before.since) / 1000).toFixed(0);
    report(fault('trace-written', `${directory}: tracing has resumed; ${seconds} s are missing`));
  };
  return {
    recorder,
    onTurn: ({ world, lastId }) => (newest = { start: world, lastId }),
    keep: wanted => {
      if (wanted === size) return;
      ring?.close();
      ring = undefined;
      broken = undefined;
      size = wanted;
      off();
      if (wanted > 0) open(wanted);
      else removeTraceRing(directory);
    },
    supply: {
      kept: () => ring?.kept() ?? keptIn(directory), // also what was kept before writing failed
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
