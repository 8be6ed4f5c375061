import { NEVER, Observable, Subject, type Subscription } from 'rxjs';
import { createBroker } from '../broker.js';
import type { Input } from '../model/input.js';
import type { Outcome } from '../model/outcome.js';
import type { Turn } from '../model/world.js';
import { standardSinks, type System } from '../sinks/standard.js';
import { absentSystem } from './null-system.js';
import { createAnswers } from './playback.js';
import { toError } from '../model/fault.js';
import { field } from '../model/values/unknown.js';
import type { Broker } from '../model/flow.js';
import { createPlayedStage } from './played-stage.js';
import { type Header, TraceError } from './format.js';
import { createReader } from './reader.js';
import { through } from './instrument.js';

/** What a replay emits, `at` milliseconds after the trace began. */
export type Replayed =
  /** a run of the daemon begins */
  | { readonly at: number; readonly header: Header }
  | { readonly at: number; readonly input: Input }
  | { readonly at: number; readonly outcome: Outcome }
  /** a question that the trace does not answer, once each */
  | { readonly at: number; readonly unanswered: string }
  /** a question that was asked when the trace was recorded, or an event that left the stages; by this replay not */
  | { readonly at: number; readonly unasked: string };

/** Sees more of a replay than what it emits; `at` in milliseconds after the trace began. */
export interface Witness {
  /** looks at what the sinks ask, and at the recorded answers */
  readonly around?: (system: System, at: () => number) => System;
  readonly onTurn?: (turn: Turn, at: number) => void;
}

interface Run {
  readonly take: (record: Exclude<ReturnType<ReturnType<typeof createReader>['next']>, Header | undefined>) => void;
  readonly end: () => void;
}

/** Of a scheduler's (`recorded-scheduler.ts`): nothing comes of it but what is asked when it is over. */
const isWait = (question: string): boolean => /^(wait|soon) [\d.]+$/.test(question);

const MAX_REPORTED_QUESTIONS = 10_000;

/**
 * Runs the pipeline over a trace in virtual time, as fast as possible, synchronously when subscribed. It has no
 * effects: questions to the system get the recorded answers at the recorded times. Lines are read one at a time, so
 * memory does not grow with the trace. Errors: TraceError.
 *
 * @param lines the lines of a trace, the header first
 * @param stages run in place of what left the stages of extensions then
 */
export const replay = (
  lines: Iterable<string>,
  stages?: Broker['stages'],
  { around = system => system, onTurn = () => undefined }: Witness = {},
): Observable<Replayed> =>
  new Observable<Replayed>(out => {
    const reader = createReader(lines);
    const told = new Set<string>();
    let origin: number | undefined;
    /** A line that no daemon writes may break the pipeline anywhere; the error names the line. */
    const fail = (error: unknown): void => {
      const { message } = toError(error);
      const where = `line ${reader.line()}, or one that it answers`;
      const found = `not a line that a daemon writes: ${message}`;
      const isOfFile = error instanceof TraceError || field(error, 'syscall') !== undefined; // open(2), read(2)
      out.error(isOfFile ? error : new TraceError(`${where}: ${found}`, { cause: error }));
    };

    const begin = (header: Header): Run => {
      origin ??= header.began + header.at;
      const shift = header.began - origin;
      let at = header.at;
      let wall = header.began; // the wall clock at `at` 0, by its last setting
      const time = (): number => Math.round((at + shift) * 1000) / 1000;
      const untold = (unanswered: string): void => {
        if (told.has(unanswered) || told.size > MAX_REPORTED_QUESTIONS) return;
        told.add(unanswered);
        out.next({ at: time(), unanswered });
      };
      const played = createPlayedStage();
      const isPlayed = stages === undefined && header.staged === true;
      const answers = createAnswers(reader, header.known, header.at, untold);
      const input$ = new Subject<Input>();
      const stop$ = new Subject<void>();
      const scheduler = answers.scheduler('wait');
      out.next({ at: time(), header });
      const running: Subscription = createBroker({
        config$: NEVER,
        kernel: { name: 'trace', inputs: () => input$, drain: () => undefined },
        sources: [],
        sinks: standardSinks({
          ...around(through(answers.ask, absentSystem(header.owners)), time),
          scriptDir: header.scriptDir,
          scheduler,
          asapScheduler: answers.scheduler('soon'),
        }),
        stages: isPlayed ? [{ name: 'trace', stage: played.stage }] : (stages ?? []),
        start: header.start,
        lastId: header.lastId,
        stop$,
        onTurn: turn => onTurn(turn, time()),
        scheduler,
        clock: { now: () => Math.round(wall + at) },
      }).subscribe({
        next: outcome => out.next({ at: time(), outcome }),
        error: fail,
      });
      out.add(running);
      return {
        take: record => {
          at = Math.max(at, record.at);
          if ('wall' in record && record.wall !== undefined) wall = record.wall - at;
          answers.elapse(record.at);
          if ('input' in record) {
            out.next({ at: time(), input: record.input });
            input$.next(record.input);
          } else if ('step' in record) {
            const { id, event } = record.step;
            if (isPlayed && !played.pass(record.step)) out.next({ at: time(), unasked: `event ${id} ${event.kind}` });
          } else if ('to' in record) answers.hear(record);
          else if ('ask' in record) {
            if (!answers.unasked(record) && !isWait(record.ask)) out.next({ at: time(), unasked: record.ask });
          } else stop$.next();
        },
        end: () => {
          answers.open().forEach(untold);
          out.remove(running);
          running.unsubscribe();
        },
      };
    };

    try {
      let run: Run | undefined;
      for (let record = reader.next(); record !== undefined && !out.closed; record = reader.next()) {
        if (!('format' in record)) run?.take(record);
        else if (run === undefined || !record.continues) {
          run?.end();
          run = begin(record);
        }
      }
      run?.end();
      out.complete();
    } catch (error) {
      fail(error);
    }
  });
