import type { Input } from '../model/input.js';
import type { World } from '../model/world.js';
import { decode, encode } from './json.js';

export const FORMAT = 'network-event-broker trace';
export const VERSION = 1;

/** The first line of a trace. */
export interface Header {
  readonly format: typeof FORMAT;
  readonly version: number;
  /** when the trace begins, milliseconds since the epoch */
  readonly began: number;
  /** what was known when it begins */
  readonly start: World;
  /** where the script directories were */
  readonly scriptDir: string;
  /** users whose scripts may run */
  readonly owners: readonly number[];
}

/** Something that came in, at a time in milliseconds after the trace begins. */
export interface InputRecord {
  readonly at: number;
  readonly input: Input;
}

/** What the system answered. A question may have several answers, then an end. */
export interface AnswerRecord {
  readonly at: number;
  /** `list DIRECTORY…`, `read FILE`, `ensure DIRECTORY`, `run EVENT_ID SCRIPT` */
  readonly ask: string;
  readonly answer?: unknown;
  /** it was answered before the question had returned */
  readonly now?: true;
  /** the same as the last time this was asked */
  readonly same?: true;
  /** there are no more answers */
  readonly end?: true;
}

export type TraceRecord = InputRecord | AnswerRecord;

/** Every kind of Input, once: a line of any other is from a newer version. */
const kinds: Readonly<Record<Input['kind'], true>> = {
  config: true,
  'kernel-dump': true,
  kernel: true,
  listing: true,
  'networkd-snapshot': true,
  'networkd-link': true,
  'networkd-manager': true,
  source: true,
  fault: true,
  'link-overdue': true,
  leases: true,
  'networkd-leases': true,
  clock: true,
  extension: true,
};

export class TraceError extends Error {
  readonly code = 'trace-unreadable';
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isInput = (value: unknown): value is Input =>
  isObject(value) && Object.hasOwn(kinds, String(Reflect.get(value, 'kind')));
const isHeader = (value: unknown): value is Header =>
  isObject(value) && Reflect.get(value, 'format') === FORMAT && isObject(Reflect.get(value, 'start'));

const parsed = (line: string, nth: number): unknown => {
  try {
    return decode(line);
  } catch (error) {
    throw new TraceError(`line ${nth}: expected JSON, found ${JSON.stringify(line.slice(0, 40))}`, { cause: error });
  }
};

/** Reads the first line. Throws a TraceError that says what was expected. */
export const readHeader = (line: string | undefined): Header => {
  const header = parsed(line ?? '', 1);
  if (!isHeader(header))
    throw new TraceError(`line 1: expected the header of a ${FORMAT}; is this the file that record wrote?`);
  if (header.version !== VERSION)
    throw new TraceError(
      `line 1: expected version ${VERSION} of the format, found ${header.version}; use the network-broker that recorded it`,
    );
  return header;
};

const isAnswer = (value: object): value is AnswerRecord => typeof Reflect.get(value, 'ask') === 'string';
const isInputRecord = (value: object): value is InputRecord => isInput(Reflect.get(value, 'input'));

/** Reads any other line; `nth` is its number. Throws a TraceError. */
export const readRecord = (line: string, nth: number): TraceRecord => {
  const record = parsed(line, nth);
  if (isObject(record) && typeof Reflect.get(record, 'at') === 'number' && (isInputRecord(record) || isAnswer(record)))
    return record;
  throw new TraceError(`line ${nth}: expected an input or an answer, found ${line.slice(0, 60)}`);
};

export const writeHeader = (header: Omit<Header, 'format' | 'version'>): string =>
  encode({ format: FORMAT, version: VERSION, ...header });

export const writeRecord = (record: TraceRecord): string => encode(record);
