import type { Observable } from 'rxjs';
import { concat, NEVER, of, tap } from 'rxjs';
import { createBroker } from '../../src/broker.js';
import type { Broker, KernelSource, Source } from '../../src/model/flow.js';
import type { Input } from '../../src/model/input.js';
import type { States } from '../../src/model/states.js';
import type { Outcome } from '../../src/model/outcome.js';
import type { Step } from '../../src/model/world.js';
import { scriptsSink } from '../../src/sinks/scripts/sink.js';
import { seenSink } from '../../src/sinks/observed.js';
import { config, link } from '../../src/testing/builders.js';
import { fakeFiles } from '../../src/fakes/fake-files.js';
import { type FakeProgram, fakeProcesses } from '../../src/fakes/fake-processes.js';
import { marbles } from '../../src/testing/marbles.js';
import { emptyWorld } from '../../src/world/advance.js';

export const dump: Input = {
  kind: 'kernel-dump',
  afterLoss: false,
  addresses: [],
  links: [link(2, 'eth0'), link(3, 'eth1'), link(4, 'veth0'), link(5, 'veth1')],
};
export const kernelSaying = (input$: Observable<Input>, drain = (): void => undefined): KernelSource => ({
  name: 'kernel',
  inputs: () => input$,
  drain,
});
export const kernel = kernelSaying(concat(of(dump), NEVER));
export const networkdSaying = (input$: Observable<Input>): Source => ({
  name: 'systemd-networkd',
  inputs: () => input$,
});
export const said = (ifindex: number, changed: States): Input => ({ kind: 'networkd-link', ifindex, changed });
export const snapshotOf = (links: Readonly<Record<number, States>>): Input => ({
  kind: 'networkd-snapshot',
  manager: {},
  links: new Map(Object.entries(links).map(([ifindex, states]) => [Number(ifindex), states])),
});

/** Who saw what: `1 eth0 CarrierState=carrier`. */
export const told = ({ id, event }: Step): string =>
  event.kind === 'link-state' || event.kind === 'manager-state'
    ? `${id} ${event.kind === 'link-state' ? event.name : 'manager'} ${Object.entries(event.changed)
        .map(([k, v]) => `${k}=${v}`)
        .join(' ')}`
    : `${id} ${event.kind}`;
export const seen = (outcome: Outcome): readonly string[] => (outcome.kind === 'seen' ? [told(outcome.step)] : []);

/** Runs a broker in virtual time, to its end or to `frames`; its outcomes as they came. */
export const play = (
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

export const withScripts = (programs?: (path: string) => FakeProgram) => {
  const names = ['carrier', 'routable', 'configured', 'degraded', 'no-carrier', 'off', 'configuring'];
  const files = fakeFiles({ directories: Object.fromEntries(names.map(name => [`/nb/${name}.d`, ['10-a']])) });
  const processes = fakeProcesses(programs);
  return { processes, sink: scriptsSink({ files, processes, scriptDir: '/nb' }) };
};
