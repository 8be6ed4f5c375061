import { describe, test } from '@jest/globals';
import { debounceTime, delay, map, take } from 'rxjs';
import { isAddress } from '../../../../src/model/event-guards.js';
import type { Stage } from '../../../../src/model/flow.js';
import { perLink } from '../../../../src/operators/steps/per-link.js';
import { managerState } from '../../../../src/testing/builders.js';
import { address, linkNews, linkState, routes } from '../../../../src/testing/events.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { steps } from '../../../../src/testing/steps.js';
import { testLaws } from '../../laws.js';

const values = steps({
  a: address('eth0', '192.0.2.5/24'),
  b: address('eth0', '192.0.2.6/24'),
  o: address('eth1', '198.51.100.7/24'),
  s: linkState('eth0', 'routable'),
  m: managerState({ OnlineState: 'online' }),
  n: routes('', 'added blackhole 203.0.113.0/24 table main'),
  x: linkNews('eth0', 'removed'),
  y: linkNews('eth0', 'added'),
  w: linkNews('eth1', 'removed'),
});

describe('perLink', () => {
  testLaws(() => perLink(isAddress, delay(1)));

  test(
    'each link has a stage of its own; what is not chosen passes at once',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-o-s-m-n--|', values);
      const subs = '      ^-------------!';
      const expected = '  ------bsom-n--|';
      expectObservable(source.pipe(perLink(isAddress, debounceTime(3)))).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  test(
    'what the stage of a link still holds goes with the link; a link that comes again begins anew',
    marbles(({ hot, expectObservable }) => {
      const source = hot('  -a-x-y-a----|', values);
      const expected = '    ---x-y----a-|';
      expectObservable(source.pipe(perLink(isAddress, debounceTime(3)))).toBe(expected, values);
      const twice = hot('   -ab-x-a-b-|', values);
      const once = '        -a--x-a---|';
      expectObservable(twice.pipe(perLink(isAddress, take(1)))).toBe(once, values);
    }),
  );

  test(
    'the end of a link passes at once, also where all events are chosen; another link’s ends nothing',
    marbles(({ hot, expectObservable }) => {
      const source = hot('  -a-w-b-x---|', values);
      const expected = '    ---wa--x---|';
      expectObservable(source.pipe(perLink(() => true, delay(3)))).toBe(expected, values);
    }),
  );

  test(
    'when the steps end, what the stages still hold passes',
    marbles(({ hot, expectObservable }) => {
      const source = hot('  -ao|', values);
      const expected = '    ------a(o|)';
      expectObservable(source.pipe(perLink(isAddress, delay(5)))).toBe(expected, values);
    }),
  );

  test(
    'an error of a stage is an error of the result, and unsubscribing ends all of them',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -s-a--o-', values);
      const fail: Stage = map(() => {
        throw new Error('no');
      });
      expectObservable(source.pipe(perLink(isAddress, fail))).toBe('-s-#', values, new Error('no'));
      expectObservable(source.pipe(perLink(isAddress, delay(3))), '^---!').toBe('-s---', values);
      expectSubscriptions(source.subscriptions).toBe(['^--!', '^---!']);
    }),
  );
});
