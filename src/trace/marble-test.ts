import { auditTime, buffer, filter, mergeMap, NEVER, share, tap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { createBroker } from '../broker.js';
import type { Input } from '../model/input.js';
import type { World } from '../model/world.js';
import { hostnameSink } from '../sinks/hostname/sink.js';
import { resolvedSink } from '../sinks/dns/sink.js';
import { scriptsSink } from '../sinks/scripts/sink.js';
import { seenSink } from '../sinks/observed.js';
import { willingBus } from '../fakes/fake-bus.js';
import { fakeFiles } from '../fakes/fake-files.js';
import { fakeProcesses } from '../fakes/fake-processes.js';
import { outcomeWords } from '../text/outcome-words.js';
import { type Header, readLine, TraceError, type TraceRecord } from './format.js';
import { drawn, grouped, letterOf, type Moments } from './moments.js';
import { type RecordedScripts, recordedScripts } from './recorded-scripts.js';

/** More is no incident any more, and virtual time that is planned beforehand becomes slow. */
const MAX_MOMENTS = 5000;
/** How long to watch after the last input, in milliseconds. */
const REST_MS = 5000;

interface Incident extends RecordedScripts {
  readonly start: World;
  readonly lastId: number;
  readonly scriptDir: string;
  readonly inputs: Moments<Input>;
  /** when the test ends */
  readonly end: number;
}

/** The outcomes of an incident in the virtual time of a marble test, just as in the test that is written. */
const observed = ({ start, lastId, scriptDir, inputs, directories, runs, end }: Incident): Moments<string> => {
  const told: (readonly [number, readonly string[]])[] = [];
  const bus = willingBus();
  const left = new Map(Object.entries(runs).map(([path, all]) => [path, [...all]]));
  const virtual = new TestScheduler(() => true);
  virtual.run(({ hot, expectObservable }) => {
    const values = Object.fromEntries([...inputs.values()].map((value, nth) => [letterOf(nth), value]));
    const source = hot<readonly Input[]>(drawn(inputs), values);
    const files = fakeFiles({ directories });
    const processes = fakeProcesses(path => left.get(path)?.shift() ?? {});
    const told$ = createBroker({
      config$: NEVER,
      kernel: { name: 'trace', inputs: () => source.pipe(mergeMap(all => all)), drain: () => undefined },
      sources: [],
      sinks: [resolvedSink(bus), hostnameSink(bus), scriptsSink({ files, processes, scriptDir }), seenSink],
      start,
      lastId,
    }).pipe(
      filter(({ kind }) => kind !== 'fault'),
      mergeMap(outcomeWords),
      share(),
    );
    const moment$ = told$.pipe(
      buffer(told$.pipe(auditTime(1))),
      tap(all => told.push([virtual.now(), all])),
    );
    expectObservable(moment$, `${end}ms !`);
  });
  return new Map(told);
};

const literal = (value: unknown): string => {
  if (value instanceof Map) return `new Map([${[...value].map(literal).join(', ')}])`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value === undefined || typeof value === 'number') return String(value); // Infinity, too
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{ ${pairs.map(([key, each]) => `${JSON.stringify(key)}: ${literal(each)}`).join(', ')} }`;
};

const table = (moments: Moments<unknown>): string =>
  [...moments.values()].map((value, nth) => `  ${letterOf(nth)}: ${literal(value)},`).join('\n');

/** The same for records by path. */
const byPath = (all: Readonly<Record<string, unknown>>): string =>
  Object.entries(all)
    .map(([path, value]) => `  ${JSON.stringify(path)}: ${literal(value)},\n`)
    .join('');

/** What was recorded since the daemon was last started. */
const lastRun = (
  lines: Iterable<string>,
): Header & { readonly records: readonly TraceRecord[]; readonly runs: number } => {
  let header: Header | undefined;
  let runs = 0;
  let records: TraceRecord[] = [];
  let nth = 0;
  for (const line of lines) {
    nth += 1;
    if (line === '' && nth > 1) continue;
    const read = readLine(line, nth);
    if (!('format' in read)) records.push(read);
    else if (header === undefined || !read.continues) {
      header = read;
      records = [];
      runs += 1;
    }
  }
  if (header === undefined) throw new TraceError('line 1: expected the header of a trace, found nothing');
  return { ...header, records, runs };
};

/**
 * A marble test for node:test, which expects of this trace's inputs and scripts the events and effects that they have
 * today. Throws a TraceError.
 */
export const marbleTest = (lines: Iterable<string>): string => {
  const { start, lastId, began, at, scriptDir, records, runs, ...header } = lastRun(lines);
  const which = runs > 1 ? `, in the last of ${runs} runs of the daemon (--last-run takes another)` : '';
  const since = (moment: number): number => Math.floor(moment - at);
  const inputs = grouped(
    records.flatMap(record => ('input' in record ? [[since(record.at), record.input] as const] : [])),
  );
  if (inputs.size > MAX_MOMENTS)
    throw new TraceError(
      `expected at most ${MAX_MOMENTS} moments for one test, found ${inputs.size}; cut the trace after its header`,
    );
  const end = Math.max(([...inputs.keys()].at(-1) ?? 0) + REST_MS, since(records.at(-1)?.at ?? at));
  const incident: Incident = {
    start,
    lastId,
    scriptDir,
    inputs,
    end,
    ...recordedScripts({ ...header, start, scriptDir }, records),
  };
  const outcomes = observed(incident);
  return `// An incident of ${new Date(began + at).toISOString()}${which}, as it was recorded. What is expected is what the pipeline made of it when
// this was written: change it to what should have happened, and you have a test that fails.
import { test } from 'node:test';
import { auditTime, buffer, filter, mergeMap, NEVER, share } from 'rxjs';
import { createBroker, hostnameSink, resolvedSink, scriptsSink, seenSink } from 'network-event-broker';
import { fakeFiles, fakeProcesses, marbles, outcomeWords, willingBus } from 'network-event-broker/testing';

const start = ${literal(start)};

/** What came in, by the millisecond. */
const inputs = {
${table(inputs)}
};

/** The scripts in their directories. */
const directories = {
${byPath(incident.directories)}};

/** How their runs went, one after the other. One that is not here takes a millisecond, and its status is 0. */
const runs = {
${byPath(incident.runs)}};

/** What was told and done; what comes within a millisecond is one letter, at its end. */
const outcomes = {
${table(outcomes)}
};

test('the incident', marbles(({ hot, expectObservable }) => {
  const source = hot('${drawn(inputs)}', inputs);
  const expected = '  ${drawn(outcomes)}';
  const files = fakeFiles({ directories });
  const processes = fakeProcesses(path => runs[path]?.shift() ?? {});
  const bus = willingBus();
  const broker$ = createBroker({
    config$: NEVER,
    kernel: { name: 'trace', inputs: () => source.pipe(mergeMap(all => all)), drain: () => undefined },
    sources: [],
    sinks: [resolvedSink(bus), hostnameSink(bus), scriptsSink({ files, processes, scriptDir: ${literal(scriptDir)} }), seenSink],
    start,
    lastId: ${lastId},
  });
  const told$ = broker$.pipe(filter(({ kind }) => kind !== 'fault'), mergeMap(outcomeWords), share());
  expectObservable(told$.pipe(buffer(told$.pipe(auditTime(1)))), '${end}ms !').toBe(expected, outcomes);
}));
`;
};
