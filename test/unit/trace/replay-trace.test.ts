import { describe, expect, test } from '@jest/globals';
import {
  asapScheduler,
  asyncScheduler,
  concat,
  delay,
  filter,
  lastValueFrom,
  NEVER,
  of,
  tap,
  throwError,
  toArray,
} from 'rxjs';
import { createBroker } from '../../../src/broker.js';
import type { Input } from '../../../src/model/input.js';
import type { Broker, Stage } from '../../../src/model/flow.js';
import type { Outcome } from '../../../src/model/outcome.js';
import type { Step } from '../../../src/model/world.js';
import { standardSinks } from '../../../src/sinks/standard.js';
import { address, config, lease, link, inWords } from '../../../src/testing/builders.js';
import { fakeBus, fakeConnection } from '../../../src/fakes/fake-bus.js';
import { fakeFiles } from '../../../src/fakes/fake-files.js';
import { fakeKernel } from '../../../src/testing/fake-kernel.js';
import { fakeProcesses } from '../../../src/fakes/fake-processes.js';
import { fakeLinkFiles } from '../../support/fake-link-files.js';
import { fakeScriptFiles } from '../../support/fake-script-files.js';
import { marbles } from '../../../src/testing/marbles.js';
import { type Header, writeHeader } from '../../../src/trace/format.js';
import { createRedactor } from '../../../src/trace/redact/redact.js';
import { replay, type Replayed } from '../../../src/trace/replay-trace.js';
import { createRecorder } from '../../../src/trace/recorder.js';
import type { System } from '../../../src/sinks/standard.js';
import { through } from '../../../src/trace/instrument.js';
import { begin, emptyWorld } from '../../../src/world/advance.js';
import { emptyHeader } from './empty-header.js';

const said = (ifindex: number, state: string): Input => ({
  kind: 'networkd-link',
  ifindex,
  changed: inWords({ OperationalState: state }),
});
const gone: Input = { kind: 'kernel', changes: [{ what: 'address-gone', address: address(2, '192.0.2.5/24') }] };
const inputs: Readonly<Record<string, Input>> = {
  d: {
    kind: 'kernel-dump',
    afterLoss: false,
    addresses: [address(2, '192.0.2.5/24')],
    links: [link(2, 'eth0'), link(3, 'eth1')],
  },
  c: said(2, 'carrier'),
  r: said(2, 'routable'),
  o: said(3, 'carrier'),
  l: {
    kind: 'leases',
    leases: [lease('192.0.2.5', { dns: ['192.0.2.1'], routers: ['192.0.2.1'], hostname: 'alpha' })],
    now: 5,
  },
  g: gone,
};
const header = writeHeader(emptyHeader);

const told = (outcome: Outcome): readonly string[] => {
  switch (outcome.kind) {
    case 'seen':
      return [`event ${outcome.step.id} ${outcome.step.event.kind}`];
    case 'script-ran':
      return [`event ${outcome.step.id} ${outcome.script} status ${outcome.exit.code} after ${outcome.exit.duration}`];
    case 'unit-job':
      return [`event ${outcome.step.id} ${outcome.job} ${outcome.unit} ${outcome.result}`];
    case 'script-output':
      return [`${outcome.script}: ${outcome.line}`];
    case 'fault':
    case 'applied':
      return [outcome.message];
    case 'policy':
    case 'target':
      return [JSON.stringify(outcome)];
    case 'began':
    case 'script-started':
    case 'done':
      return [];
  }
};

