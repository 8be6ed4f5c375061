import { describe, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import {
  bufferTime,
  concat,
  config as rx,
  defer,
  filter,
  map,
  merge,
  mergeMap,
  NEVER,
  Observable,
  of,
  Subject,
  take,
  tap,
  timer,
} from 'rxjs';
import { createBroker } from '../../src/broker.js';
import type { Broker, KernelSource, Sink, Source, Stage } from '../../src/model/flow.js';
import type { Input } from '../../src/model/input.js';
import type { States } from '../../src/model/states.js';
import type { Outcome } from '../../src/model/outcome.js';
import type { Step } from '../../src/model/world.js';
import { newsOf } from '../../src/sources/networkd/bus-messages.js';
import { scriptsSink } from '../../src/sinks/scripts/sink.js';
import { seenSink } from '../../src/sinks/observed.js';
import { config, link } from '../../src/testing/builders.js';
import { fakeFiles } from '../../src/fakes/fake-files.js';
import { type FakeProgram, fakeProcesses } from '../../src/fakes/fake-processes.js';
import { marbles } from '../../src/testing/marbles.js';
import { emptyWorld } from '../../src/world/advance.js';
import { derive } from '../../src/world/derive.js';

const dump: Input = {
  kind: 'kernel-dump',
  afterLoss: false,
  addresses: [],
  links: [link(2, 'eth0'), link(3, 'eth1'), link(4, 'veth0'), link(5, 'veth1')],
};
const kernelSaying = (input$: Observable<Input>, drain = (): void => undefined): KernelSource => ({
  name: 'kernel',
  inputs: () => input$,
  drain,
});
const kernel = kernelSaying(concat(of(dump), NEVER));
const networkdSaying = (input$: Observable<Input>): Source => ({ name: 'systemd-networkd', inputs: () => input$ });
const said = (ifindex: number, changed: States): Input => ({ kind: 'networkd-link', ifindex, changed });
const snapshotOf = (links: Readonly<Record<number, States>>): Input => ({
  kind: 'networkd-snapshot',
  manager: {},
  links: new Map(Object.entries(links).map(([ifindex, states]) => [Number(ifindex), states])),
});

/** Who saw what: `1 eth0 CarrierState=carrier`. */
const told = ({ id, event }: Step): string =>
  event.kind === 'link-state' || event.kind === 'manager-state'
    ? `${id} ${event.kind === 'link-state' ? event.name : 'manager'} ${Object.entries(event.changed)
        .map(([k, v]) => `${k}=${v}`)
        .join(' ')}`
    : `${id} ${event.kind}`;
const seen = (outcome: Outcome): readonly string[] => (outcome.kind === 'seen' ? [told(outcome.step)] : []);

/** Runs a broker in virtual time, to its end or to `frames`; its outcomes as they came. */
const play = (
  make: (helpers: Parameters<Parameters<typeof marbles>[0]>[0]) => Partial<Broker>,
  frames = 10_000,
): readonly Outcome[] => {
  const outcomes: Outcome[] = [];
  marbles(helpers => {
    const broker = createBroker({
      config$: concat(of(config()), NEVER),
      kernel,
      sources: [],
      sinks: [seenSink],
      start: emptyWorld,
      ...make(helpers),
    });
    helpers.expectObservable(broker.pipe(tap(outcome => outcomes.push(outcome))), `${frames}ms !`);
  })();
  return outcomes;
};

/** PropertiesChanged signals that a real systemd-networkd sent, with the milliseconds at which it did. */
const captured = readFileSync(new URL('../fixtures/networkd-signals.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line.includes('"PropertiesChanged"'))
  .flatMap(line => {
    const {
      path,
      payload,
      'timestamp-realtime': at,
    } = JSON.parse(line) as {
      path: string;
      'timestamp-realtime': number;
      payload: { data: [string, Record<string, { data: unknown }>] };
    };
    const [iface, properties] = payload.data;
    const news = newsOf({
      path,
      body: [iface, Object.fromEntries(Object.entries(properties).map(([k, { data }]) => [k, data]))],
    });
    return news?.of === 'link' ? [{ at: Math.floor(at / 1000), input: said(news.ifindex, news.changed) }] : [];
  });
const began = captured[0]!.at;

const withScripts = (programs?: (path: string) => FakeProgram) => {
  const names = ['carrier', 'routable', 'configured', 'degraded', 'no-carrier', 'off', 'configuring'];
  const files = fakeFiles({ directories: Object.fromEntries(names.map(name => [`/nb/${name}.d`, ['10-a']])) });
  const processes = fakeProcesses(programs);
  return { processes, sink: scriptsSink({ files, processes, scriptDir: '/nb' }) };
};

const replayed$ = merge(...captured.map(({ at, input }) => timer(at - began + 1).pipe(map(() => input))), NEVER);
const atStart = snapshotOf({
  2: {
    CarrierState: 'carrier',
    OperationalState: 'routable',
    AdministrativeState: 'configured',
    OnlineState: 'online',
  },
});
const runs = (log: readonly string[]): readonly string[] =>
  log.filter(line => line.includes(' run ')).map(line => line.replace(/^\d+ run /, '').replace('/10-a', ''));

describe('createBroker', () => {
  test('over a captured series each transition runs each matching directory exactly once, in order', () => {
    const { processes, sink } = withScripts();
    play(() => ({ sources: [networkdSaying(concat(of(atStart), replayed$))], sinks: [sink] }), 20_000);
    expect(runs(processes.log)).toEqual([
      ...['carrier.d', 'routable.d', 'configured.d'], // at start
      ...['no-carrier.d'], // the cable is pulled: AddressState=degraded afterwards runs nothing
      ...['carrier.d', 'degraded.d', 'configuring.d', 'routable.d', 'configured.d'], // and plugged in
      ...['off.d'], // ip link set down, then up
      ...['no-carrier.d', 'carrier.d', 'configuring.d', 'routable.d', 'configured.d'],
      ...['off.d', 'off.d'], // two new links
    ]);
  });

  test('with DebounceSec the same series runs what holds in the end, routable behind the configured that follows it too', () => {
    const { processes, sink } = withScripts();
    const config$ = concat(of(config({ events: { debounceSec: 2 } })), NEVER);
    play(() => ({ config$, sources: [networkdSaying(replayed$)], sinks: [sink] }), 20_000);
    expect(runs(processes.log)).toEqual([
      ...['carrier.d', 'routable.d', 'configured.d'], // the cable is plugged in again: down and up in one
      ...['carrier.d', 'routable.d', 'configured.d'], // `ip link set down` and `up`: back where it was, without what hung on it
      ...['off.d', 'off.d'], // two new links
    ]);
  });

  test('a source that is lost and comes back tells only what changed meanwhile', () => {
    const first = snapshotOf({ 2: { CarrierState: 'carrier' }, 3: { CarrierState: 'carrier' } });
    const second = snapshotOf({ 2: { CarrierState: 'carrier' }, 3: { CarrierState: 'no-carrier' } });
    let nth = 0;
    const outcomes = play(({ cold }) => {
      const attempts = [cold('a-#', { a: first }, new Error('the bus went')), cold('b', { b: second })];
      return { sources: [{ name: 'systemd-networkd', inputs: () => defer(() => attempts[nth++]!) }] };
    });
    expect(outcomes.flatMap(seen)).toEqual([
      '1 eth0 CarrierState=carrier',
      '2 eth1 CarrierState=carrier',
      '3 eth1 CarrierState=no-carrier',
    ]);
    expect(outcomes.filter(({ kind }) => kind === 'fault')).toMatchObject([{ code: 'source-lost' }]);
  });

  test('signals of networkd that the bus lost are a fault, and its source looks anew', () => {
    const first = snapshotOf({ 2: { CarrierState: 'carrier' } });
    const second = snapshotOf({ 2: { CarrierState: 'no-carrier' } });
    const outcomes = play(({ cold }) => ({
      sources: [
        {
          name: 'systemd-networkd',
          inputs: (_, lost$ = NEVER) => merge(cold('a', { a: first }), lost$.pipe(map(() => second))),
        },
      ],
      queries: [
        () =>
          cold<Input>('--u', {
            u: {
              kind: 'networkd-unheard',
              unheard: [
                { about: 2, written: { CarrierState: 'no-carrier' }, heard: { CarrierState: 'carrier' } },
                { about: 9, written: { CarrierState: 'off' }, heard: {} },
                { about: 'manager', written: { OnlineState: 'offline' }, heard: { OnlineState: 'online' } },
                { about: 10, written: { CarrierState: 'off' }, heard: {} },
              ],
            },
          }),
      ],
    }));
    expect(outcomes.flatMap(seen)).toEqual(['1 eth0 CarrierState=carrier', '2 eth0 CarrierState=no-carrier']);
    const [fault, ...more] = outcomes.filter(({ kind }) => kind === 'fault');
    expect(fault).toMatchObject({
      severity: 'warn',
      code: 'signals-lost',
      message: expect.stringContaining(
        '(eth0: CarrierState=no-carrier instead of carrier; link 9: CarrierState=off instead of nothing; itself: OnlineState=offline instead of online; 1 more)',
      ),
    });
    expect(more).toEqual([]);
  });

  test('nothing is an event before the kernel has told which links there are', () => {
    const outcomes = play(({ hot }) => ({
      kernel: kernelSaying(hot('-----d', { d: dump })),
      sources: [
        networkdSaying(
          hot('--s-c', { s: snapshotOf({ 2: { CarrierState: 'carrier' } }), c: said(2, { CarrierState: 'off' }) }),
        ),
      ],
    }));
    expect(outcomes.flatMap(seen)).toEqual(['1 eth0 CarrierState=carrier', '2 eth0 CarrierState=off']);
  });

  test(
    'a step is of the moment at which its input came in, however long it has waited since',
    marbles(({ hot, expectObservable }) => {
      const inputs = { c: said(2, { OperationalState: 'carrier' }), r: said(2, { OperationalState: 'routable' }) };
      const source = hot('  --c-r---', inputs);
      const expected = '    -------x'; // 3 ms after the last
      const at$ = createBroker({
        config$: concat(of(config({ events: { debounceSec: 0.003 } })), NEVER),
        kernel,
        sources: [networkdSaying(source)],
        sinks: [seenSink],
        start: emptyWorld,
      }).pipe(mergeMap(outcome => (outcome.kind === 'seen' ? [outcome.step.at] : [])));
      expectObservable(at$, '^-------!').toBe(expected, { x: 4 });
    }),
  );

  test('what the kernel has already said is read before anything that another source says', () => {
    const outcomes = play(({ hot }) => {
      const kernelSays$ = new Subject<Input>();
      const rename: Input = { kind: 'kernel', changes: [{ what: 'link', link: link(2, 'lan0') }] };
      return {
        kernel: kernelSaying(concat(of(dump), kernelSays$), () => kernelSays$.next(rename)),
        sources: [networkdSaying(hot('-c', { c: said(2, { CarrierState: 'off' }) }))],
      };
    });
    expect(outcomes.flatMap(seen)).toEqual(['1 link', '2 lan0 CarrierState=off']);
  });

  test('a link that the kernel never names goes on without a name after a second, with a fault', () => {
    const outcomes = play(({ hot }) => ({
      sources: [networkdSaying(hot('-c', { c: said(9, { CarrierState: 'carrier' }) }))],
    }));
    expect(outcomes.flatMap(seen)).toEqual(['1  CarrierState=carrier']);
    expect(outcomes).toContainEqual(expect.objectContaining({ kind: 'fault', code: 'link-unnamed' }));
  });

  test('a reload while a script runs leaves the script alone and applies to the next event', () => {
    const { processes, sink } = withScripts(() => ({ takes: 100 }));
    play(({ hot }) => ({
      config$: hot('a--------b', {
        a: config({ scripts: { timeoutSec: 1 } }),
        b: config({ network: { links: ['eth1'] } }),
      }),
      sources: [
        networkdSaying(
          hot('--c--------------d-e', {
            c: said(2, { OperationalState: 'routable' }),
            d: said(2, { OperationalState: 'carrier' }),
            e: said(3, { OperationalState: 'carrier' }),
          }),
        ),
      ],
      sinks: [sink],
    }));
    expect(processes.log).toEqual([
      '2 run routable.d/10-a',
      '19 run carrier.d/10-a',
      '102 exit routable.d/10-a',
      '119 exit carrier.d/10-a',
    ]);
  });

  test('a stage that throws twice inside a synchronous snapshot costs these two events and nothing else', () => {
    const picky: Stage = map(step => {
      if (step.event.kind === 'link-state' && step.event.name.startsWith('eth'))
        throw new Error(`no ${step.event.name}`);
      return step;
    });
    const all: Readonly<Record<number, States>> = {
      2: { CarrierState: 'carrier' },
      3: { CarrierState: 'carrier' },
      4: { CarrierState: 'carrier' },
    };
    const outcomes = play(() => ({
      sources: [networkdSaying(concat(of(snapshotOf(all)), NEVER))],
      stages: [{ name: 'picky', stage: picky }],
    }));
    expect(outcomes.flatMap(seen)).toEqual(['3 veth0 CarrierState=carrier']);
    expect(outcomes.filter(({ kind }) => kind === 'fault')).toMatchObject([
      { message: expect.stringContaining('picky threw: no eth0') },
      { message: expect.stringContaining('picky threw: no eth1') },
    ]);
  });

  test(
    'what a stage derives runs scripts like any event, in the row of its own link, with the id of its cause',
    marbles(({ hot, expectObservable }) => {
      const { sink } = withScripts(() => ({ takes: 2 }));
      const source = hot('  ---c----', { c: said(2, { CarrierState: 'carrier' }) });
      const expected = '    ---a-b--';
      const alsoEth1: Stage = mergeMap(step => [
        step,
        derive(step, {
          kind: 'link-state',
          ifindex: 3,
          name: 'eth1',
          changed: { OperationalState: 'routable' },
          previous: {},
          rerun: false,
        }),
      ]);
      const began$ = createBroker({
        config$: concat(of(config()), NEVER),
        kernel,
        sources: [networkdSaying(source)],
        stages: [{ name: 'eth1 with eth0', stage: alsoEth1 }],
        sinks: [sink],
        start: emptyWorld,
      }).pipe(
        mergeMap(outcome => (outcome.kind === 'began' || outcome.kind === 'done' ? [outcome] : [])),
        map(
          ({ kind, step: { id, at, event, cause } }) =>
            `${kind} ${id} at ${at}: ${event.kind === 'link-state' ? event.name : ''} of ${cause?.kind ?? 'nobody'}`,
        ),
        bufferTime(1),
        filter(all => all.length > 0),
        map(all => all.join('; ')),
      );
      expectObservable(began$, '^-------!').toBe(expected, {
        a: 'began 1 at 3: eth0 of nobody; began 1 at 3: eth1 of link-state',
        b: 'done 1 at 3: eth0 of nobody; done 1 at 3: eth1 of link-state',
      });
    }),
  );

  test('stopping closes the inputs, lets lanes drain, and completes', () => {
    const { processes, sink } = withScripts(() => ({ takes: 50 }));
    marbles(({ hot, expectObservable }) => {
      const both = {
        a: said(2, { OperationalState: 'routable' }),
        b: said(2, { OperationalState: 'carrier' }),
        c: said(2, { OperationalState: 'off' }),
      };
      const broker = createBroker({
        config$: concat(of(config()), NEVER),
        kernel,
        sources: [networkdSaying(hot('-a-b----c', both))],
        sinks: [sink],
        start: emptyWorld,
        stop$: hot('------s'),
      });
      const expected = '-b 49ms (xdB) 45ms (yD|)';
      expectObservable(
        broker.pipe(
          map(({ kind }) => kind),
          filter(kind => kind !== 'fault'),
        ),
      ).toBe(expected, {
        b: 'began',
        x: 'script-ran',
        d: 'done',
        B: 'began',
        y: 'script-ran',
        D: 'done',
      });
    })();
    expect(processes.log).toEqual([
      '1 run routable.d/10-a',
      '51 exit routable.d/10-a',
      '51 run carrier.d/10-a',
      '101 exit carrier.d/10-a',
    ]);
  });

  test('unsubscribing ends everything at once', () => {
    const { processes, sink } = withScripts(() => ({ takes: Infinity }));
    play(
      ({ hot }) => ({
        sources: [networkdSaying(hot('-a', { a: said(2, { OperationalState: 'routable' }) }))],
        sinks: [sink],
      }),
      20,
    );
    expect(processes.log).toEqual(['1 run routable.d/10-a', '20 kill routable.d/10-a']);
  });

  test('may be left at its first outcome, while a source that was opened then fails', () => {
    const unhandled: unknown[] = [];
    rx.onUnhandledError = error => unhandled.push(error);
    const failing$ = new Observable<Input>(out => {
      out.next(said(2, { CarrierState: 'carrier' }));
      out.error(new Error('gone'));
    });
    const source = { name: 'source', inputs: (config$: Observable<unknown>) => config$.pipe(mergeMap(() => failing$)) };
    jest.useFakeTimers();
    const broker = { kernel, sinks: [seenSink], start: emptyWorld };
    createBroker({ ...broker, config$: concat(of(config()), NEVER), sources: [source] })
      .pipe(take(1))
      .subscribe();
    jest.runAllTimers();
    jest.useRealTimers();
    rx.onUnhandledError = null;
    expect(unhandled).toEqual([]);
  });

  test('an action that echoes at once cannot overtake the event it answers', () => {
    const order: string[] = [];
    const echo$ = new Subject<Input>();
    const watch = (name: string): Sink => ({
      name,
      consume: ({ step$ }) =>
        step$.pipe(
          tap(step => {
            order.push(`${name} ${told(step)}`);
            if (name === 'first' && step.id === 1) echo$.next(said(3, { CarrierState: 'off' }));
          }),
          map(step => ({ kind: 'seen', step })),
        ),
    });
    play(({ hot }) => ({
      sources: [networkdSaying(merge(echo$, hot('-a', { a: said(2, { CarrierState: 'carrier' }) })))],
      sinks: [watch('first'), watch('second')],
    }));
    expect(order).toEqual([
      'first 1 eth0 CarrierState=carrier',
      'second 1 eth0 CarrierState=carrier',
      'first 2 eth1 CarrierState=off',
      'second 2 eth1 CarrierState=off',
    ]);
  });
});
