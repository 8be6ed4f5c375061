import { NEVER, Observable, Subject, VirtualTimeScheduler } from 'rxjs';
import { createBroker } from '../broker.js';
import type { Input } from '../model/input.js';
import type { Outcome } from '../model/outcome.js';
import { scriptsSink } from '../sinks/scripts.js';
import { seenSink } from '../sinks/seen.js';
import { createAnswers } from './answers.js';
import { type AnswerRecord, type Header, readHeader, readRecord, type TraceRecord } from './format.js';

/** What a replay tells: an input or an outcome and when it was, or a question that the trace does not answer. */
export type Replayed =
  | { readonly at: number; readonly input: Input }
  | { readonly at: number; readonly outcome: Outcome }
  | { readonly at: number; readonly unanswered: string };

/** Lets what promises and asapScheduler have put off happen: it belongs to the same moment. */
const settled = (): Promise<void> => Promise.resolve();

/**
 * Runs the pipeline over a trace in virtual time, as fast as it can. Nothing is performed: scripts end when, and as, the
 * trace says. Lines are taken one at a time, so memory does not grow with the trace. Errors: TraceError.
 *
 * @param lines the lines of a trace, the header first
 */
export const replay = (lines: Iterable<string>): Observable<Replayed> =>
  new Observable<Replayed>(out => {
    const iterator = lines[Symbol.iterator]();
    const next = (): string | undefined => {
      const result: IteratorResult<string, unknown> = iterator.next();
      return result.done === true ? undefined : result.value;
    };
    const play = async (header: Header): Promise<void> => {
      const scheduler = new VirtualTimeScheduler();
      const input$ = new Subject<Input>();
      const stop$ = new Subject<void>();
      let nth = 1;
      let peeked: TraceRecord | undefined;
      const peek = (): TraceRecord | undefined => {
        while (peeked === undefined) {
          const line = next();
          if (line === undefined) return undefined;
          nth += 1;
          if (line !== '') peeked = readRecord(line, nth);
        }
        return peeked;
      };
      const ahead = (ask: string): AnswerRecord | undefined => {
        try {
          const record = peek();
          if (record === undefined || 'input' in record || record.ask !== ask || record.now !== true) return undefined;
          peeked = undefined;
          return record;
        } catch (error) {
          out.error(error); // who asked would take it for an answer
          return undefined;
        }
      };
      const answers = createAnswers(header.owners, ahead);
      const { files, processes } = answers;
      const now = (): number => scheduler.now();
      const broker$ = createBroker({
        config$: NEVER,
        kernel: { name: 'trace', inputs: () => input$, drain: () => undefined },
        sources: [],
        sinks: [scriptsSink({ files, processes, scriptDir: header.scriptDir, scheduler }), seenSink],
        start: header.start,
        stop$,
        scheduler,
      });
      const broker = { ended: false };
      out.add(
        broker$.subscribe({
          next: outcome => out.next({ at: now(), outcome }),
          error: (error: unknown) => out.error(error),
          complete: () => (broker.ended = true),
        }),
      );
      /** All that is due until then, one moment after the other. */
      const elapse = async (until: number): Promise<void> => {
        for (let due = scheduler.actions[0]; due !== undefined && due.delay <= until; due = scheduler.actions[0]) {
          scheduler.maxFrames = due.delay;
          scheduler.flush();
          await settled();
        }
        scheduler.frame = Math.max(scheduler.frame, until);
      };
      const take = (record: TraceRecord): void => {
        if ('input' in record) {
          out.next({ at: now(), input: record.input });
          input$.next(record.input);
        } else answers.hear(record);
      };

      for (let record = peek(); record !== undefined && !out.closed; record = peek()) {
        if ((scheduler.actions[0]?.delay ?? Infinity) <= record.at) await elapse(record.at);
        else scheduler.frame = Math.max(scheduler.frame, record.at);
        if (peeked === record) {
          peeked = undefined;
          take(record);
        }
        await settled();
      }
      stop$.next();
      await settled();
      // What still waits for its time has it; what waits for an answer never gets one.
      const end = now();
      for (
        let rounds = 0;
        !broker.ended && !out.closed && scheduler.actions.length > 0 && rounds < 100_000;
        rounds += 1
      )
        await elapse(scheduler.actions[0]?.delay ?? end);
      answers.unanswered().forEach(unanswered => out.next({ at: end, unanswered }));
      out.complete();
    };
    const run = async (): Promise<void> => {
      try {
        await play(readHeader(next()));
      } catch (error) {
        out.error(error);
      }
    };
    void run();
  });
