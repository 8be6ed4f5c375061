import { test } from '@jest/globals';
import { fakeFiles } from '../../../../src/fakes/fake-files.js';
import { readNetworkdStates } from '../../../../src/sources/networkd/read-states.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { fakeClock } from '../../../support/fake-clock.js';

const FILE = '/run/systemd/netif/links/2';

/** What is read where the file cannot be had before this moment, in milliseconds. */
const read = (from: number) => {
  const clock = fakeClock();
  const files = fakeFiles(() => ({
    texts: { [FILE]: 'OPER_STATE=routable\n' },
    refused: clock.now() < from ? { [FILE]: 'EMFILE' } : {},
  }));
  return readNetworkdStates(files)(2);
};

test(
  'a state file that cannot be read is tried again, ever more slowly, and says nothing after a minute',
  marbles(({ expectObservable }) => {
    expectObservable(read(5000)).toBe('7s (s|)', { s: { OperationalState: 'routable' } });
    expectObservable(read(Infinity)).toBe('63s (u|)', { u: undefined });
  }),
);
