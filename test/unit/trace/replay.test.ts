import { describe, expect, test } from '@jest/globals';
import { asyncScheduler, concat, lastValueFrom, NEVER, of, tap, toArray } from 'rxjs';
import { createBroker } from '../../../src/broker.js';
import type { Input } from '../../../src/model/input.js';
import type { Outcome } from '../../../src/model/outcome.js';
import { scriptsSink } from '../../../src/sinks/scripts.js';
import { seenSink } from '../../../src/sinks/seen.js';
import { address, config, link } from '../../../src/testing/builders.js';
import { fakeFiles } from '../../../src/testing/fake-files.js';
import { fakeProcesses } from '../../../src/testing/fake-processes.js';
import { marbles } from '../../../src/testing/marbles.js';
import { writeHeader, writeRecord } from '../../../src/trace/format.js';
import { createRedactor } from '../../../src/trace/redact.js';
import { replay, type Replayed } from '../../../src/trace/replay.js';
import { createRecorder } from '../../../src/trace/taped.js';
import { emptyWorld } from '../../../src/world/advance.js';

const said = (ifindex: number, state: string): Input => ({
  kind: 'networkd-link',
  ifindex,
  changed: { OperationalState: state },
});
const inputs: Readonly<Record<string, Input>> = {
  d: { kind: 'kernel-dump', afterLoss: false, addresses: [], links: [link(2, 'eth0'), link(3, 'eth1')] },
  c: said(2, 'carrier'),
  r: said(2, 'routable'),
  o: said(3, 'carrier'),
};
const header = writeHeader({ began: 0, start: emptyWorld, scriptDir: '/etc/nb', owners: [0] });

const told = (outcome: Outcome): readonly string[] => {
  switch (outcome.kind) {
    case 'seen':
      return [`event ${outcome.step.id} ${outcome.step.event.kind}`];
    case 'script-ran':
      return [`event ${outcome.step.id} ${outcome.script} status ${outcome.exit.code} after ${outcome.exit.duration}`];
    case 'script-output':
      return [`${outcome.script}: ${outcome.line}`];
    case 'fault':
      return [outcome.message];
    case 'began':
    case 'done':
    case 'applied':
      return [];
  }
};

/** Runs a broker in virtual time over faked system interfaces, and records it. */
const recorded = (): { readonly lines: readonly string[]; readonly outcomes: readonly string[] } => {
  const lines = [header];
  const outcomes: string[] = [];
  marbles(({ hot, expectObservable }) => {
    const recorder = createRecorder(
      () => asyncScheduler.now(),
      line => lines.push(line),
    );
    const files = fakeFiles({
      directories: { '/etc/nb/carrier.d': ['10-slow', '20-fast'], '/etc/nb/routable.d': ['10-r'] },
    });
    const processes = fakeProcesses(path => ({
      takes: path.endsWith('slow') ? 700 : 3,
      output: ['hello'],
      code: path.endsWith('fast') ? 1 : 0,
    }));
    const input$ = hot('-d-c-r-o', inputs);
    const broker$ = createBroker({
      config$: concat(of(config({ events: { debounceSec: 0.001 } })), NEVER),
      kernel: { name: 'kernel', inputs: () => concat(input$, NEVER), drain: () => undefined },
      sources: [],
      sinks: [
        scriptsSink({ files: recorder.files(files), processes: recorder.processes(processes), scriptDir: '/etc/nb' }),
        seenSink,
      ],
      start: emptyWorld,
      stop$: hot('1999ms s'),
      tape: recorder.tape,
    });
    expectObservable(broker$.pipe(tap(outcome => outcomes.push(...told(outcome)))), '5000ms !');
  })();
  return { lines, outcomes };
};

const replayedOf = (lines: readonly string[]): Promise<readonly Replayed[]> =>
  lastValueFrom(replay(lines).pipe(toArray()), { defaultValue: [] });
const outcomesOf = async (lines: readonly string[]): Promise<readonly string[]> =>
  (await replayedOf(lines)).flatMap(one => ('outcome' in one ? told(one.outcome) : []));

describe('replay', () => {
  test('a recorded run replays to the same outcomes in the same order', async () => {
    const { lines, outcomes } = recorded();
    expect(outcomes.length).toBeGreaterThan(8);
    expect(await outcomesOf(lines)).toEqual(outcomes);
  });

  test('nothing is guessed: what the trace does not answer is said', async () => {
    const { lines } = recorded();
    const without = lines.filter(line => !line.includes('"run 3'));
    const unanswered = (await replayedOf(without)).flatMap(one => ('unanswered' in one ? [one.unanswered] : []));
    expect(unanswered).toEqual(['run 3 /etc/nb/carrier.d/10-slow']);
  });

  test('a script that was running when the trace ends is said to be unanswered', async () => {
    const { lines } = recorded();
    const end = lines.findIndex(line => line.includes('"exited"'));
    const told = await replayedOf(lines.slice(0, end));
    expect(told.some(one => 'unanswered' in one && one.unanswered.startsWith('run '))).toBe(true);
  });

  test('a redacted trace replays alike, and holds no name and no address', async () => {
    const redact = createRedactor();
    const { lines, outcomes } = recorded();
    const secret: Input = {
      kind: 'kernel',
      changes: [{ what: 'address', address: address(2, '198.51.100.77/24') }],
    };
    const redacted = [...lines, writeRecord({ at: 6000, input: secret })].map(redact);
    expect(redacted.join('\n')).not.toMatch(/eth0|eth1|198\.51\.100\.77/);
    expect(redacted.join('\n')).toContain('link1');
    expect((await outcomesOf(redacted)).slice(0, outcomes.length)).toEqual(outcomes);
  });

  test.each([
    ['nothing at all', [], 'line 1: expected JSON'],
    ['no trace', ['{}'], 'line 1: expected the header of a network-event-broker trace'],
    ['another version', [header.replace('"version":1', '"version":2')], 'expected version 1 of the format, found 2'],
    ['half a line', [header, '{"at":1,"inp'], 'line 2: expected JSON, found "{\\"at\\":1'],
    ['an unknown input', [header, '{"at":1,"input":{"kind":"new"}}'], 'line 2: expected an input or an answer'],
  ])('%s is refused, and it is said why', async (_, lines, message) => {
    await expect(replayedOf(lines)).rejects.toThrow(message);
  });
});
