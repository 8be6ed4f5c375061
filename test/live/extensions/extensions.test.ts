import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Extended, openExtended } from './daemon.js';

let extended: Extended;
beforeEach(() => {
  extended = openExtended();
});
afterEach(() => extended.close());

const teller = `
export default ({ rxjs, operators, events, defineExtension }) => {
  const { filter, map, tap, timer } = rxjs;
  return defineExtension({
    name: 'teller',
    sources: [() => timer(0, 50).pipe(map(nth => ({ payload: { nth } })))],
    stages: [source => source.pipe(operators.perLink(events.isLinkState, map(step => step)), map(step => {
      if (step.event.payload?.nth === 1) throw new Error('not this one');
      return step;
    }))],
    sinks: [({ step$ }, report) => step$.pipe(
      filter(({ event }) => events.isExtension(event)),
      tap(({ event }) => report(events.fault('warn', 'told',
        'told ' + event.payload.nth + ' by ' + (step$ instanceof rxjs.Observable ? 'the same' : 'another') + ' rxjs'))),
    )],
  });
};`;

describe('extensions in the built daemon', () => {
  test('it hands over its own rxjs; a stage that throws costs one event', async () => {
    const { configured, start, write } = extended;
    const { child, until, log } = start(configured(write('teller.mjs', teller)));
    await until('told 2 by the same rxjs');
    expect(log()).toContain('extension teller: told 0 by the same rxjs');
    expect(log()).toContain('extension teller threw: not this one; the event is dropped');
    expect(log()).not.toContain('told 1 by');
    child.kill('SIGTERM');
    const [status] = (await once(child, 'close')) as [number];
    expect(status).toBe(0);
  });

  test('one that cannot be loaded is said, and the daemon runs without it', async () => {
    const { configured, directory, start } = extended;
    const { until } = start(configured(join(directory, 'absent.mjs')));
    await until(`extension ${directory}/absent.mjs is not loaded: there is no absent.mjs`);
    await until('trying again');
  });

  test('check loads and lists them, and fails for one that cannot be loaded', () => {
    const { check, configured, directory, write } = extended;
    const path = write('teller.mjs', teller);
    expect(check(configured(path))).toMatch(
      /^ok +extensions +\S+teller\.mjs: teller, with 1 stages, 1 sinks, 1 sources$/m,
    );
    expect(check(configured(join(directory, 'absent.mjs')))).toMatch(/^error +extensions .*absent\.mjs is not loaded/m);
  });
});
