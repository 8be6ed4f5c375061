import { describe, test } from '@jest/globals';
import { filter } from 'rxjs';
import type { LeaseAction } from '../../../../src/model/event.js';
import type { Lease } from '../../../../src/model/lease.js';
import type { States } from '../../../../src/model/states.js';
import type { Step } from '../../../../src/model/world.js';
import { debounceLinkState } from '../../../../src/operators/steps/debounce-link-state.js';
import {
  config,
  lease,
  leaseEvent,
  link,
  linkState,
  managerState,
  step,
  world,
} from '../../../../src/testing/builders.js';
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
    'a link whose carrier came and went again is no step',
    marbles(({ hot, expectObservable }) => {
      const up = at(1, { OperationalState: 'routable' }, { OperationalState: 'no-carrier' });
      const down = at(2, { OperationalState: 'no-carrier' }, { OperationalState: 'routable' });
      const source = hot('-u-d------|', { d: down, u: up });
      const expected = '  ----------|';
      expectObservable(source.pipe(debounceLinkState())).toBe(expected);
    }),
  );

  test(
    'a link whose carrier went and came back is told of as at start: what scripts had set up is gone',
    marbles(({ hot, expectObservable }) => {
      const states: States = {
        CarrierState: 'carrier',
        OperationalState: 'routable',
        AdministrativeState: 'configured',
      };
      const here = world([eth0], config({ events: { debounceSec: 0.003 } }), {
        networkd: { states: new Map([[2, states]]) },
      });
      const down = at(
        1,
        { CarrierState: 'no-carrier', OperationalState: 'no-carrier' },
        { CarrierState: 'carrier', OperationalState: 'routable' },
      );
      const up = at(
        2,
        { CarrierState: 'carrier', OperationalState: 'routable' },
        { CarrierState: 'no-carrier', OperationalState: 'no-carrier' },
        here,
      );
      const source = hot('-d-u------|', { d: down, u: up });
      const expected = '  ------x---|';
      const since = { had: new Map(), carrier: true, went: new Map(), lease: false };
      expectObservable(source.pipe(debounceLinkState())).toBe(expected, {
        x: step(2, { ...linkState(eth0, states, states), since }, here),
      });
    }),
  );

  test(
    'a property that came and went is left out, the others pass',
    marbles(({ hot, expectObservable }) => {
      const online = at(
        1,
        { AdministrativeState: 'configured', OnlineState: 'online' },
        { AdministrativeState: 'configuring', OnlineState: 'offline' },
      );
      const again = at(2, { AdministrativeState: 'configuring' }, { AdministrativeState: 'configured' });
      const source = hot('-o-a------|', { o: online, a: again });
      const expected = '  ------x---|';
      expectObservable(source.pipe(debounceLinkState())).toBe(expected, {
        x: at(2, { OnlineState: 'online' }, { OnlineState: 'offline' }),
      });
    }),
  );

  test(
    'leases wait as well, each of its own',
    marbles(({ hot, expectObservable }) => {
      const values = {
        l: step(1, leaseEvent(eth0, 'bound', lease('192.0.2.5')), quiet3),
        b: at(2, { OperationalState: 'routable' }),
        s: step(3, leaseEvent(eth0, 'bound', lease('2001:db8::5')), quiet3),
      };
      const source = hot('-lbs------|', values);
      const expected = '  ----lbs---|';
      expectObservable(source.pipe(debounceLinkState())).toBe(expected, values);
    }),
  );

  const first = lease('192.0.2.5', { dns: ['192.0.2.1'] });
  const second = lease('192.0.2.6', { dns: ['192.0.2.1'] });
  const changes = [{ name: 'address', before: '192.0.2.5', now: '192.0.2.6' }];
  test.each([
    ['bound and changed is bound', ['bound', first], ['changed', second, first], ['bound', second]],
    [
      'lost and bound is bound, with the one before',
      ['lost', first, first],
      ['bound', second],
      ['bound', second, first],
    ],
    [
      'renewed and changed is changed',
      ['renewed', first, first],
      ['changed', second, first],
      ['changed', second, first],
    ],
    ['changed and lost is lost', ['changed', second, first], ['lost', second, second], ['lost', second, first]],
    ['bound and lost is nothing', ['bound', first], ['lost', first, first], undefined],
  ] as const)('a lease that is %s', (_, a, b, x) =>
    marbles(({ hot, expectObservable }) => {
      const of = (id: number, [action, now, previous]: readonly [LeaseAction, Lease, Lease?]) =>
        step(id, leaseEvent(eth0, action, now, { previous, changes: action === 'changed' ? changes : [] }), quiet3);
      const source = hot('-a-b------|', { a: of(1, a), b: of(2, b) });
      const expected = x === undefined ? '----------|' : '------x---|';
      expectObservable(source.pipe(debounceLinkState())).toBe(expected, x === undefined ? {} : { x: of(2, x) });
    })(),
  );

  test(
    'a lease that scripts know is lost, whatever came and went meanwhile',
    marbles(({ hot, expectObservable }) => {
      const values = {
        a: step(1, leaseEvent(eth0, 'lost', first, { previous: first }), quiet3),
        b: step(2, leaseEvent(eth0, 'bound', second), quiet3),
        c: step(3, leaseEvent(eth0, 'changed', first, { previous: second, changes }), quiet3),
        d: step(4, leaseEvent(eth0, 'lost', first, { previous: first }), quiet3),
      };
      const source = hot('-abcd-----|', values);
      const expected = '  -------d--|';
      expectObservable(source.pipe(debounceLinkState())).toBe(expected, values);
    }),
  );

  test(
    'a link that is removed has no state to come: what waits is told before',
    marbles(({ hot, expectObservable }) => {
      const values = {
        b: at(1, { OperationalState: 'routable' }),
        o: at(2, { OperationalState: 'routable' }, {}, quiet3, eth1),
        r: step(3, { kind: 'link', action: 'removed', ifindex: 2, name: 'eth0', oldName: '' }, quiet3),
      };
      const source = hot('-bor-----|', { ...values, o: values.o });
      const expected = '  ---(br)--|';
      const ofEth0 = filter(({ event }: Step) => 'ifindex' in event && event.ifindex === 2);
      expectObservable(source.pipe(debounceLinkState(), ofEth0)).toBe(expected, values);
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
