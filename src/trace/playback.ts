import { Observable, type SchedulerLike } from 'rxjs';
import type { AnswerFields, AskRecord, Known, ToRecord } from './format.js';
import type { Reader } from './reader.js';
import type { Ask } from './instrument.js';
import { waiting } from './recorded-scheduler.js';
import { createStandingAnswers, missing } from './standing-answers.js';
import { createVirtualTime } from './virtual-time.js';

/** The system of a replay: it answers from the trace, does nothing and guesses nothing. */
export interface Answers {
  readonly ask: Ask;
  readonly scheduler: (name: string) => SchedulerLike;
  /** a line of the trace that answers a question */
  readonly hear: (record: ToRecord) => void;
  /** a question in the trace that has not been asked; does somebody wait for it? */
  readonly unasked: (record: AskRecord) => boolean;
  /** Advances the time. Waits in the trace end when it says so, others when they are due. */
  readonly elapse: (until: number) => void;
  /** questions that the trace did not answer before its end */
  readonly open: () => readonly string[];
}

interface Bound {
  readonly id: number;
  readonly hear: (record: AnswerFields) => void;
  /** set if the question needs an answer */
  readonly text?: string;
}

/**
 * A recorded wait that never ended was cancelled then, but not by this program: it ends this much later. Milliseconds.
 */
const UNFINISHED_WAIT_GRACE_MS = 1000;
/** A trace that begins in the middle lacks what was under way: so long a question waits for its turn. Milliseconds. */
const MISSING_TURN_TIMEOUT_MS = 60_000;
const errorOf = (fields: unknown): Error => {
  const message: unknown = typeof fields === 'object' && fields !== null ? Reflect.get(fields, 'message') : undefined;
  return Object.assign(new Error(String(message)), fields);
};

/**
 * @param known answers that hold when the trace begins, until there are newer ones
 * @param untold called for each question that the trace does not answer, which fails
 */
export const createAnswers = (
  reader: Reader,
  known: readonly Known[],
  start: number,
  untold: (question: string) => void,
): Answers => {
  // A list: they are few and short-lived, and V8 promotes such a Map (docs/decisions.md).
  let bound: readonly Bound[] = [];
  const standing = createStandingAnswers(known);
  const time = createVirtualTime(start);
  const early = new Map<string, readonly ((record: AskRecord) => void)[]>();
  let hasBegun = false;

  const isBound = (id: number): boolean => bound.some(one => one.id === id);
  /** Listens to the answers for this id until the result is called. */
  const bindTo = (one: Bound): (() => void) => {
    bound = [...bound, one];
    return () => (bound = bound.filter(other => other !== one));
  };

  const ask: Ask = question =>
    new Observable(out => {
      const { text, answers, isFirst } = question;
      const give = (fields: AnswerFields): void => {
        if (fields.lost !== undefined) {
          untold(`${text}: its answer, ${fields.lost} characters, was too long for the trace`);
          out.error(errorOf(missing.error));
        } else if (fields.error !== undefined) out.error(errorOf(fields.error));
        else if (fields.end === true) out.complete();
        else if (question.is(fields.answer)) {
          out.next(fields.answer);
          if (answers === 'once') out.complete();
        } else out.error(new Error(`an answer that cannot be one: ${JSON.stringify(fields.answer)}`));
      };
      const bind = (id: number): void => {
        const hear = (fields: AnswerFields): void => give(standing.inFull(question, fields));
        out.add(bindTo(answers === 'while asked' ? { id, hear } : { id, hear, text }));
      };
      const found = (record: AskRecord): void => {
        const { id } = record;
        if (id === undefined) {
          give(standing.inFull(question, record));
          return;
        }
        bind(id);
        for (let one = reader.answeredAtOnce(id); one !== undefined; one = reader.answeredAtOnce(id)) {
          give(standing.inFull(question, one));
          if (out.closed) return;
        }
      };
      const fail = (): void => {
        untold(text);
        out.error(errorOf(missing.error));
      };
      const stood = (one: Known): void => {
        if (one.id !== undefined && !isBound(one.id)) bind(one.id);
        if (one.id === undefined || 'answer' in one) give(one);
      };
      const waitForIt = (): void => {
        early.set(text, [...(early.get(text) ?? []), found]);
        out.add(() => {
          const rest = (early.get(text) ?? []).filter(other => other !== found);
          if (rest.length === 0) early.delete(text);
          else early.set(text, rest);
        });
        out.add(time.after(MISSING_TURN_TIMEOUT_MS, fail));
      };
      const record = reader.asked(text);
      const isEarly = isFirst === true && hasBegun;
      const standings = isEarly ? [] : standing.before(text);
      const before = standings.find(({ id = -1 }) => !isBound(id)) ?? standings[0];
      if (record !== undefined) found(record);
      else if (before !== undefined) stood(before);
      else if (isEarly && known.length > 0) waitForIt();
      else fail();
    });

  return {
    ask,
    scheduler: name =>
      waiting((delay, then) => {
        const id = reader.asked(`${name} ${delay}`)?.id;
        const over = (): void => {
          wait.unsubscribe();
          then();
        };
        const wait = time.after(delay + (id === undefined ? 0 : UNFINISHED_WAIT_GRACE_MS), over);
        if (id !== undefined) wait.add(bindTo({ id, hear: over }));
        return wait;
      }, time.now),
    hear: record => bound.find(({ id }) => id === record.to)?.hear(record),
    unasked: record => {
      const [first] = early.get(record.ask) ?? [];
      first?.(record);
      return first !== undefined;
    },
    elapse: until => {
      hasBegun = true;
      time.elapse(until);
    },
    open: () => bound.flatMap(({ text }) => text ?? []),
  };
};
