import { describe, test } from '@jest/globals';
import type { States } from '../../../../src/model/states.js';
import { debounceLinkState } from '../../../../src/operators/steps/debounce-link-state.js';
import { config, link, linkState, managerState, step, world } from '../../../../src/testing/builders.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { testLaws } from '../../laws.js';

const eth0 = link(2, 'eth0');
const eth1 = link(3, 'eth1');
const after = (debounceSec: number) => world([eth0, eth1], config({ events: { debounceSec } }));
const quiet3 = after(0.003);
const at = (id: number, changed: States, previous: States = {}, here = quiet3, of = eth0) =>
  step(id, linkState(of, changed, previous), here);

const steps = {
  a: at(
    1,
    { CarrierState: 'carrier', OperationalState: 'degraded' },
    { CarrierState: 'no-carrier', OperationalState: 'no-carrier' },
  ),
  b: at(2, { OperationalState: 'routable' }, { OperationalState: 'degraded' }),
  c: at(3, { AdministrativeState: 'configured' }, { AdministrativeState: 'configuring' }),
  m: step(4, managerState({ OnlineState: 'online' }), quiet3),
  o: at(5, { OperationalState: 'routable' }, {}, quiet3, eth1),
};

describe('debounceLinkState', () => {
  testLaws(debounceLinkState);

  test(
    'joins what belongs to one carrier-up into one step',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-c------|', steps);
      const subs = '      ^-----------!';
      const expected = '  --------x---|';
      const x = step(
        3,
        linkState(
          eth0,
          { CarrierState: 'carrier', OperationalState: 'routable', AdministrativeState: 'configured' },
          { CarrierState: 'no-carrier', OperationalState: 'no-carrier', AdministrativeState: 'configuring' },
        ),
        quiet3,
      );
      expectObservable(source.pipe(debounceLinkState())).toBe(expected, { x });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  test(
    'each link waits on its own, and what is no link’s state passes at once',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-b-o-m----|', steps);
      const expected = '  ----bmo---|';
      expectObservable(source.pipe(debounceLinkState())).toBe(expected, steps);
    }),
  );

  test(
    'a link that is back where it was is no step',
    marbles(({ hot, expectObservable }) => {
      const down = at(1, { OperationalState: 'no-carrier' }, { OperationalState: 'routable' });
      const up = at(2, { OperationalState: 'routable' }, { OperationalState: 'no-carrier' });
      const source = hot('-d-u------|', { d: down, u: up });
      const expected = '  ----------|';
      expectObservable(source.pipe(debounceLinkState())).toBe(expected);
    }),
  );

  test(
    'a property that came and went is left out, the others pass',
    marbles(({ hot, expectObservable }) => {
      const down = at(
        1,
        { OperationalState: 'no-carrier', OnlineState: 'offline' },
        { OperationalState: 'routable', OnlineState: 'online' },
      );
      const up = at(2, { OperationalState: 'routable' }, { OperationalState: 'no-carrier' });
      const source = hot('-d-u------|', { d: down, u: up });
      const expected = '  ------x---|';
      expectObservable(source.pipe(debounceLinkState())).toBe(expected, {
        x: at(2, { OnlineState: 'offline' }, { OnlineState: 'online' }),
      });
    }),
  );

  test(
    'with DebounceSec=0 nothing waits',
    marbles(({ hot, expectObservable }) => {
      const values = {
        a: at(1, { OperationalState: 'routable' }, {}, after(0)),
        b: at(2, { OperationalState: 'off' }, {}, after(0)),
      };
      const source = hot('-(ab)-|', values);
      const expected = '  -(ab)-|';
      expectObservable(source.pipe(debounceLinkState())).toBe(expected, values);
    }),
  );

  test(
    'a reload to DebounceSec=0 passes on what waits with the next step of that link',
    marbles(({ hot, expectObservable }) => {
      const values = { a: at(1, { OnlineState: 'online' }), b: at(2, { OperationalState: 'routable' }, {}, after(0)) };
      const source = hot('-ab-----|', values);
      const expected = '  --x-----|';
      expectObservable(source.pipe(debounceLinkState())).toBe(expected, {
        x: at(2, { OnlineState: 'online', OperationalState: 'routable' }, {}, after(0)),
      });
    }),
  );

  test(
    'what runs again after a kill does not wait and is not joined',
    marbles(({ hot, expectObservable }) => {
      const values = {
        r: step(1, linkState(eth0, { CarrierState: 'carrier' }, {}, true), quiet3),
        b: at(2, { OperationalState: 'routable' }),
      };
      const source = hot('-(rb)-----|', values);
      const expected = '  -r--b-----|';
      expectObservable(source.pipe(debounceLinkState())).toBe(expected, values);
    }),
  );

  test(
    'completion passes on what still waits, in the order of the ids',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-o-(b|)', { ...steps, o: at(1, { OnlineState: 'online' }, {}, quiet3, eth1) });
      const expected = '  ---(ob|)';
      expectObservable(source.pipe(debounceLinkState())).toBe(expected, {
        ...steps,
        o: at(1, { OnlineState: 'online' }, {}, quiet3, eth1),
      });
    }),
  );

  test(
    'unsubscribing forgets what waits',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a------', steps);
      expectObservable(source.pipe(debounceLinkState()), '---!').toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    }),
  );
});
