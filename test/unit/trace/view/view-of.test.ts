import { describe, expect, test } from '@jest/globals';
import { asapScheduler, asyncScheduler, concat, firstValueFrom, NEVER, of, toArray } from 'rxjs';
import { createBroker } from '../../../../src/broker.js';
import { fakeBus, fakeConnection } from '../../../../src/fakes/fake-bus.js';
import { fakeFiles } from '../../../../src/fakes/fake-files.js';
import { fakeProcesses } from '../../../../src/fakes/fake-processes.js';
import type { Input } from '../../../../src/model/input.js';
import { standardSinks } from '../../../../src/sinks/standard.js';
import { address, config, inWords, lease, link } from '../../../../src/testing/builders.js';
import { fakeKernel } from '../../../../src/testing/fake-kernel.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { fakeLinkFiles } from '../../../support/fake-link-files.js';
import { fakeScriptFiles } from '../../../support/fake-script-files.js';
import { writeHeader } from '../../../../src/trace/format.js';
import { through } from '../../../../src/trace/instrument.js';
import { encode } from '../../../../src/trace/json.js';
import { createRecorder } from '../../../../src/trace/recorder.js';
import { markKinds, type ViewData } from '../../../../src/trace/view/view-data.js';
import { viewOf } from '../../../../src/trace/view/view-of.js';
import { emptyWorld } from '../../../../src/world/advance.js';
import { emptyHeader } from '../empty-header.js';

const inputs: Readonly<Record<string, Input>> = {
  d: {
    kind: 'kernel-dump',
    afterLoss: false,
    links: [link(2, 'eth0')],
    addresses: [address(2, '192.0.2.5/24')],
  },
  c: { kind: 'networkd-link', ifindex: 2, changed: inWords({ OperationalState: 'carrier' }) },
  l: {
    kind: 'leases',
    leases: [lease('192.0.2.5', { dns: ['192.0.2.1'], routers: ['192.0.2.1'], hostname: 'alpha' })],
    now: 5,
  },
  g: { kind: 'kernel', changes: [{ what: 'address-gone', address: address(2, '192.0.2.5/24') }] },
};

/** A run of a broker whose script takes its time and fails. */
const recorded = (): readonly string[] => {
  const lines = [writeHeader(emptyHeader)];
  marbles(({ hot, expectObservable }) => {
    const recorder = createRecorder({ now: () => asyncScheduler.now(), write: line => lines.push(line) });
    const scheduler = recorder.scheduler(asyncScheduler, 'wait');
    const settings = config({
      system: { generator: ['systemd-networkd', 'dhclient'] },
      network: { routingPolicyRules: ['eth0'], useHostname: true, emitJson: false },
    });
    const connection = fakeConnection(NEVER, ({ member }) => (member === 'GetNameOwner' ? [':1.7'] : []));
    const input$ = hot('-d---c---l 1300ms g', inputs);
    const broker$ = createBroker({
      config$: concat(of(settings), NEVER),
      kernel: {
        name: 'kernel',
        inputs: () => concat(input$, NEVER),
        drain: () => undefined,
      },
      sources: [],
      sinks: standardSinks({
        ...through(recorder.ask, {
          files: fakeFiles({ directories: { '/etc/nb/carrier.d': ['10-slow'] } }),
          processes: fakeProcesses(() => ({ takes: 700, output: ['no DNS yet'], code: 1 })),
          rtnetlink: fakeKernel(),
          lock: { hold: () => concat(of(true), NEVER) },
          bus: fakeBus(concat(of(connection), NEVER)),
          scriptFiles: fakeScriptFiles(),
          linkFiles: fakeLinkFiles(),
        }),
        scriptDir: '/etc/nb',
        scheduler,
        asapScheduler: recorder.scheduler(asapScheduler, 'soon'),
      }),
      start: emptyWorld,
      onInput: recorder.onInput,
      scheduler,
    });
    expectObservable(broker$, '7000ms !');
  })();
  return lines;
};

