import { expect, test } from '@jest/globals';
import { EMPTY } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { serviceStates } from '../../../../src/daemon/status/service-states.js';
import type { World } from '../../../../src/model/world.js';
import { emptyWorld } from '../../../../src/world/advance.js';

const lacking = (why: string): World => ({
  ...emptyWorld,
  kernel: { ...emptyWorld.kernel, links: new Map() },
  progress: { ...emptyWorld.progress, sources: new Map([['bus', { is: 'lost', why }]]) },
});
const worlds = { n: emptyWorld, a: lacking('a'), b: lacking('b'), c: lacking('c') };

const told = (source: string): readonly string[] => {
  const lines: string[] = [];
  const scheduler = new TestScheduler((a, b) => expect(a).toEqual(b));
  scheduler.run(({ hot, expectObservable }) => {
    const status = (line: string): void => void lines.push(`${scheduler.now()} ${line.split(';')[0] ?? ''}`);
    const sink = serviceStates({ status }, scheduler);
    expectObservable(sink.consume({ step$: EMPTY, world$: hot(source, worlds) }, () => undefined));
  });
  return lines;
};

test('tells a change at once, and nothing when nothing changed', () => {
  expect(told('-a-a 1500ms a-b')).toEqual(['1 a', '1506 b']);
});

test('tells the last of many changes, a second after the one before', () => {
  expect(told('-a-b-c-b-c')).toEqual(['1 a', '1001 c']);
});

test('tells nothing before the links are known', () => {
  expect(told('-n-n')).toEqual([]);
});
