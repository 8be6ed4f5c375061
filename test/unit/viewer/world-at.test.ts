import { expect, test } from '@jest/globals';
import type { Changes } from '../../../src/trace/view/view-data.js';
import { createWorlds, type Difference, type Subjects } from '../../../viewer/pure/world-at.js';

const texts = ['', 'eth0', 'state', 'address', 'off', 'up', '192.0.2.5/24'];
const number = (text: string): number => texts.indexOf(text);

/** `5 2 eth0 state up`: at 5 ms, by mark 2; without a value it is gone. */
const changes = (...lines: readonly string[]): Changes => {
  const all = lines.map(line => line.split(' '));
  const column = (nth: number, of: (text: string) => number) => all.map(words => of(words[nth] ?? ''));
  return {
    at: column(0, Number),
    mark: column(1, Number),
    subject: column(2, number),
    name: column(3, number),
    value: column(4, number),
  };
};
const shown = (subjects: Subjects): readonly string[] =>
  [...subjects].flatMap(([subject, facts]) =>
    [...facts].map(([name, value]) => `${texts[subject]} ${texts[name]} ${texts[value]}`),
  );
const differences = (all: readonly Difference[]): readonly string[] =>
  all.map(({ name, before, now }) => `${texts[name]}: ${texts[before]} -> ${texts[now]}`);

const worlds = createWorlds(
  changes(
    '0 -1 eth0 state off',
    '5 0 eth0 state up',
    '5 0 eth0 address 192.0.2.5/24',
    '9 1 eth0 address ',
    '9 1 eth0 address 192.0.2.5/24',
    '12 2 eth0 address ',
  ),
);

test('the World at a moment is all that was told until then', () => {
  expect(shown(worlds.at(-1))).toEqual([]);
  expect(shown(worlds.at(4.9))).toEqual(['eth0 state off']);
  expect(shown(worlds.at(5))).toEqual(['eth0 state up', 'eth0 address 192.0.2.5/24']);
  expect(shown(worlds.at(100))).toEqual(['eth0 state up']);
});

test('what changed last is all of one moment, but for what was taken back in it', () => {
  expect(differences(worlds.changedAt(-1))).toEqual([]);
  expect(differences(worlds.changedAt(7))).toEqual(['state: off -> up', 'address:  -> 192.0.2.5/24']);
  expect(differences(worlds.changedAt(9))).toEqual([]);
  expect(differences(worlds.changedAt(50))).toEqual(['address: 192.0.2.5/24 -> ']);
});

test('what a mark changed is found by its number', () => {
  expect(differences(worlds.changedBy(0))).toEqual(['state: off -> up', 'address:  -> 192.0.2.5/24']);
  expect(differences(worlds.changedBy(7))).toEqual([]);
});

test('a World after thousands of changes is that of all of them', () => {
  const long = createWorlds(
    changes(...Array.from({ length: 5000 }, (_, nth) => `${nth} ${nth} eth0 state ${nth % 2 === 0 ? 'off' : 'up'}`)),
  );
  for (const at of [4999, 511, 512, 513, 1024, 0]) {
    expect(shown(long.at(at))).toEqual([`eth0 state ${at % 2 === 0 ? 'off' : 'up'}`]);
  }
});
