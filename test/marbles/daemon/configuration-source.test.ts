import { test } from '@jest/globals';
import { NEVER } from 'rxjs';
import { configurationSource } from '../../../src/daemon/configuration-source.js';
import { fault, type Fault } from '../../../src/model/fault.js';
import type { Input } from '../../../src/model/input.js';
import { marbles } from '../../../src/testing/marbles.js';

const why = 'the configuration is invalid (see network-broker check): the last valid one is in use';
const said: Record<string, Input> = {
  w: { kind: 'source', name: 'configuration', state: { is: 'waiting', why } },
  s: { kind: 'source', name: 'configuration', state: { is: 'serving', why: '' } },
};

test(
  'says nothing while all is well, then what is wrong, and when it is right again; unsubscribing ends it',
  marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const refused = hot<readonly Fault[]>('r-w-r-r|', { r: [], w: [fault('config-value', '…')] });
    expectObservable(configurationSource(refused).inputs(NEVER)).toBe('--w-s-s|', said);
    expectObservable(configurationSource(refused).inputs(NEVER), '^--!').toBe('--w-', said);
    expectSubscriptions(refused.subscriptions).toBe(['^------!', '^--!']);
  }),
);