/** A system whose answers take their time; the second link's JSON cannot be had whole. */
const system = (): System => {
  const kernel = fakeKernel();
  const { stats, ...words } = { stats: undefined, ...link(2, 'eth0') };
  return {
    files: fakeFiles({
      directories: { '/etc/nb/carrier.d': ['10-slow', '20-fast'], '/etc/nb/routable.d': ['10-r'] },
    }),
    processes: fakeProcesses(path => ({
      takes: path.endsWith('slow') ? 700 : 3,
      output: ['hello'],
      code: path.endsWith('fast') ? 1 : 0,
    })),
    rtnetlink: {
      ...kernel,
      link: ifindex =>
        throwError(() => Object.assign(new Error(`link ${ifindex}: ENOBUFS`), { errno: 105, stats, words })),
      addresses: () => of([]).pipe(delay(1)),
      routes: filter => kernel.routes(filter).pipe(delay(2)),
    },
    lock: { hold: () => concat(of(true), NEVER) },
    bus: fakeBus(
      concat(
        of(
          fakeConnection(
            NEVER,
            ({ member }) => (member === 'GetNameOwner' ? [':1.7'] : []),
            answered$ => answered$.pipe(delay(4)),
          ),
        ),
        NEVER,
      ),
    ),
    scriptFiles: fakeScriptFiles(),
    linkFiles: fakeLinkFiles(),
  };
};

interface Recorded {
  readonly lines: readonly string[];
  /** what was observed, and how many lines there were then */
  readonly outcomes: readonly string[];
}

const settings = config({
  system: { generator: ['systemd-networkd', 'dhclient'] },
  events: { debounceSec: 0.001 },
  scripts: { maxParallel: 1 },
  network: { routingPolicyRules: ['eth0'], useDns: true, useHostname: true },
});

/** The wall clock, which is set now and then: no time that is counted from the beginning. */
const NOON = Date.UTC(2026, 1, 3, 12);

/** Runs a broker in virtual time over faked system interfaces, and records it; in parts that begin at these moments. */
const recorded = (
  cuts: readonly number[] = [],
  stages: Broker['stages'] = [],
): Recorded & { readonly parts: readonly Recorded[] } => {
  const staged = stages.length > 0 && { extensions: ['quiet'], staged: true as const };
  const first = writeHeader({ ...emptyHeader, ...staged });
  const parts: { lines: string[]; outcomes: string[] }[] = [{ lines: [first], outcomes: [] }];
  marbles(({ hot, expectObservable }) => {
    const left = [...cuts];
    let newest = begin(emptyWorld);
    const recorder = createRecorder({
      now: () => asyncScheduler.now(),
      write: line => parts.at(-1)?.lines.push(line),
      onTurn: () => {
        if (asyncScheduler.now() < (left[0] ?? Infinity)) return;
        left.shift();
        const next: Header = JSON.parse(first) as Header;
        const known = recorder.known();
        const line = writeHeader({
          ...next,
          start: newest.world,
          lastId: newest.lastId,
          continues: true,
          at: recorder.at(),
          known,
        });
        parts.push({ lines: [line], outcomes: [] });
      },
    });
    const scheduler = recorder.scheduler(asyncScheduler, 'wait');
    const input$ = hot('-d-c-r-o-l 1300ms g', inputs);
    const broker$ = createBroker({
      config$: concat(of(settings), NEVER),
      kernel: { name: 'kernel', inputs: () => concat(input$, NEVER), drain: () => undefined },
      sources: [],
      stages: stages.length === 0 ? [] : [...stages, { name: 'trace', stage: recorder.stage }],
      sinks: [
        ...standardSinks({
          ...through(recorder.ask, system()),
          scriptDir: '/etc/nb',
          scheduler,
          asapScheduler: recorder.scheduler(asapScheduler, 'soon'),
        }),
      ],
      start: emptyWorld,
      stop$: hot('2999ms s').pipe(tap(recorder.stopped)),
      onInput: recorder.onInput,
      clock: { now: () => NOON + 3 * asyncScheduler.now() },
      onTurn: turn => (newest = turn),
      scheduler,
    });
    expectObservable(broker$.pipe(tap(outcome => parts.at(-1)?.outcomes.push(...told(outcome)))), '7000ms !');
  })();
  return { lines: parts.flatMap(({ lines }) => lines), outcomes: parts.flatMap(({ outcomes }) => outcomes), parts };
};

