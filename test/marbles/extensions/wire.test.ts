import { describe, expect, test } from '@jest/globals';
import { concat, filter, map, NEVER, type Observable, of } from 'rxjs';
import { createBroker } from '../../../src/broker.js';
import type { Extension } from '../../../src/extensions/extension.js';
import { wireExtensions } from '../../../src/extensions/wire.js';
import type { Input } from '../../../src/model/input.js';
import type { Outcome } from '../../../src/model/outcome.js';
import { seenSink } from '../../../src/sinks/observed.js';
import { config, link } from '../../../src/testing/builders.js';
import { marbles } from '../../../src/testing/marbles.js';
import { emptyWorld } from '../../../src/world/advance.js';

const inputs: Readonly<Record<string, Input>> = {
  d: { kind: 'kernel-dump', afterLoss: false, addresses: [], links: [link(2, 'eth0')] },
  c: { kind: 'networkd-link', ifindex: 2, changed: { OperationalState: 'carrier' } },
  r: { kind: 'networkd-link', ifindex: 2, changed: { OperationalState: 'routable' } },
};

/** A broker with these extensions, its outcomes as short texts. */
const running = (extensions: readonly Extension[], input$: Observable<Input>) => {
  const own = wireExtensions(extensions);
  return createBroker({
    config$: concat(of(config()), NEVER),
    kernel: { name: 'kernel', inputs: () => input$, drain: () => undefined },
    sources: own.sources,
    stages: own.stages,
    sinks: [seenSink, ...own.sinks],
    start: emptyWorld,
  }).pipe(
    filter((outcome: Outcome) => outcome.kind === 'seen' || outcome.kind === 'fault'),
    map(outcome => (outcome.kind === 'seen' ? `${outcome.step.id} ${outcome.step.event.kind}` : outcome.message)),
  );
};

describe('extensions in a broker', () => {
  test('routes are told of if one of them asks for them', () => {
    expect(wireExtensions([{ name: 'a' }, { name: 'b', routes: true }]).routes).toBe(true);
    expect(wireExtensions([{ name: 'a' }]).routes).toBe(false);
  });

  test(
    'stages run in their order; what one of them passes on that is no step is a fault',
    marbles(({ hot, expectObservable }) => {
      const input$ = hot('-d-c-r', inputs);
      const expected = '  ---x-y';
      const bad: Extension = {
        name: 'bad',
        stages: [source => source.pipe(map(step => (step.id === 1 ? (undefined as never) : step)))],
      };
      const marked: Extension = {
        name: 'marked',
        stages: [source => source.pipe(map(step => ({ ...step, id: step.id + 100 })))],
      };
      expectObservable(running([bad, marked], input$)).toBe(expected, {
        x: 'extension bad threw: expected the stage to pass on steps, as they came or of derive(step, event); the event is dropped at event 1 (link-state)',
        y: '102 link-state',
      });
    }),
  );

  test(
    'what a source says becomes an event of the extension’s own',
    marbles(({ hot, cold, expectObservable }) => {
      const said$ = cold('   --s', { s: { payload: 'x' } });
      const expected = '     --e';
      const extension: Extension = { name: 'teller', sources: [() => said$] };
      expectObservable(running([extension], hot('d---', inputs))).toBe(expected, { e: '1 extension' });
    }),
  );

  test('a source that says nonsense is lost and opened anew, the daemon goes on', () => {
    const messages: string[] = [];
    marbles(({ hot, cold, expectObservable }) => {
      const extension: Extension = { name: 'teller', sources: [() => cold('-s', { s: 'nonsense' as never })] };
      expectObservable(
        running([extension], hot('d---r', inputs)).pipe(
          map(message => {
            messages.push(message);
            return '';
          }),
        ),
        '^-----!',
      ).toBe('-f--e', { f: '', e: '' });
    })();
    expect(messages).toEqual([
      'extension teller: expected { payload, ifindex }, found nonsense; trying again',
      '1 link-state',
    ]);
  });
});
