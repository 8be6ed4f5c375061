import { expect, test } from '@jest/globals';
import { EMPTY } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { sourceStates } from '../../../../src/daemon/status/source-states.js';
import { defaults } from '../../../../src/config/schema.js';
import type { Config } from '../../../../src/model/config.js';
import type { World } from '../../../../src/model/world.js';
import type { SourceState } from '../../../../src/model/source-state.js';
import { emptyWorld } from '../../../../src/world/advance.js';

const world = (sources: Record<string, SourceState>, generator: Config['system']['generator'] = []): World => ({
  ...emptyWorld,
  kernel: { ...emptyWorld.kernel, links: new Map() },
  config: { ...defaults, system: { ...defaults.system, generator } },
  progress: { ...emptyWorld.progress, sources: new Map(Object.entries(sources)) },
});
const serving: SourceState = { is: 'serving', why: '' };
const waiting: SourceState = { is: 'waiting', why: 'networkd is not on the bus' };
const lost: SourceState = { is: 'lost', why: 'the bus has gone' };
const worlds = {
  n: world({}),
  w: world({ networkd: waiting }),
  s: world({ networkd: serving }),
  l: world({ networkd: lost }),
  b: world({ networkd: serving, second: serving }),
  k: { ...world({ networkd: serving }), kernel: { ...world({ networkd: serving }).kernel, links: undefined } },
  d: world({ networkd: serving }, ['systemd-networkd']),
  D: world({ networkd: serving, dhclient: serving }, ['systemd-networkd', 'dhclient']),
  e: world({ networkd: serving }, ['systemd-networkd', 'dhclient']),
};

const run = (names: readonly string[], source: string): readonly string[] => {
  const said: string[] = [];
  new TestScheduler((a, b) => expect(a).toEqual(b)).run(({ hot, expectObservable }) => {
    const sink = sourceStates(
      names,
      record => said.push(`${record.level}: ${record.message}`),
      () => said.push('ready'),
    );
    const outcome$ = sink.consume({ step$: EMPTY, world$: hot(source, worlds) }, () => undefined);
    expectObservable(outcome$).toBe(source.replace(/\w/g, '-'));
  });
  return said;
};

test('says how a source is doing when that changes, not with every world', () => {
  expect(run(['networkd'], '-n-w-w-s-s-s-l-s-|')).toEqual([
    'info: networkd is not on the bus',
    'ready',
    'info: networkd: serving',
    'debug: the bus has gone',
    'info: networkd: serving',
  ]);
});

test('is ready once, when every source serves or waits', () => {
  expect(run(['networkd', 'second'], '-s-s-b-w-b-|').filter(each => each === 'ready')).toHaveLength(1);
  expect(run(['networkd', 'second'], '-s-s-|')).not.toContain('ready');
});

test('a source that has lost the bus waits for it, and that is ready, too', () => {
  expect(run(['networkd'], '-l-|')).toEqual(['debug: the bus has gone', 'ready']);
});

test('is not ready before the kernel has told its links', () => {
  expect(run(['networkd'], '-k-|')).not.toContain('ready');
  expect(run(['networkd'], '-k-s-|')).toContain('ready');
});

test('does not wait for a source that is not configured, but for each that is', () => {
  expect(run(['networkd', 'dhclient'], '-d-|')).toContain('ready');
  expect(run(['networkd', 'dhclient'], '-e-|')).not.toContain('ready');
  expect(run(['networkd', 'dhclient'], '-e-D-|')).toContain('ready');
});

test('never and empty say nothing, and an error passes', () => {
  expect(run(['networkd'], '-')).toEqual([]);
  expect(run(['networkd'], '|')).toEqual([]);
  expect(run(['networkd'], '--#')).toEqual([]);
});
