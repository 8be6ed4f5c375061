import { Observable, type SchedulerLike, type Subscription, tap } from 'rxjs';
import type { Stage } from '../model/flow.js';
import type { Input } from '../model/input.js';
import type { NetworkEvent } from '../model/event.js';
import type { Known, StepRecord } from './format.js';
import { encode } from './json.js';
import { createLineWriter, type LineWriterOptions } from './line-writer.js';
import { createMemory } from './memory.js';
import type { Ask, Question } from './instrument.js';
import { waiting, type Work } from './recorded-scheduler.js';

/** Records everything that one broker is told, in order. */
export interface Recorder {
  /** the `onInput` of createBroker */
  readonly onInput: (input: Input, at: number) => void;
  readonly ask: Ask;
  /** Records what leaves the stages before it. */
  readonly stage: Stage;
  /** Records the waits of a scheduler. While recording, its time stands still between lines, as in a replay. */
  readonly scheduler: (inner: SchedulerLike, name: string) => SchedulerLike;
  /** the broker was asked to stop */
  readonly stopped: () => void;
  /** the answers that hold now, for the header of a trace that begins here */
  readonly known: () => readonly Known[];
  /** milliseconds since the recorder was made */
  readonly at: () => number;
  /** Recording has stopped: answers that come meanwhile will be missed. */
  readonly forget: () => void;
}

export interface RecorderOptions extends LineWriterOptions {
  /** a longer answer, in characters, is left out */
  readonly longest?: () => number;
}

/** The most characters of answers that are remembered. */
const MAX_REMEMBERED_CHARACTERS = 131_072;

/** A value, or where it is not JSON one without what only an extension or a fault's cause can hold. */
const encodedOr = <T>(value: T, plain: (value: T) => T): string => {
  try {
    return encode(value);
  } catch {
    return encode(plain(value));
  }
};
const plainInput = (input: Input): Input => {
  if (input.kind === 'extension') return { ...input, payload: undefined };
  return input.kind === 'fault' ? { ...input, fault: { ...input.fault, cause: undefined } } : input;
};

const plainEvent = (event: NetworkEvent): NetworkEvent =>
  event.kind === 'extension' ? { ...event, payload: undefined } : event;
const plainStep = ({ event, cause, ...step }: StepRecord['step']): StepRecord['step'] => ({
  ...step,
  event: plainEvent(event),
  ...(cause && { cause: plainEvent(cause) }),
});

const answerFields = (answer: unknown): string => (answer === undefined ? '' : `"answer":${encode(answer)}`);

const known = (question: string, fields: string, id?: number): Known => {
  const parts = [`"ask":${JSON.stringify(question)}`, id === undefined ? '' : `"id":${id}`, fields];
  const value: unknown = JSON.parse(`{${parts.filter(Boolean).join()}}`);
  return { ask: question, ...(typeof value === 'object' && value) };
};

/** Writes what comes in and what the system answers, in the order in which it happens. */
export const createRecorder = ({ longest = () => Infinity, ...options }: RecorderOptions): Recorder => {
  const { isOn = () => true } = options;
  const { line, turn, nextId, question: linesOf, since, last, mark } = createLineWriter(options);
  const rare = createMemory(MAX_REMEMBERED_CHARACTERS);
  const recent = createMemory(MAX_REMEMBERED_CHARACTERS);
  /** standing questions that are still answered: their last answers, encoded */
  const open = new Map<number, { readonly question: string; readonly fields: string }>();
  /** Listings are long and rarely change: an answer equal to the last one is only called `same`. */
  const shortened = <T>({ text, stands }: Question<T>, fields: string): string => {
    const memory = stands === 'always' ? rare : recent;
    if (fields.length > longest()) {
      memory.forget(text);
      return `"lost":${fields.length}`;
    }
    return stands !== 'no' && memory.isSame(text, fields) ? '"same":true' : fields;
  };
  const ask: Ask = (question, answer$) =>
    new Observable(out => {
      const { text, answers, stands } = question;
      if (!isOn() && stands !== 'always') return answer$.subscribe(out);
      const isOnce = answers === 'once';
      const lines = linesOf(text);
      let isAnswered = false;
      const answer = (fields: string): void => lines.answer(isOnce ? shortened(question, fields) : fields);
      const end = (fields: string): void => {
        open.delete(lines.id);
        if (answers === 'until it ends' && stands === 'always') rare.isSame(text, fields);
        answer(fields);
      };
      if (!isOnce) lines.ask();
      if (answers === 'while asked' && stands === 'always') open.set(lines.id, { question: text, fields: '' });
      out.add(() => open.delete(lines.id));
      out.add(
        answer$.subscribe({
          next: value => {
            isAnswered = true;
            const fields = answerFields(value);
            if (open.has(lines.id)) open.set(lines.id, { question: text, fields });
            answer(fields);
            out.next(value);
          },
          error: (error: unknown) => {
            end(`"error":${encode(error)}`);
            out.error(error);
          },
          complete: () => {
            if (!isOnce || !isAnswered) end('"end":true');
            out.complete();
          },
        }),
      );
      lines.returned();
      return undefined;
    });
  const recordedScheduler = (inner: SchedulerLike, name: string): SchedulerLike => {
    const recorded = waiting((delay, then) => {
      const id = nextId();
      line(`"ask":"${name} ${delay}"`, `"id":${id}`);
      return inner.schedule(() => {
        turn();
        line(`"to":${id}`);
        then();
      }, delay);
    }, last);
    return {
      now: () => (isOn() ? last() : since()),
      schedule<T>(work: Work<T>, delay = 0, state?: T): Subscription {
        return (isOn() ? recorded : inner).schedule(work, delay, state);
      },
    };
  };
  return {
    ask,
    stage: tap(({ id, at, event, cause }) => {
      if (isOn()) line(`"step":${encodedOr({ id, at, event, ...(cause && { cause }) }, plainStep)}`);
    }),
    scheduler: recordedScheduler,
    onInput: (input, wall) => {
      if (!isOn()) return;
      turn();
      line(`"wall":${wall}`, `"input":${encodedOr(input, plainInput)}`);
    },
    stopped: () => {
      turn();
      line('"stop":true');
    },
    known: () => [
      ...[...rare.all(), ...recent.all()].map(([question, fields]) => known(question, fields)),
      ...[...open].map(([id, { question, fields }]) => known(question, fields, id)),
    ],
    at: mark,
    forget: () => recent.clear(),
  };
};
