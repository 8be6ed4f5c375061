import { test } from '@jest/globals';
import { delay, map, NEVER } from 'rxjs';
import { createLinkDescription } from '../../../../src/sinks/link-json/describe-link.js';
import { config, link, linkState, step, world } from '../../../../src/testing/builders.js';
import { fakeBus, fakeConnection } from '../../../../src/fakes/fake-bus.js';
import { fakeFiles } from '../../../../src/fakes/fake-files.js';
import { marbles } from '../../../../src/testing/marbles.js';

const eth0 = link(2, 'eth0');
const sources = new Map([['systemd-networkd', { is: 'serving', why: '' } as const]]);
const routable = step(
  1,
  linkState(eth0, { OperationalState: 'routable' }),
  world([eth0], config(), { progress: { sources } }),
);

test(
  'the connection to the bus is held until networkd has answered',
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const connection = fakeConnection(
      NEVER,
      () => ['{"Name":"eth0"}'],
      answered$ => answered$.pipe(delay(5)),
    );
    const connection$ = cold('  c', { c: connection });
    const held = '              ^----!';
    const expected = '          -----(a|)';
    const description = createLinkDescription(fakeBus(connection$), fakeFiles({}));
    expectObservable(description(routable, 2).pipe(map(() => 'a'))).toBe(expected);
    expectSubscriptions(connection$.subscriptions).toBe(held);
  }),
);
