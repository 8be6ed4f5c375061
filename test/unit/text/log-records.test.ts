import { describe as group, expect, test } from '@jest/globals';
import { describe } from '../../../src/text/log-records.js';
import { customFault, fault } from '../../../src/model/fault.js';
import type { NetworkEvent } from '../../../src/model/event.js';
import type { ScriptRan } from '../../../src/model/outcome.js';
import type { World } from '../../../src/model/world.js';
import { link as linkCalled, linkState, step as stepOf, world } from '../../../src/testing/builders.js';

const step = (event: NetworkEvent, inWorld?: World) => stepOf(17, event, inWorld);
const link = step({
  kind: 'link-state',
  ifindex: 2,
  name: 'ens33',
  changed: { OperationalState: 'carrier', CarrierState: 'carrier' },
  previous: { OperationalState: 'no-carrier' },
  rerun: false,
});
const manager = step({ kind: 'manager-state', changed: { OnlineState: 'online' }, previous: {}, rerun: false });
const extension = step({ kind: 'extension', extension: 'wifi', ifindex: 3, payload: { ssid: 'x' } });
const texts = (outcome: Parameters<typeof describe>[0]) => describe(outcome).map(r => `${r.level}: ${r.message}`);

group('an event', () => {
  test('of a link is one line for each changed property, as it was always written', () => {
    expect(texts({ kind: 'seen', step: link })).toEqual([
      `info: Link='ens33' ifindex='2' changed state 'OperationalState'="carrier"`,
      `info: Link='ens33' ifindex='2' changed state 'CarrierState'="carrier"`,
    ]);
  });

  test('carries its facts as fields', () => {
    expect(describe({ kind: 'seen', step: link })[0]?.fields).toEqual({
      kind: 'state',
      event: 'link-state',
      eventId: 17,
      link: 'ens33',
      ifindex: 2,
      property: 'OperationalState',
      value: 'carrier',
      previous: 'no-carrier',
    });
  });

  test('networkd lets a link linger that the kernel has removed: no news, so it is for debugging', () => {
    const ens33 = linkCalled(2, 'ens33');
    const lingering = linkState(ens33, { AdministrativeState: 'linger' });
    const line = `Link='ens33' ifindex='2' changed state 'AdministrativeState'="linger"`;
    expect(texts({ kind: 'seen', step: step(lingering, world()) })).toEqual([`debug: ${line}`]);
    expect(texts({ kind: 'seen', step: step(lingering, world([ens33])) })).toEqual([`info: ${line}`]);
  });

  test('of the manager or of an extension is told too', () => {
    expect(texts({ kind: 'seen', step: manager })).toEqual([`info: Manager changed state 'OnlineState'="online"`]);
    expect(texts({ kind: 'seen', step: extension })).toEqual([`info: Extension='wifi' ifindex='3' event`]);
  });
});

