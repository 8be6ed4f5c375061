import { describe, test } from '@jest/globals';
import { merge, NEVER } from 'rxjs';
import type { Input } from '../../../src/model/input.js';
import { standardQueries } from '../../../src/sources/standard-queries.js';
import { fakeBus } from '../../../src/fakes/fake-bus.js';
import { fakeFiles } from '../../../src/fakes/fake-files.js';
import { address, bound, config, lease, link, world } from '../../../src/testing/builders.js';
import { fakeClock } from '../../support/fake-clock.js';
import { marbles } from '../../../src/testing/marbles.js';

const eth0 = link(2, 'eth0');
const addresses = new Map([[2, new Map([['', address(2, '192.0.2.5/24')]])]]);
const ofDhclient = world([eth0], config({ system: { generator: ['dhclient'] } }), {
  leases: { bound: bound([2, lease('192.0.2.5', { expire: 5 })]) },
  kernel: { addresses },
});

describe('standardQueries', () => {
  test(
    'ask the clock when a lease ends, and nobody where there is nothing to ask about',
    marbles(({ hot, expectObservable }) => {
      const ask = standardQueries(fakeBus(NEVER), fakeFiles({}), fakeClock());
      const world$ = hot('-w-n-----', { w: world([eth0]), n: ofDhclient });
      const expected = '  -----t---';
      const clock: Input = { kind: 'clock', now: 5 };
      expectObservable(merge(...ask.map(query => world$.pipe(query)))).toBe(expected, { t: clock });
    }),
  );
});
