import { mergeMap, NEVER, Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { createBroker } from '../broker.js';
import type { Input } from '../model/input.js';
import type { World } from '../model/world.js';
import { seenSink } from '../sinks/seen.js';
import { eventRow, eventText } from './diagram.js';
import { type Header, readLine, TraceError, type TraceRecord } from './format.js';

/** More than this is no incident any more: virtual time that is planned beforehand becomes slow. */
const MOST = 5000;

/** What happens in each millisecond. */
type Moments<T> = ReadonlyMap<number, readonly T[]>;

const grouped = <T>(all: readonly (readonly [number, T])[]): Moments<T> => {
  const moments = new Map<number, T[]>();
  for (const [at, value] of all) moments.set(at, [...(moments.get(at) ?? []), value]);
  return moments;
};

/** One letter for each moment, with the time between them: `11ms a 4s b`. */
const letterOf = (nth: number): string =>
  String.fromCodePoint(nth < 26 ? 0x61 + nth : nth < 52 ? 0x41 + nth - 26 : 0x4e00 + nth);
const drawn = (moments: Moments<unknown>): string => {
  let last = 0;
  return [...moments.keys()]
    .map((at, nth) => {
      const gap = at - last;
      last = at + 1;
      return `${gap > 0 ? `${gap}ms ` : ''}${letterOf(nth)}`;
    })
    .join(' ');
};

/** What the pipeline makes of these inputs, in the time of a marble test. */
const observed = (start: World, inputs: Moments<Input>): Moments<string> => {
  const seen: (readonly [number, string])[] = [];
  const virtual = new TestScheduler(() => true);
  virtual.run(({ hot, expectObservable }) => {
    const values = Object.fromEntries([...inputs.values()].map((value, nth) => [letterOf(nth), value]));
    const moment$ = hot<readonly Input[]>(drawn(inputs), values);
    const input$ = moment$.pipe(mergeMap(all => all));
    const broker$ = createBroker({
      config$: NEVER,
      kernel: { name: 'trace', inputs: () => input$, drain: () => undefined },
      sources: [],
      sinks: [seenSink],
      start,
    });
    const told$ = new Observable<never>(out =>
      broker$.subscribe({
        next: outcome => {
          if (outcome.kind !== 'seen') return;
          const { event } = outcome.step;
          seen.push([virtual.now(), `${eventRow(event)}: ${eventText(event)}`]);
        },
        error: (error: unknown) => out.error(error),
      }),
    );
    expectObservable(told$, `${[...inputs.keys()].at(-1) ?? 0}ms 5s !`);
  });
  return grouped(seen);
};

const literal = (value: unknown): string => {
  if (value instanceof Map) return `new Map([${[...value].map(literal).join(', ')}])`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return value === undefined ? 'undefined' : JSON.stringify(value);
  const pairs = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{ ${pairs.map(([key, each]) => `${JSON.stringify(key)}: ${literal(each)}`).join(', ')} }`;
};

const table = (moments: Moments<unknown>): string =>
  [...moments.values()].map((value, nth) => `  ${letterOf(nth)}: ${literal(value)},`).join('\n');

/** What was recorded since the daemon was last started. */
const lastRun = (lines: Iterable<string>): Header & { readonly records: readonly TraceRecord[] } => {
  let header: Header | undefined;
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
    }
  }
  if (header === undefined) throw new TraceError('line 1: expected the header of a trace, found nothing');
  return { ...header, records };
};

/** A marble test for node:test that expects of this trace's inputs the events that they make today. Throws a TraceError. */
export const marbleTest = (lines: Iterable<string>): string => {
  const { start, began, at, records } = lastRun(lines);
  const inputs = grouped(
    records.flatMap(record => ('input' in record ? [[Math.floor(record.at - at), record.input] as const] : [])),
  );
  if (inputs.size > MOST)
    throw new TraceError(
      `expected at most ${MOST} moments for one test, found ${inputs.size}; cut the trace after its header`,
    );
  const events = observed(start, inputs);
  return `// An incident of ${new Date(began + at).toISOString()}, as it was recorded. What is expected is what the pipeline made of it when
// this was written: change it to what should have happened, and you have a test that fails.
import { test } from 'node:test';
import { buffer, debounceTime, filter, map, mergeMap, NEVER, share } from 'rxjs';
import { addressKey, createBroker, seenSink } from 'network-event-broker';
import { marbles } from 'network-event-broker/testing';

const start = ${literal(start)};

/** What came in, by the millisecond. */
const inputs = {
${table(inputs)}
};

/** What was told, by the millisecond. */
const events = {
${table(events)}
};

const pairs = states => Object.entries(states).map(([property, value]) => \`\${property}=\${value}\`).join(' ');
const row = event =>
  event.kind === 'manager-state' ? 'networkd' : event.kind === 'extension' ? event.extension : event.name || \`link \${event.ifindex}\`;
const text = event => {
  switch (event.kind) {
    case 'link': return \`link \${event.action}\`;
    case 'address': return \`address \${addressKey(event.address)} \${event.action}\`;
    case 'route': return \`\${event.changes.length} routes changed\`;
    case 'lease': return \`\${event.lease.family} lease \${event.action}\`;
    case 'extension': return \`extension \${event.extension}\`;
    default: return pairs(event.changed);
  }
};

test('the incident', marbles(({ hot, expectObservable }) => {
  const source = hot('${drawn(inputs)}', inputs);
  const expected = '  ${drawn(events)}';
  const broker$ = createBroker({
    config$: NEVER,
    kernel: { name: 'trace', inputs: () => source.pipe(mergeMap(all => all)), drain: () => undefined },
    sources: [],
    sinks: [seenSink],
    start,
  });
  const told$ = broker$.pipe(
    filter(({ kind }) => kind === 'seen'),
    map(({ step: { event } }) => \`\${row(event)}: \${text(event)}\`),
    share(),
  );
  const moments$ = told$.pipe(buffer(told$.pipe(debounceTime(0)))); // what is told in one millisecond is one letter
  expectObservable(moments$, '${[...inputs.keys()].at(-1) ?? 0}ms 5s !').toBe(expected, events);
}));
`;
};
