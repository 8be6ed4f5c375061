import { describe, expect, test } from '@jest/globals';
import { concat, defer, map, merge, mergeMap, NEVER, of, Subject, tap } from 'rxjs';
import { createBroker } from '../../../src/broker.js';
import type { Sink } from '../../../src/model/flow.js';
import type { Input } from '../../../src/model/input.js';
import { seenSink } from '../../../src/sinks/observed.js';
import { config, link } from '../../../src/testing/builders.js';
import { marbles } from '../../../src/testing/marbles.js';
import { emptyWorld } from '../../../src/world/advance.js';
import {
  dump,
  kernel,
  kernelSaying,
  networkdSaying,
  play,
  said,
  seen,
  snapshotOf,
  told,
} from '../../support/broker.js';

describe('createBroker', () => {
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
