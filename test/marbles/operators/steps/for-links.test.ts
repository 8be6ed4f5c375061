import { describe, test } from '@jest/globals';
import type { States } from '../../../../src/model/states.js';
import type { Step } from '../../../../src/model/world.js';
import { forLinks } from '../../../../src/operators/steps/for-links.js';
import { config, link, linkState, managerState, step, world } from '../../../../src/testing/builders.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { testLaws } from '../../laws.js';

const eth0 = link(2, 'eth0');
const eth1 = link(3, 'eth1', 'enp1s0');
const eth10 = link(4, 'eth10');
const lo = link(1, 'lo');
const routable: States = { OperationalState: 'routable' };

const steps = (links: readonly string[] | undefined) => {
  const here = world([lo, eth0, eth1, eth10], config({ network: { links } }));
  return {
    a: step(1, linkState(eth0, routable), here),
    b: step(2, linkState(eth1, routable), here),
    c: step(3, linkState(eth10, routable), here),
    l: step(4, linkState(lo, routable), here),
    m: step(5, managerState(routable), here),
    g: step(6, linkState({ ifindex: 9, name: 'eth1' }, { AdministrativeState: 'linger' }), here),
  };
};

describe('forLinks', () => {
  testLaws(forLinks);

  const cases: readonly [string, readonly string[] | undefined, string][] = [
    ['compares whole names: eth1 is not eth10', ['eth1'], '---b--mg|'],
    ['knows alternative names', ['enp1s0'], '            ---b--m-|'],
    ['expands globs', ['eth1*'], '                        ---bc-mg|'],
    ['excludes !names', ['eth*', '!eth0'], '              ---bc-mg|'],
    ['with exclusions only, all the others but lo', ['!eth0'], '---bc-mg|'],
    ['unset, all links but lo', undefined, '              -a-bc-mg|'],
    ['lo, if it is named', ['lo'], '                      -----lm-|'],
  ];
  test.each(cases)('%s', (_, links, expected) => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-bclmg|', steps(links));
      const subs = '      ^-------!';
      expectObservable(source.pipe(forLinks())).toBe(expected, steps(links));
      expectSubscriptions(source.subscriptions).toBe(subs);
    })();
  });

  test.each([
    ['that leaves the pattern', 'eth1', 'lan5', true],
    ['that enters it', 'lan5', 'eth1', true],
    ['neither of whose names is chosen', 'lan4', 'lan5', false],
  ])('the rename of a link %s', (_, oldName, name, isTold) =>
    marbles(({ hot, expectObservable }) => {
      const here = world([link(3, name)], config({ network: { links: ['eth*'] } }));
      const renamed: Step = step(1, { kind: 'link', action: 'renamed', ifindex: 3, name, oldName }, here);
      expectObservable(hot('-r-|', { r: renamed }).pipe(forLinks())).toBe(isTold ? '-r-|' : '---|', { r: renamed });
    })(),
  );

  test(
    'judges each step by the configuration of its own world, so a reload applies to what comes after it',
    marbles(({ hot, expectObservable }) => {
      const before = world([eth0], config({ network: { links: ['eth0'] } }));
      const after = world([eth0], config({ network: { links: ['eth1'] } }));
      const values = { a: step(1, linkState(eth0, routable), before), b: step(2, linkState(eth0, routable), after) };
      const source = hot('-a-b-|', values);
      const expected = '  -a---|';
      expectObservable(source.pipe(forLinks())).toBe(expected, values);
    }),
  );

  test(
    'unsubscribing unsubscribes',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-', steps(undefined));
      expectObservable(source.pipe(forLinks()), '--!').toBe('-a-', steps(undefined));
      expectSubscriptions(source.subscriptions).toBe('^-!');
    }),
  );

  test(
    'a link is judged by the name that it had at the event, also if it was renamed in the same breath',
    marbles(({ hot, expectObservable }) => {
      const later = world([link(2, 'lan1', 'enp1s0')], config({ network: { links: ['lan*'] } }));
      const named = (name: string) => step(1, linkState({ ifindex: 2, name }, routable), later);
      const source = hot('-w-l-|', { w: named('wan0'), l: named('lan1') });
      expectObservable(source.pipe(forLinks())).toBe('---l-|', { l: named('lan1') });
    }),
  );
});
