import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lastValueFrom, toArray } from 'rxjs';
import { address, config, link } from '../../../src/testing/builders.js';
import { writeHeader } from '../../../src/trace/format.js';
import { encode } from '../../../src/trace/json.js';
import { marbleTest } from '../../../src/trace/marble-test.js';
import { replay } from '../../../src/trace/replay-trace.js';
import { emptyHeader } from './empty-header.js';

const header = writeHeader(emptyHeader);
const lines = [
  header,
  encode({ at: 1, input: { kind: 'config', config: config({}) } }),
  encode({
    at: 2,
    input: { kind: 'kernel-dump', afterLoss: false, links: [link(2, 'eth0')], addresses: [address(2, '192.0.2.5/24')] },
  }),
  encode({
    at: 3,
    input: { kind: 'networkd-snapshot', manager: {}, links: new Map([[2, { OperationalState: 'routable' }]]) },
  }),
  encode({ at: 4, ask: 'list /etc/nb/routable.d', answer: [] }),
  encode({ at: 5, input: { kind: 'networkd-link', ifindex: 2, changed: { OperationalState: 'carrier' } } }),
  encode({ at: 6, ask: 'wait 100', id: 7 }),
  encode({ at: 7, to: 7, end: true }),
];
/** What became of it: it was read, or refused with the line where. */
const outcome = (all: readonly string[]): Promise<string> =>
  lastValueFrom(replay(all).pipe(toArray()), { defaultValue: [] }).then(
    () => 'read',
    (error: unknown) => String(error),
  );

const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

test.each([
  [
    'nesting without end',
    `{"at":1,"input":{"kind":"extension","extension":"x","ifindex":0,"payload":${deep(200_000)}}}`,
    /^read|line 2/,
  ],
  [
    'the same with a Map in it',
    `{"at":1,"input":{"kind":"extension","payload":${deep(200_000)},"m":{"$map":[]}}}`,
    /line 2: expected JSON/,
  ],
  ['a time that no clock reaches', '{"at":1e300,"stop":true}', /line 2: expected an input/],
  ['a time before the beginning', '{"at":-5,"stop":true}', /line 2: expected an input/],
  ['an input that is none', '{"at":1,"input":{"kind":"kernel","changes":7}}', /line 2/],
  ['a kind that every object has', '{"at":1,"input":{"kind":"__proto__"}}', /line 2: expected an input/],
  ['a kind that every object has', '{"at":1,"input":{"kind":"constructor"}}', /line 2: expected an input/],
  ['a configuration of nothing', '{"at":1,"input":{"kind":"config","config":null}}', /^read|line 2/],
  [
    'a time that cannot be reckoned with',
    encode({ at: 1, input: { kind: 'config', config: { ...config({}), events: { debounceSec: 1n } } } }),
    /line 2: expected an input/,
  ],
  ['control characters', '\u001b[2J', /line 2: expected JSON/],
])('%s is read, or refused by its line', async (_, line, expected) => {
  expect(await outcome([header, line])).toMatch(expected);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test.each([
  ['"began":1e300', '"began":0'],
  ['"at":"x"', '"at":0'],
  ['"scriptDir":7', '"scriptDir":'],
  ['"known":{}', '"known":[]'],
])('a header with %s is refused', async (wrong, right) => {
  const text = right.endsWith(':')
    ? header.replace(/"scriptDir":"[^"]*"/, wrong)
    : header.replace(new RegExp(`${right.split(':')[0]!}:[^,}]+`), wrong);
  expect(text).not.toBe(header);
  expect(await outcome([text, ...lines.slice(1)])).toMatch(/line 1: expected .* in the header/);
});

test('a prototype in a line changes nothing outside it', async () => {
  await outcome([
    header,
    '{"at":1,"__proto__":{"polluted":1},"input":{"kind":"networkd-link","ifindex":2,"changed":{"__proto__":"x"}}}',
  ]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('whatever is changed in a trace, it is read or refused by a line, soon, and nothing is thrown elsewhere', async () => {
  const thrown: unknown[] = [];
  const note = (error: unknown): unknown => thrown.push(error);
  process.on('uncaughtException', note);
  const odd = fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1e308,
    'x',
    '',
    '__proto__',
    [],
    {},
    [[]],
    { $map: 7 },
    { $map: [[1, 2]] },
    { $bytes: 'zz' },
    { $bigint: '1' },
    '\u0000\u001b',
    2 ** 53,
  );
  const mutation = fc.record({ line: fc.nat(lines.length - 1), at: fc.nat(40), value: odd });
  const mutated = (text: string, at: number, value: unknown): string => {
    let nth = 0;
    return JSON.stringify(JSON.parse(text, (_, each: unknown) => (nth++ === at ? value : each)) ?? null);
  };
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async all => {
        const text = [...lines];
        for (const { line, at, value } of all) text[line] = mutated(text[line]!, at, value);
        const began = process.cpuUsage();
        expect(await outcome(text)).toMatch(/^read|^(?:Trace)?Error: line \d+/);
        expect(process.cpuUsage(began).user).toBeLessThan(5_000_000); // µs; the machine may be busy with others
        try {
          marbleTest(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 300 },
    );
  } finally {
    process.off('uncaughtException', note);
  }
  expect(thrown).toEqual([]);
}, 60_000);
