import type { Input } from '../model/input.js';
import type { World } from '../model/world.js';
import { decode, encode } from './json.js';
import type { Step } from '../model/world.js';
import { isObject } from '../model/values/unknown.js';

export const FORMAT = 'network-event-broker trace';
export const VERSION = 5;

/** An answer that holds when a trace begins; `id`: more may follow. */
export interface Known {
  readonly ask: string;
  readonly id?: number;
  readonly answer?: unknown;
  readonly error?: unknown;
}

/** The first line of a trace, and of every part that can stand at its beginning. */
export interface Header {
  readonly format: typeof FORMAT;
  readonly version: number;
  /** the wall clock at `at` 0, milliseconds since the epoch */
  readonly began: number;
  /** when this part begins */
  readonly at: number;
  /** the part before it is of the same run: what goes on there goes on here */
  readonly continues: boolean;
  /** milliseconds before it that are missing: the trace could not be written */
  readonly missing?: number;
  /** the World when it begins */
  readonly start: World;
  /** id of the newest event then */
  readonly lastId: number;
  /** where the script directories were */
  readonly scriptDir: string;
  /** users whose scripts may run */
  readonly owners: readonly number[];
  /** names of the loaded extensions: they are not part of a replay */
  readonly extensions: readonly string[];
  /** there were stages of extensions: what left them has lines of its own, and sinks know of nothing else */
  readonly staged?: true;
  /** the last answers; empty in a run's first part */
  readonly known: readonly Known[];
}

/** An Input. `at` is in milliseconds everywhere. */
export interface InputRecord {
  readonly at: number;
  /** the wall clock then, milliseconds since the epoch: unlike `at` it may be set, and continues during a suspend */
  readonly wall?: number | undefined;
  readonly input: Input;
}

/** An answer. */
export interface AnswerFields {
  readonly answer?: unknown;
  /** the same answer as the last to this question */
  readonly same?: true;
  /** why the question failed */
  readonly error?: unknown;
  /** the answer was too long for the trace: its length in characters */
  readonly lost?: number;
  /** no more answers follow */
  readonly end?: true;
}

/** A question to the system. With an `id`, its answers are lines of their own; otherwise this is the only one. */
export interface AskRecord extends AnswerFields {
  readonly at: number;
  readonly ask: string;
  readonly id?: number;
}

/** An answer to the question with this id. */
export interface ToRecord extends AnswerFields {
  readonly at: number;
  readonly to: number;
  /** answered before the question had returned */
  readonly now?: true;
}

/** What left the stages of extensions; the World is that of the event with its id. */
export interface StepRecord {
  readonly at: number;
  readonly step: Omit<Step, 'world'>;
}

/** The daemon was asked to stop. */
export interface StopRecord {
  readonly at: number;
  readonly stop: true;
}

export type TraceRecord = InputRecord | AskRecord | ToRecord | StepRecord | StopRecord;

/** Every kind of Input, once: a line of another kind is from a newer version. */
const kinds: Readonly<Record<Input['kind'], true>> = {
  config: true,
  'kernel-dump': true,
  kernel: true,
  listing: true,
  'networkd-snapshot': true,
  'networkd-link': true,
  'networkd-manager': true,
  'networkd-unheard': true,
  source: true,
  fault: true,
  'link-overdue': true,
  leases: true,
  'networkd-leases': true,
  clock: true,
  sleep: true,
  extension: true,
};

export class TraceError extends Error {
  readonly code = 'trace-unreadable';
}

/** The most characters in a line of a daemon's trace. */
export const MAX_LINE_LENGTH = 16 * 1024 * 1024;
export const tooLong = (nth: number): TraceError =>
  new TraceError(`line ${nth}: expected at most ${MAX_LINE_LENGTH} characters, found more`);

