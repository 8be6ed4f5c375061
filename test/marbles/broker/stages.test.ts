import { describe, expect, test } from '@jest/globals';
import { bufferTime, concat, filter, map, mergeMap, NEVER, of } from 'rxjs';
import { createBroker } from '../../../src/broker.js';
import type { Stage } from '../../../src/model/flow.js';
import type { States } from '../../../src/model/states.js';
import { config } from '../../../src/testing/builders.js';
import { marbles } from '../../../src/testing/marbles.js';
import { emptyWorld } from '../../../src/world/advance.js';
import { derive } from '../../../src/world/derive.js';
import { kernel, networkdSaying, play, said, seen, snapshotOf, withScripts } from '../../support/broker.js';

describe('createBroker', () => {
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
});