group('a script', () => {
  const run = (more: Partial<ScriptRan>): ScriptRan => ({
    kind: 'script-ran',
    script: '/etc/network-broker/carrier.d/10-x',
    step: link,
    exit: { code: 0, signal: null, duration: 12.4 },
    timedOut: false,
    ...more,
  });
  const said = (more: Partial<ScriptRan>) =>
    texts(run(more))
      .join()
      .replace(`Link='ens33' ifindex='2' event 17: script '/etc/network-broker/carrier.d/10-x' `, '');

  test('is one record: script, link, event, how it ended, how long it took', () => {
    const records = describe(run({})).map(({ level, message, fields }) => ({ level, message, fields }));
    expect(records).toEqual([
      {
        level: 'info',
        message: `Link='ens33' ifindex='2' event 17: script '/etc/network-broker/carrier.d/10-x' exited with status 0 after 12 ms`,
        fields: {
          kind: 'script',
          event: 'link-state',
          eventId: 17,
          link: 'ens33',
          ifindex: 2,
          script: '/etc/network-broker/carrier.d/10-x',
          status: 0,
          signal: null,
          durationMs: 12,
          timedOut: false,
        },
      },
    ]);
  });

  test('of which that is known says what it cost', () => {
    const exit = { code: 0, signal: null, duration: 30, cost: { cpu: 12.4, memory: 3_565_158 } };
    expect(said({ exit })).toBe('info: exited with status 0 after 30 ms (12 ms of CPU, 3.4 MiB)');
    expect(said({ exit: { ...exit, cost: { cpu: 0.2 } } })).toBe(
      'info: exited with status 0 after 30 ms (0 ms of CPU)',
    );
    expect(describe(run({ exit }))[0]?.fields).toMatchObject({ cpuMs: 12, memoryPeak: 3_565_158 });
  });

  test('that writes too much says how much was not logged', () => {
    const exit = { code: 0, signal: null, duration: 1, cut: 58_720_257 };
    expect(said({ exit })).toBe('info: exited with status 0 after 1 ms; 57345 KiB of output not logged (OutputLimit=)');
    expect(describe(run({ exit }))[0]?.fields).toMatchObject({ outputCut: 58_720_257 });
  });

  test('whose time is over while events of its own link wait says so: it may have waited for what it had caused', () => {
    const late = { exit: { code: null, signal: 'SIGTERM', duration: 90_001 }, timedOut: true };
    expect(said({ ...late, behind: 1 })).toBe(
      "warn: was killed by SIGTERM (timed out) after 90001 ms; 1 event of its link waited for its end: a script must not wait for what its link's scripts do next",
    );
    expect(describe(run({ ...late, behind: 3 }))[0]?.fields).toMatchObject({ behind: 3 });
  });

  test('that fails, is ended, takes too long or cannot start is a warning', () => {
    const gone = { code: null, signal: 'SIGTERM', duration: 90_001 };
    expect(said({ exit: { code: 3, signal: null, duration: 1 } })).toBe('warn: exited with status 3 after 1 ms');
    expect(said({ exit: gone })).toBe('warn: was killed by SIGTERM after 90001 ms');
    expect(said({ exit: gone, timedOut: true })).toBe('warn: was killed by SIGTERM (timed out) after 90001 ms');
    expect(said({ exit: { code: 0, signal: null, duration: 9 }, timedOut: true })).toMatch(
      /^warn: exited with status 0 \(timed out\)/,
    );
    expect(said({ exit: { code: null, signal: null, duration: 0 }, error: 'ENOENT' })).toBe(
      'warn: could not be started: ENOENT',
    );
  });

  test('prints at info and complains at warn, one record a line', () => {
    const script = 'carrier.d/10-x';
    expect(texts({ kind: 'script-output', step: link, script, stream: 'stdout', line: 'hello' })).toEqual([
      'info: carrier.d/10-x: hello',
    ]);
    expect(texts({ kind: 'script-output', step: link, script, stream: 'stderr', line: 'oh' })).toEqual([
      'warn: carrier.d/10-x: oh',
    ]);
  });

  test('beginning and end of an event are for those who look closely', () => {
    expect(texts({ kind: 'began', step: link })).toEqual([`debug: Link='ens33' ifindex='2' event 17: scripts begin`]);
    expect(texts({ kind: 'done', step: manager })).toEqual([`debug: Manager event 17: scripts have ended`]);
  });
});

group('a fault', () => {
  test('has its severity, its message and its code', () => {
    expect(describe(fault('script-unsafe', 'anybody can write to x'))).toEqual([
      { level: 'warn', message: 'anybody can write to x', fields: { kind: 'fault', code: 'script-unsafe' } },
    ]);
  });

  test('is logged, too, when its cause is nothing that has a text', () => {
    const [told] = describe(customFault('warn', 'mine', 'failed', Object.create(null)));
    expect(told).toMatchObject({ message: 'failed', fields: { cause: 'something was thrown that has no text' } });
  });

  test('shows its cause, with the stack, at debug', () => {
    const [first, second] = describe(fault('source-lost', 'networkd was lost', new Error('end of stream')));
    expect(first).toMatchObject({ level: 'warn', message: 'networkd was lost' });
    expect(second).toMatchObject({
      level: 'debug',
      message: expect.stringMatching(/^source-lost: Error: end of stream\n +at /),
    });
    expect(describe(customFault('error', 'x', 'y', 'plain'))[1]?.message).toBe('x: plain');
  });
});
