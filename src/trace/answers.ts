import { EMPTY, filter, Observable, type Subscriber } from 'rxjs';
import type { Files, Listing } from '../system/files.js';
import type { ProcessEvent, Processes } from '../system/processes.js';
import type { AnswerRecord } from './format.js';
import { ensureAsk, isRun, listAsk, readAsk, runAsk } from './taped.js';

interface Pending {
  readonly ask: string;
  readonly out: Subscriber<unknown>;
}

/** The system of a replay: it knows what the trace says, does nothing, and guesses nothing. */
export interface Answers {
  readonly files: Files;
  readonly processes: Processes;
  /** a line of the trace: who asked this is answered */
  readonly hear: (record: AnswerRecord) => void;
  /** what was asked and the trace does not answer */
  readonly unanswered: () => readonly string[];
}

const isListings = (value: unknown): value is readonly Listing[] => Array.isArray(value);
const isProcessEvent = (value: unknown): value is ProcessEvent =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'kind') === 'string';

/** How many answers are kept that nobody has asked for yet: the code may ask later than it did when it was recorded. */
const EARLY = 10_000;

/** @param ahead takes the next line of the trace if it answers this question, and did so at once */
export const createAnswers = (owners: readonly number[], ahead: (ask: string) => AnswerRecord | undefined): Answers => {
  const pending = new Map<string, Pending[]>();
  const early = new Map<string, AnswerRecord[]>();
  const last = new Map<string, unknown>();
  let kept = 0;

  const give = ({ out }: Pending, { ask, answer, same, end }: AnswerRecord): void => {
    if (end === true) {
      out.complete();
      return;
    }
    if (isRun(ask)) {
      out.next(answer);
      return;
    }
    if (same !== true) last.set(ask, answer);
    out.next(last.get(ask));
    out.complete();
  };
  const asked = (ask: string): Observable<unknown> =>
    new Observable(out => {
      const one: Pending = { ask, out };
      const others = pending.get(ask) ?? [];
      pending.set(ask, [...others, one]);
      out.add(() => {
        const rest = (pending.get(ask) ?? []).filter(other => other !== one);
        if (rest.length === 0) pending.delete(ask);
        else pending.set(ask, rest);
      });
      const waiting = others.length === 0 ? early.get(ask) : undefined;
      while (waiting !== undefined && waiting.length > 0 && !out.closed) {
        const record = waiting.shift();
        kept -= 1;
        if (record !== undefined) give(one, record);
      }
      if (waiting?.length === 0) early.delete(ask);
      for (let now = ahead(ask); now !== undefined; now = out.closed ? undefined : ahead(ask)) give(one, now);
    });
  const known = <T>(ask: string, is: (value: unknown) => value is T): Observable<T> => asked(ask).pipe(filter(is));

  return {
    files: {
      owners,
      list: directories => known(listAsk(directories), isListings),
      read: path =>
        known(readAsk(path), (text): text is string | undefined => text === undefined || typeof text === 'string'),
      ensureDirectory: path => known(ensureAsk(path), value => typeof value === 'boolean'),
    },
    processes: {
      run: ({ path, env }) => known(runAsk(path, env), isProcessEvent),
      signal: () => undefined,
      warmUp: () => EMPTY,
    },
    hear: record => {
      const [first] = pending.get(record.ask) ?? [];
      if (first !== undefined) give(first, record);
      else if (kept < EARLY) {
        early.set(record.ask, [...(early.get(record.ask) ?? []), record]);
        kept += 1;
      }
    },
    unanswered: () => [...pending.values()].flatMap(asks => asks.map(({ ask }) => ask)),
  };
};