/** A hundred years: anything later would keep a replay's clock running for ever. */
const MAX_WAIT_MS = 3.2e12;
/** The latest moment that a Date can represent. */
const MAX_DATE_MS = 8.64e15;
const isBetween = (value: unknown, last: number): boolean => typeof value === 'number' && value >= 0 && value <= last;
const isListOf = (value: unknown, type: string): boolean =>
  Array.isArray(value) && value.every(each => typeof each === type);
/** Sections of settings without bigints, which cannot be mixed with numbers. */
const isConfig = (value: unknown): boolean =>
  isObject(value) &&
  Object.values(value).every(
    (section: unknown) => isObject(section) && Object.values(section).every(setting => typeof setting !== 'bigint'),
  );
const isInput = (value: unknown): value is Input =>
  isObject(value) &&
  'kind' in value &&
  typeof value.kind === 'string' &&
  Object.hasOwn(kinds, value.kind) &&
  (value.kind !== 'config' || ('config' in value && isConfig(value.config)));
const isStep = (value: unknown): boolean =>
  isObject(value) &&
  'id' in value &&
  isBetween(value.id, Number.MAX_SAFE_INTEGER) &&
  'at' in value &&
  isBetween(value.at, MAX_DATE_MS) &&
  'event' in value &&
  isObject(value.event);
const isHeader = (value: object): value is Header =>
  'format' in value && value.format === FORMAT && 'start' in value && isObject(value.start);
/** What is wrong with a header of this version; undefined if nothing. */
const wrongIn = ({ began, at, lastId, scriptDir, owners, extensions, known }: Header): string | undefined => {
  if (!isBetween(began, MAX_DATE_MS - MAX_WAIT_MS) || !isBetween(at, MAX_WAIT_MS))
    return '"began" and "at" in milliseconds';
  if (!isBetween(lastId, Number.MAX_SAFE_INTEGER)) return '"lastId" to be the id of an event';
  if (typeof scriptDir !== 'string') return '"scriptDir" to be a path';
  if (!isListOf(owners, 'number') || !isListOf(extensions, 'string')) return 'lists of owners and extensions';
  return isListOf(known, 'object') ? undefined : 'a list of what is known';
};
const isRecord = (value: object): value is TraceRecord =>
  'at' in value &&
  isBetween(value.at, MAX_WAIT_MS) &&
  (('input' in value && isInput(value.input) && (!('wall' in value) || isBetween(value.wall, MAX_DATE_MS))) ||
    ('ask' in value && typeof value.ask === 'string') ||
    ('to' in value && typeof value.to === 'number') ||
    ('step' in value && isStep(value.step)) ||
    ('stop' in value && value.stop === true));

const parsed = (line: string, nth: number): object => {
  if (line.length > MAX_LINE_LENGTH) throw tooLong(nth);
  try {
    const value = decode(line);
    if (isObject(value)) return value;
  } catch (error) {
    throw new TraceError(`line ${nth}: expected JSON, found ${JSON.stringify(line.slice(0, 40))}`, { cause: error });
  }
  throw new TraceError(`line ${nth}: expected a JSON object, found ${JSON.stringify(line.slice(0, 40))}`);
};

/** Reads one line; `nth` is its number. Throws a TraceError that says what was expected. */
export const readLine = (line: string, nth: number): Header | TraceRecord => {
  const value = parsed(line, nth);
  if (nth > 1 && isRecord(value)) return value;
  if (!isHeader(value))
    throw new TraceError(
      nth === 1
        ? `line 1: expected the header of a ${FORMAT}; was this file written by record?`
        : `line ${nth}: expected an input, a question or an answer, found ${line.slice(0, 60)}`,
    );
  if (value.version !== VERSION)
    throw new TraceError(
      `line ${nth}: expected version ${VERSION} of the format, found ${value.version}; use the network-broker that recorded it`,
    );
  const wrong = wrongIn(value);
  if (wrong !== undefined) throw new TraceError(`line ${nth}: expected ${wrong} in the header, found something else`);
  return value;
};

export const writeHeader = (header: Omit<Header, 'format' | 'version'>): string =>
  encode({ format: FORMAT, version: VERSION, ...header });
