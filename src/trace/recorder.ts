import { Observable, type SchedulerLike, type Subscription } from 'rxjs';
import type { Input } from '../model/input.js';
import type { Known } from './format.js';
import { encode } from './json.js';
import { createMemory } from './memory.js';
import type { Ask, Question } from './instrument.js';
import { waiting, type Work } from './recorded-scheduler.js';

/** A tape of one broker: all that it is told, in the order in which it is told. */
export interface Recorder {
  /** the `onInput` of createBroker */
  readonly onInput: (input: Input, at: number) => void;
  readonly ask: Ask;
  /** Puts the waits of a scheduler on the tape. Its time stands still from one line to the next, as it does in a replay. */
  readonly scheduler: (inner: SchedulerLike, name: string) => SchedulerLike;
  /** it was asked to stop */
  readonly stopped: () => void;
  /** what stands: the header of a trace that begins now has it */
  readonly known: () => readonly Known[];
  /** milliseconds since the recorder was made */
  readonly at: () => number;
  /** the tape was stopped: what comes in meanwhile is not known when it goes on */
  readonly forget: () => void;
}

export interface RecorderOptions {
  /** milliseconds from any moment on, never going back */
  readonly now: () => number;
  /** takes a line, without its end */
  readonly write: (line: string) => void;
  /** while it is false nothing is written, and it costs nothing */
  readonly isOn?: () => boolean;
  /** called before each line that begins something new: another part of the trace may begin here */
  readonly onTurn?: () => void;
  /** a longer answer, in characters, is left out */
  readonly longest?: () => number;
}

/** So many characters of answers are remembered. */
const MAX_REMEMBERED_CHARACTERS = 131_072;

interface Open {
  readonly question: string;
  /** the last answer, encoded */
  fields: string;
}

/** What only an extension, or a fault's cause, can hold: something that is no JSON. */
const plain = (input: Input): Input => {
  if (input.kind === 'extension') return { ...input, payload: undefined };
  return input.kind === 'fault' ? { ...input, fault: { ...input.fault, cause: undefined } } : input;
};
const encodedInput = (input: Input): string => {
  try {
    return encode(input);
  } catch {
    return encode(plain(input));
  }
};

const known = (question: string, fields: string, id?: number): Known => {
  const parts = [`"ask":${JSON.stringify(question)}`, id === undefined ? '' : `"id":${id}`, fields];
  const value: unknown = JSON.parse(`{${parts.filter(Boolean).join()}}`);
  return { ask: question, ...(typeof value === 'object' && value) };
};

/** Writes down what comes in and what the system answers, in the order in which it happens. */
export const createRecorder = ({
  now,
  write,
  isOn = () => true,
  onTurn,
  longest = () => Infinity,
}: RecorderOptions): Recorder => {
  const began = now();
  const since = (): number => Math.round((now() - began) * 1000) / 1000;
  const rare = createMemory(MAX_REMEMBERED_CHARACTERS);
  const recent = createMemory(MAX_REMEMBERED_CHARACTERS);
  const open = new Map<number, Open>();
  let last = 0;
  let lastId = 0;

  const line = (...fields: readonly string[]): void => {
    if (!isOn()) return;
    last = since();
    write(`{"at":${last},${fields.filter(Boolean).join()}}`);
  };
  const turn = (): void => {
    if (isOn()) onTurn?.();
  };
  /** Listings are long and rarely change: one that is the same as the last is only called that. */
  const worded = <T>({ text, stands }: Question<T>, fields: string): string => {
    const memory = stands === 'always' ? rare : recent;
    if (fields.length > longest()) {
      memory.forget(text);
      return `"lost":${fields.length}`;
    }
    return stands !== 'no' && memory.isSame(text, fields) ? '"same":true' : fields;
  };

  const ask: Ask = (question, answer$) =>
    new Observable(out => {
      if (!isOn() && question.stands !== 'always') return answer$.subscribe(out);
      const id = (lastId += 1);
      const asked = `"ask":${JSON.stringify(question.text)}`;
      const isOnce = question.answers === 'once';
      const state = { isAsked: false, isAnswered: false, isNow: true };
      const put = (): void => {
        state.isAsked = true;
        line(asked, `"id":${id}`);
        if (question.answers === 'while asked' && question.stands === 'always')
          open.set(id, { question: question.text, fields: '' });
      };
      const told = (fields: string): void => {
        if (!state.isAsked) {
          state.isAsked = true;
          line(asked, fields);
          return;
        }
        if (!state.isNow) turn();
        line(`"to":${id}`, state.isNow ? '"now":true' : '', fields);
      };
      const ended = (fields: string): void => {
        open.delete(id);
        if (question.answers === 'until it ends' && question.stands === 'always') rare.isSame(question.text, fields);
        told(isOnce ? worded(question, fields) : fields);
      };
      if (!isOnce) put();
      out.add(() => open.delete(id));
      out.add(
        answer$.subscribe({
          next: answer => {
            state.isAnswered = true;
            const text = encode(answer);
            const fields = typeof text === 'string' ? `"answer":${text}` : '';
            const standing = open.get(id);
            if (standing === undefined) told(isOnce ? worded(question, fields) : fields);
            else told((standing.fields = fields));
            out.next(answer);
          },
          error: (error: unknown) => {
            ended(`"error":${encode(error)}`);
            out.error(error);
          },
          complete: () => {
            if (!isOnce || !state.isAnswered) ended('"end":true');
            out.complete();
          },
        }),
      );
      state.isNow = false;
      if (!state.isAsked) put();
      return undefined;
    });

  const tapedScheduler = (inner: SchedulerLike, name: string): SchedulerLike => {
    const taped = waiting(
      (delay, then) => {
        const id = (lastId += 1);
        line(`"ask":"${name} ${delay}"`, `"id":${id}`);
        return inner.schedule(() => {
          turn();
          line(`"to":${id}`);
          then();
        }, delay);
      },
      () => last,
    );
    return {
      now: () => (isOn() ? last : since()),
      schedule<T>(work: Work<T>, delay = 0, state?: T): Subscription {
        return (isOn() ? taped : inner).schedule(work, delay, state);
      },
    };
  };

  return {
    ask,
    scheduler: tapedScheduler,
    onInput: (input, wall) => {
      if (!isOn()) return;
      turn();
      line(`"wall":${wall}`, `"input":${encodedInput(input)}`);
    },
    stopped: () => {
      turn();
      line('"stop":true');
    },
    known: () => [
      ...[...rare.all(), ...recent.all()].map(([question, fields]) => known(question, fields)),
      ...[...open].map(([id, { question, fields }]) => known(question, fields, id)),
    ],
    at: () => (last = since()),
    forget: () => recent.clear(),
  };
};
