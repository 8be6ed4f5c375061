import { describe, test } from '@jest/globals';
import { asyncScheduler } from 'rxjs';
import type { RouteChange } from '../../../../src/model/route/route.js';
import type { Step } from '../../../../src/model/world.js';
import { gatherChanges } from '../../../../src/operators/steps/gather-changes.js';
import { link, linkState, step, world } from '../../../../src/testing/builders.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { testLaws } from '../../laws.js';

const eth0 = link(2, 'eth0');
const eth1 = link(3, 'eth1');
const here = world([eth0, eth1]);
const added = (route: string): RouteChange => ({ action: 'added', route });
const routesOf = (id: number, { ifindex, name }: { ifindex: number; name: string }, ...changes: RouteChange[]): Step =>
  step(id, { kind: 'route', ifindex, name, changes }, here);

const steps = {
  r: routesOf(1, eth0, added('a')),
  s: routesOf(2, eth0, { action: 'removed', route: 'a' }, added('b')),
  t: routesOf(3, eth0, added('c')),
  o: routesOf(4, eth1, added('d')),
  n: routesOf(5, { ifindex: 0, name: '' }, added('blackhole e')),
  l: step(6, linkState(eth0, { OperationalState: 'routable' }), here),
};
/** What was told in several steps, under the id of the newest. */
const joined = (newest: Step, ...changes: readonly RouteChange[]): Step => ({
  ...newest,
  event: { kind: 'route', ifindex: 2, name: 'eth0', changes },
});
const rs = joined(steps.s, added('a'), { action: 'removed', route: 'a' }, added('b'));
const gather = () => gatherChanges(asyncScheduler, 5);

describe('gatherChanges', () => {
  testLaws(gather);

  test(
    'joins the route changes of a link in a window of the first, in their order; everything else passes at once',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-r-s-l------|', steps);
      const subs = '      ^-----------!';
      const expected = '  -----lx-----|';
      expectObservable(source.pipe(gather())).toBe(expected, { ...steps, x: rs });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  test(
    'joins the changes of policy rules in the same way, and holds up no link for them',
    marbles(({ hot, expectObservable }) => {
      const rule = (...rules: readonly string[]) =>
        step(8, { kind: 'rule', changes: rules.map(one => ({ action: 'added', rule: one })) }, here);
      const source = hot('-a-l-b------|', { ...steps, a: rule('a'), b: rule('b') });
      const expected = '  ---l--x-----|';
      expectObservable(source.pipe(gather())).toBe(expected, { ...steps, x: rule('a', 'b') });
    }),
  );

  test(
    'what was gathered of a link is told before its removal',
    marbles(({ hot, expectObservable }) => {
      const gone = step(7, { kind: 'link', action: 'removed', ifindex: 2, name: 'eth0', oldName: '' }, here);
      const source = hot('-r-sg------|', { ...steps, g: gone });
      const expected = '  ----(xg)---|';
      expectObservable(source.pipe(gather())).toBe(expected, { x: rs, g: gone });
    }),
  );

  test(
    'a window begins with its first change, not anew with each: a flood is told of as it goes on',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-r-s---t-----|', steps);
      const expected = '  ------x-----t|';
      expectObservable(source.pipe(gather())).toBe(expected, { ...steps, x: rs });
    }),
  );

  test(
    'each link has a window of its own, and so have routes of no link',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-r-on--------|', steps);
      const expected = '  ------r-on---|';
      expectObservable(source.pipe(gather())).toBe(expected, steps);
    }),
  );

  test(
    'completion passes on what was gathered',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-r-so|', steps);
      const expected = '  -----(xo|)';
      expectObservable(source.pipe(gather())).toBe(expected, { ...steps, x: rs });
    }),
  );

  test(
    'an error drops what was gathered',
    marbles(({ hot, expectObservable }) => {
      const source = hot('-r-#', steps);
      expectObservable(source.pipe(gather())).toBe('---#', steps);
    }),
  );

  test(
    'unsubscribing ends the windows',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-r-s--------', steps);
      const subs = '      ^---!';
      expectObservable(source.pipe(gather()), subs).toBe('-----');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );
});
