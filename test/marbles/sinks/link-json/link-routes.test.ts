import { describe, expect, test } from '@jest/globals';
import { of } from 'rxjs';
import type { Step, World } from '../../../../src/model/world.js';
import { config, link, type Slices, world } from '../../../../src/testing/builders.js';
import { broken, enrichment, eth0, jsonOf, routable, route, serving, unexpected } from './surroundings.js';

describe('routes of the link', () => {
  const listening = new Map([['routes.d', 1]]);
  const settings = config();
  const links = new Map([[2, eth0]]);
  const routeChanges = new Map([[2, 1]]);
  const now = (rest: Slices = {}, inForce = settings): World =>
    world([], inForce, {
      ...rest,
      kernel: { links, routeChanges, ...rest.kernel },
      progress: { sources: serving, scripts: listening, ...rest.progress },
    });
  const dumpsFor = (...worlds: readonly World[]): number => {
    const { result, asked } = enrichment();
    worlds.forEach((one, nth) => result(routable(one, nth)).subscribe().unsubscribe());
    return asked.filter(what => what.startsWith('routes')).length;
  };

  test('are dumped once while the kernel tells of changes and there are none', () => {
    expect(dumpsFor(now(), now(), now({ networkd: { states: new Map() } }))).toBe(1);
  });

  test('are dumped for each event while nobody asked the kernel to tell', () => {
    expect(dumpsFor(now({ progress: { scripts: new Map() } }), now({ progress: { scripts: new Map() } }))).toBe(2);
  });

  test.each<[string, Slices, World['config']?]>([
    ['a route of the link changed', { kernel: { routeChanges: new Map([[2, 2]]) } }],
    [
      'a route over several links changed',
      {
        kernel: {
          routeChanges: new Map([
            [2, 1],
            [0, 1],
          ]),
        },
      },
    ],
    [
      'the link changed: the kernel does not tell of the routes that go with it',
      { kernel: { links: new Map([[2, link(2, 'eth0')]]) } },
    ],
    ['an address changed: nor of those that go with it', { kernel: { addresses: new Map([[2, new Map()]]) } }],
    ['somebody stopped and began to listen', { progress: { scripts: new Map(listening) } }],
    ['the configuration was read anew', {}, config()],
  ])('are dumped anew when %s', (_, change, inForce = settings) => {
    const addresses: World['kernel']['addresses'] = new Map();
    expect(
      dumpsFor(now({ kernel: { addresses } }), now({ ...change, kernel: { addresses, ...change.kernel } }, inForce)),
    ).toBe(2);
  });

  test('of a dump that failed are asked for again', () => {
    let isBroken = true;
    const { result } = enrichment({ routes: () => (isBroken ? broken() : of([route('10.0.0.0/8')])) });
    const seen: number[] = [];
    const count = (one: Step): void =>
      result(one)
        .subscribe({ next: variables => seen.push(jsonOf(variables).Routes.length), error: unexpected })
        .unsubscribe();
    count(routable(now(), 1));
    isBroken = false;
    count(routable(now(), 2));
    expect(seen).toEqual([0, 1]);
  });
});
