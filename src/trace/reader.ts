import type { AskRecord, Header, ToRecord, TraceRecord } from './format.js';
import { createLineReader } from './line-cache.js';

/** The lines of a trace in order, and lookahead within one turn of the broker. */
export interface Reader {
  /** the next line; undefined at the end. Throws a TraceError. */
  readonly next: () => Header | TraceRecord | undefined;
  /** the number of the last line read */
  readonly line: () => number;
  /** takes this question from those of the present turn */
  readonly asked: (question: string) => AskRecord | undefined;
  /** takes the next immediate answer to it */
  readonly answeredAtOnce: (id: number) => ToRecord | undefined;
}

const isQuestion = (record: Header | TraceRecord): record is AskRecord | ToRecord =>
  'ask' in record || ('to' in record && record.now === true);
/** A turn lasts until something comes in. */
const isOfTurn = (record: Header | TraceRecord): boolean => isQuestion(record) || 'step' in record;

export const createReader = (lines: Iterable<string>): Reader => {
  const readLine = createLineReader();
  const iterator = lines[Symbol.iterator]();
  const read: (Header | TraceRecord)[] = [];
  let nth = 0;
  /** An unreadable line is reported to whoever takes the next line. */
  let broken: { readonly error: unknown } | undefined;

  const fetch = (): Header | TraceRecord | undefined => {
    for (;;) {
      const result: IteratorResult<string, unknown> = iterator.next();
      if (result.done === true) {
        if (nth === 0) return readLine('', 1);
        return undefined;
      }
      nth += 1;
      if (result.value !== '') return readLine(result.value, nth);
    }
  };
  const ahead = (position: number): Header | TraceRecord | undefined => {
    if (position < read.length || broken !== undefined) return read[position];
    try {
      const record = fetch();
      if (record !== undefined) read.push(record);
      return record;
    } catch (error) {
      broken = { error };
      return undefined;
    }
  };
  const take = <T extends AskRecord | ToRecord>(is: (record: AskRecord | ToRecord) => record is T): T | undefined => {
    for (let position = 0; ; position += 1) {
      const record = ahead(position);
      if (record === undefined || !isOfTurn(record)) return undefined;
      if (!isQuestion(record) || !is(record)) continue;
      read.splice(position, 1);
      return record;
    }
  };
  return {
    next: () => {
      const record = read.shift();
      if (record !== undefined) return record;
      if (broken !== undefined) throw broken.error;
      return fetch();
    },
    line: () => nth,
    asked: question => take((record): record is AskRecord => 'ask' in record && record.ask === question),
    answeredAtOnce: id => take((record): record is ToRecord => 'to' in record && record.to === id),
  };
};