/** It is an error where there is none. */
const seen = async (lines: readonly string[]): Promise<ViewData> => {
  const [data] = await firstValueFrom(viewOf(lines, 'x').pipe(toArray()), { defaultValue: [] });
  if (data === undefined) throw new Error('expected data, found none');
  return data;
};
const marksOf = ({ marks, rows, texts }: ViewData): readonly string[] =>
  marks.at.map((at, nth) => {
    const [row, text] = [rows[marks.row[nth] ?? 0]?.name, texts[marks.text[nth] ?? 0]];
    return `${at} ${row}: ${text}`;
  });
const find = (data: ViewData, what: RegExp): number => marksOf(data).findIndex(text => what.test(text));

describe('what view shows of a trace', () => {
  test('is each run of a script from its beginning to its end, with its output and environment, and that it failed', async () => {
    const data = await seen(recorded());
    const run = find(data, /eth0 scripts: carrier\.d\/10-slow: status 1, 700 ms/);
    expect(data.marks.took[run]).toBeCloseTo(700, 0);
    expect(data.marks.level[run]).toBe(2);
    const { lines = [], environment = [] } = data.details[run] ?? {};
    expect(lines.map(nth => data.texts[nth])).toEqual(['no DNS yet']);
    const variables = environment.map(nth => data.texts[nth]);
    expect(variables[variables.indexOf('LINK') + 1]).toBe('eth0');
  });

  test('is what caused it: of a script its event, of that the word of systemd-networkd', async () => {
    const data = await seen(recorded());
    const run = find(data, /10-slow/);
    const event = data.marks.cause[run] ?? -1;
    expect(marksOf(data)[event]).toMatch(/eth0: OperationalState=carrier/);
    expect(marksOf(data)[data.marks.cause[event] ?? -1]).toMatch(/systemd-networkd: eth0: OperationalState=carrier/);
  });

  test('is what was known: states, addresses, leases, rules, settings, and when they went', async () => {
    const { changes, texts } = await seen(recorded());
    const told = changes.at.map((_, nth) =>
      [changes.subject, changes.name, changes.value].map(column => texts[column[nth] ?? 0]).join(' | '),
    );
    expect(told).toContain('eth0 | OperationalState | carrier');
    expect(told).toContain('eth0 | address 192.0.2.5/24 | scope global');
    expect(told).toContain('eth0 | address 192.0.2.5/24 | ');
    expect(told).toContain('eth0 | lease (dhclient, ipv4) routers | 192.0.2.1');
    expect(told).toContain('eth0 | rule from 192.0.2.5 lookup 10001 | set by the broker');
    expect(told).toContain('configuration | network.useHostname | true');
    expect(told.join('\n')).toMatch(/this computer \| made: .* \| alpha/);
  });

  test('is in the order of time, and numbers lead to texts and rows that are there', async () => {
    const { marks, changes, texts, rows, length } = await seen(recorded());
    const isSorted = (all: readonly number[]): boolean =>
      all.every((at, nth) => nth === 0 || at >= (all[nth - 1] ?? 0));
    expect(isSorted(marks.at)).toBe(true);
    expect(isSorted(changes.at)).toBe(true);
    expect(Math.max(...marks.text, ...changes.value)).toBeLessThan(texts.length);
    expect(Math.max(...marks.row)).toBeLessThan(rows.length);
    expect(Math.max(...marks.kind)).toBeLessThan(markKinds.length);
    expect(Math.max(...marks.at)).toBeLessThanOrEqual(length);
  });

  test('of a trace that nobody can read, or that has nothing in it, is an error or nothing', async () => {
    await expect(seen(['no trace'])).rejects.toThrow('line 1');
    await expect(seen([writeHeader(emptyHeader)])).resolves.toMatchObject({ length: 0, version: 1 });
  });

  test('has no character that could turn a line round or end it', async () => {
    const name = 'a\u001b[2J\u0007\u2028\u202e</script><img src=x>';
    const lines = [
      writeHeader(emptyHeader),
      encode({ at: 1, input: { kind: 'config', config: config({}) } }),
      encode({ at: 2, input: { kind: 'kernel-dump', afterLoss: false, links: [link(2, name)], addresses: [] } }),
      encode({ at: 3, input: { kind: 'fault', fault: { kind: 'fault', severity: 'warn', code: 'x', message: name } } }),
    ];
    const { texts, rows } = await seen(lines);
    expect([...texts, ...rows.flatMap(row => [row.name, row.link])].join('')).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
  });
});