const replayedOf = (lines: readonly string[]): Promise<readonly Replayed[]> =>
  lastValueFrom(replay(lines).pipe(toArray()), { defaultValue: [] });
const outcomesOf = async (lines: readonly string[]): Promise<readonly string[]> =>
  (await replayedOf(lines)).flatMap(one => ('outcome' in one ? told(one.outcome) : []));

describe('replay', () => {
  test('a recorded run replays to the same outcomes in the same order', async () => {
    const { lines, outcomes } = recorded();
    expect(outcomes.join('\n')).toMatch(/rule add from 192.0.2.5 lookup 10001/);
    expect(outcomes.join('\n')).toMatch(/host name: alpha/);
    expect(outcomes.join('\n')).toMatch(/dns/i);
    expect(outcomes.length).toBeGreaterThan(14);
    expect(await outcomesOf(lines)).toEqual(outcomes);
  });

  test('events happen when they happened, by the wall clock of then', async () => {
    const { lines } = recorded();
    const times = (await replayedOf(lines)).flatMap(one =>
      'outcome' in one && one.outcome.kind === 'seen' ? [one.outcome.step.at - NOON] : [],
    );
    expect(times).toEqual(times.map((_, nth) => [9, 15, 21, 27, 3930][nth]));
    expect(times.length).toBe(5);
  });

  test('one that begins later replays to what was observed from then on, as if the daemon had been started then', async () => {
    const { parts } = recorded([1200]);
    const [before, after] = parts;
    expect(await outcomesOf(before?.lines ?? [])).toEqual(before?.outcomes);
    expect(after?.outcomes.slice(0, 3)).toEqual([
      'event 5 address',
      expect.stringContaining('policy rules of eth0: rule delete'),
      expect.stringContaining('"tables":[]'),
    ]);
    expect(await outcomesOf(after?.lines ?? [])).toEqual([
      expect.stringContaining('/etc/nb lacks addresses.d'),
      'DNS servers of link 2: 192.0.2.1',
      'host name: alpha',
      ...(after?.outcomes.slice(0, 3) ?? []),
    ]);
  });

  test('parts that follow one another are one trace', async () => {
    const { lines, outcomes } = recorded([100, 1000]);
    expect(await outcomesOf(lines)).toEqual(outcomes);
  });

  test('two runs are replayed one after the other', async () => {
    const { lines, outcomes } = recorded();
    const told = await replayedOf([...lines, ...lines.map(line => line.replace('"began":0', '"began":60000'))]);
    expect(told.flatMap(one => ('header' in one ? [one.at] : []))).toEqual([0, 60_000]);
    expect(await outcomesOf([...lines, ...lines])).toEqual([...outcomes, ...outcomes]);
  });

  describe('of a run with stages of extensions', () => {
    const only = (name: string): Stage => filter(({ event }) => !('name' in event) || event.name === name);
    const stages = [
      { name: 'quiet', stage: only('eth0') },
      { name: 'late', stage: delay<Step>(20) },
    ];

    test('shows what was done then, of the events that left them when they did', async () => {
      const { lines, outcomes } = recorded([], stages);
      expect(outcomes.join('\n')).toContain('10-slow');
      expect(outcomes.filter(one => one.startsWith('event 3 '))).toEqual([]);
      expect(await outcomesOf(lines)).toEqual(outcomes);
      expect((await replayedOf(lines)).filter(one => 'unasked' in one)).toEqual([]);
    });

    test('is redacted without any of it being lost', async () => {
      const { learn, hide } = createRedactor();
      const { lines, outcomes } = recorded([], stages);
      lines.forEach(learn);
      const all = await replayedOf(lines.map(hide));
      expect(all.filter(one => 'outcome' in one && told(one.outcome).length > 0)).toHaveLength(outcomes.length);
      expect(all.filter(one => 'unasked' in one || 'unanswered' in one)).toEqual([]);
    });

    test('says what it does not show, if other stages run in their place', async () => {
      const { lines } = recorded([], stages);
      const other = [{ name: 'other', stage: only('eth1') }];
      const all = await lastValueFrom(replay(lines, other).pipe(toArray()), { defaultValue: [] });
      expect(all.flatMap(one => ('unasked' in one ? [one.unasked] : []))).toContain('run 1 /etc/nb/carrier.d/10-slow');
      expect(all.flatMap(one => ('unanswered' in one ? [one.unanswered] : []))).toContain('list /etc/nb/carrier.d');
    });
  });

  test('a question that the trace does not answer fails, and is said', async () => {
    const { lines } = recorded();
    const id = /"ask":"run 3 .*10-slow","id":(\d+)/.exec(lines.join('\n'))?.[1] ?? '';
    const without = lines.filter(line => !new RegExp(`"(ask":"run 3 .*"id|to)":${id}[,}]`).test(line));
    const all = await replayedOf(without);
    expect(all.flatMap(one => ('unanswered' in one ? [one.unanswered] : []))).toContain(
      'run 3 /etc/nb/carrier.d/10-slow',
    );
    expect(await outcomesOf(without)).toContain('event 3 /etc/nb/carrier.d/10-slow status null after 0');
  });

  test('a file that cannot be read is no line that is wrong', async () => {
    const refused = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'open' });
    const lines = (function* (): Generator<string> {
      yield header;
      throw refused;
    })();
    await expect(lastValueFrom(replay(lines), { defaultValue: undefined })).rejects.toBe(refused);
  });

  test('a script that was running when the trace ends is said to be unanswered', async () => {
    const { lines } = recorded();
    const end = lines.findIndex(line => line.includes('"exited"'));
    const all = await replayedOf(lines.slice(0, end));
    expect(all.flatMap(one => ('unanswered' in one ? [one.unanswered] : []))).toEqual([
      'run 1 /etc/nb/carrier.d/10-slow',
    ]);
  });

  test('an answer that was too long for the trace is said to be so', async () => {
    const { lines } = recorded();
    const lost = lines.map(line =>
      line.replace(/("ask":"list [^"]*carrier.d","answer":).*}$/, '"ask":"list /etc/nb/carrier.d","lost":70000}'),
    );
    const all = await replayedOf(lost);
    expect(all.flatMap(one => ('unanswered' in one ? [one.unanswered] : []))[0]).toBe(
      'list /etc/nb/carrier.d: its answer, 70000 characters, was too long for the trace',
    );
  });

  test('a redacted trace replays alike, and holds no name and no address', async () => {
    const { learn, hide } = createRedactor();
    const { lines, outcomes } = recorded();
    lines.forEach(learn);
    const redacted = lines.map(hide);
    expect(redacted.join('\n')).not.toMatch(/eth0|eth1|192\.0\.2\.[1-9]|alpha/);
    expect(redacted.join('\n')).toContain('link1');
    const wordless = (text: string): string =>
      text.replace(/\b(?:\d+\.\d+\.\d+\.\d+|(?:link|eth|w)\d(?:(?!\/)\S)*|alpha|s\d{6}|\d0-\w+|nb)|hello|\[.*\]/g, '~');
    expect((await outcomesOf(redacted)).map(wordless)).toEqual(outcomes.map(wordless));
  });

  test.each([
    ['nothing at all', [], 'line 1: expected JSON'],
    ['no trace', ['{}'], 'line 1: expected the header of a network-event-broker trace'],
    ['another version', [header.replace('"version":5', '"version":4')], 'expected version 5 of the format, found 4'],
    ['half a line', [header, '{"at":1,"inp'], 'line 2: expected JSON, found "{\\"at\\":1'],
    ['no object', [header, '7'], 'line 2: expected a JSON object, found "7"'],
    [
      'an unknown input',
      [header, '{"at":1,"input":{"kind":"new"}}'],
      'line 2: expected an input, a question or an answer',
    ],
  ])('%s is refused, and it is said why', async (_, lines, message) => {
    await expect(replayedOf(lines)).rejects.toThrow(message);
  });
});
