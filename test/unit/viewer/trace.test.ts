import { describe, expect, test } from '@jest/globals';
import { markKinds, type MarkKind, type ViewData } from '../../../src/trace/view/view-data.js';
import { begin, hashOf, momentIn, reduce } from '../../../viewer/parts/state.js';
import { chosen, createTrace, everything, type Filter, incidentsOf, rowsOf } from '../../../viewer/pure/trace.js';

type Line = readonly [
  at: number,
  row: string,
  link: string,
  kind: MarkKind,
  text: string,
  level: number,
  cause: number,
];
const lines: readonly Line[] = [
  [0, 'kernel', '', 'kernel', 'address 192.0.2.5/24 of eth0', 0, -1],
  [1, 'eth0', 'eth0', 'address', 'address 192.0.2.5/24 added', 0, 0],
  [2, 'eth0 scripts', 'eth0', 'script', 'addresses.d/10-a: status 1', 2, 1],
  [4, 'eth10', 'eth10', 'link', 'link added', 0, -1],
  [6, 'eth2', 'eth2', 'link', 'link added', 0, -1],
  [8, 'faults', '', 'fault', 'somebody deleted a rule', 1, -1],
];
const texts = ['', ...new Set(lines.map(line => line[4])), 'ADDRESS', '198.51.100.99'];
const rows = [...new Map(lines.map(([, name, link]) => [name, { name, link }])).values()];
const data: ViewData = {
  version: 1,
  title: 'a trace',
  began: 0,
  length: 10,
  texts,
  rows,
  marks: {
    at: lines.map(line => line[0]),
    took: lines.map(() => 0),
    row: lines.map(line => rows.findIndex(({ name }) => name === line[1])),
    kind: lines.map(line => markKinds.indexOf(line[3])),
    text: lines.map(line => texts.indexOf(line[4])),
    level: lines.map(line => line[5]),
    cause: lines.map(line => line[6]),
    event: lines.map(() => 0),
  },
  details: { 2: { environment: [texts.indexOf('ADDRESS'), texts.indexOf('198.51.100.99')] } },
  changes: { at: [], mark: [], subject: [], name: [], value: [] },
};
const trace = createTrace(data);
const found = (filter: Partial<Filter>) => chosen(trace, { ...everything, ...filter });

describe('what is shown', () => {
  test('is everything, what a search finds in texts, rows and environments, and what filters let through', () => {
    expect(found({})).toEqual([0, 1, 2, 3, 4, 5]);
    expect(found({ search: 'ADDED address' })).toEqual([1]);
    expect(found({ search: 'eth0 scripts' })).toEqual([2]);
    expect(found({ search: '198.51.100.99' })).toEqual([2]);
    expect(found({ search: 'nowhere' })).toEqual([]);
    expect(found({ link: 'eth0' })).toEqual([0, 1, 2]);
    expect(found({ kind: 'link' })).toEqual([3, 4]);
    expect(found({ onlyBad: true })).toEqual([2, 5]);
    expect(found({ kind: 'script', search: '10-a', onlyBad: true })).toEqual([2]);
  });

  test('has the rows of sources above those of links, and links by the numbers in their names', () => {
    expect(rowsOf(trace, found({})).map(({ row }) => row.name)).toEqual([
      'faults',
      'kernel',
      'eth0',
      'eth0 scripts',
      'eth2',
      'eth10',
    ]);
    expect(rowsOf(trace, found({ kind: 'link' })).map(({ row }) => row.name)).toEqual(['eth2', 'eth10']);
  });
});

test('causes go back to what came from outside, effects one step on', () => {
  expect(trace.causesOf(2)).toEqual([0, 1]);
  expect(trace.effectsOf(0)).toEqual([1]);
  expect(incidentsOf(trace)).toEqual([2, 5]);
});

test('a circle of causes, which no daemon makes, ends', () => {
  const circle = createTrace({ ...data, marks: { ...data.marks, cause: data.marks.at.map(() => 0) } });
  expect(circle.causesOf(1).length).toBeLessThan(10);
});

describe('where one looks', () => {
  test('begins at the first failure, or at the moment in the address', () => {
    expect(begin(trace, '')).toMatchObject({ cursor: 2, selected: 2 });
    expect(begin(trace, '#t=0.004')).toMatchObject({ cursor: 4, selected: 3 });
    expect(begin(trace, '#t=99')).toMatchObject({ cursor: 10, selected: -1 });
    expect(begin(trace, '#t=<img>')).toMatchObject({ cursor: 2 });
  });

  test('a moment goes into an address and out of it', () => {
    expect(hashOf(12_345)).toBe('#t=12.345');
    expect(momentIn('#t=12.345')).toBe(12_345);
    expect(momentIn('#t=-1')).toBeUndefined();
  });

  test('the cursor stays within the trace, and goes to what is selected', () => {
    const state = begin(trace, '');
    expect(reduce(trace)(state, { do: 'go to', at: -5 }).cursor).toBe(0);
    expect(reduce(trace)(state, { do: 'go to', at: 500 }).cursor).toBe(10);
    expect(reduce(trace)(state, { do: 'select', mark: 4 })).toMatchObject({ cursor: 6, selected: 4 });
  });
});
