import { describe, expect, test } from '@jest/globals';
import { debounceTime, filter, map, timer } from 'rxjs';
import { defineExtension } from '../../../src/extensions/extension.js';
import { simulate } from '../../../src/testing/simulate.js';

const config = '[System]\nGenerator="rtnetlink"\n';
const scripts = ['routable.d/10-note'];

describe('simulate', () => {
  test('runs an extension for days of virtual time, what it waits for included', async () => {
    let heard = 0;
    let ticks = 0;
    const counting = defineExtension({
      name: 'counting',
      sources: [() => timer(0, 3_600_000).pipe(map(payload => ({ payload })))],
      sinks: [
        ({ step$ }) =>
          step$.pipe(
            filter(({ event }) => event.kind === 'extension'),
            debounceTime(1000),
            map(() => (ticks += 1)),
          ),
        ({ step$ }) => step$.pipe(map(() => (heard += 1))),
      ],
    });
    const { days, failure } = await simulate({ seed: 1, days: 1, config, scripts, extensions: () => [counting] });
    expect(failure).toBeUndefined();
    expect(days).toBe(1);
    expect(heard).toBeGreaterThan(50);
    expect(ticks).toBeGreaterThan(20);
  });

  test('ends with what an expectation says, in the fewest events that show it', async () => {
    const { failure } = await simulate({
      seed: 1,
      config,
      scripts,
      expectation: () => {
        let ran = 0;
        return {
          outcome: outcome => {
            if (outcome.kind === 'script-ran') ran += 1;
            return ran > 2 ? 'three scripts ran' : undefined;
          },
        };
      },
    });
    expect(failure?.what).toEqual(['expected: three scripts ran']);
    expect(failure?.text).toContain('systemctl start network-broker');
    expect(failure?.text.split('\n').length).toBeLessThan(80);
  });

  test('finds an extension that loses a change of state', async () => {
    const losing = defineExtension({
      name: 'losing',
      stages: [steps$ => steps$.pipe(filter(({ event }) => event.kind !== 'link-state' || event.ifindex !== 3))],
    });
    const { failure } = await simulate({ seed: 1, config, scripts, extensions: () => [losing] });
    expect(failure?.what.join()).toContain('told states');
    expect(failure?.text).toContain('eth1');
  });
});
