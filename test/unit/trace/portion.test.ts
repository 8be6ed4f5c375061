import { describe, expect, test } from '@jest/globals';
import { from, lastValueFrom, toArray } from 'rxjs';
import type { Link } from '../../../src/model/link.js';
import type { Outcome } from '../../../src/model/outcome.js';
import { link, linkState, step } from '../../../src/testing/builders.js';
import { type Portion, portion } from '../../../src/trace/portion.js';
import { momentOf } from '../../../src/trace/recorded-time.js';
import type { Replayed } from '../../../src/trace/replay-trace.js';
import { emptyHeader } from './empty-header.js';

const BEGAN = Date.UTC(2026, 1, 3, 12);
const header = { format: 'network-event-broker trace', version: 5, ...emptyHeader, began: BEGAN } as const;
const [eth1, eth10] = [{ ...link(2, 'eth1'), alternativeNames: ['uplink'] }, link(3, 'eth10')];
const seen = (of: Link): Outcome => ({
  kind: 'seen',
  step: step(1, linkState(of, { OperationalState: 'routable' })),
});
const applied = (message: string): Outcome => ({ kind: 'applied', ifindex: 0, message });
const all: readonly Replayed[] = [
  { at: 0, header },
  { at: 0, input: { kind: 'kernel-dump', links: [eth1, eth10], addresses: [], afterLoss: false } },
  { at: 1000, outcome: seen(eth1) },
  { at: 1500, outcome: applied('policy rules of eth10: rule add from 192.0.2.5') },
  { at: 2000, outcome: applied('policy rules of eth1: rule add from 192.0.2.6') },
  { at: 9000, outcome: seen(eth10) },
  { at: 14_500, unanswered: 'run 17 /etc/network-broker/routable.d/10-register' },
  { at: 20_000, outcome: seen(eth1) },
];
const shownOf = async (asked: Portion): Promise<readonly number[]> =>
  (await lastValueFrom(from(all).pipe(portion(asked), toArray()), { defaultValue: [] }))
    .filter(told => !('header' in told || 'input' in told))
    .map(({ at }) => at);

describe('a portion of a replay', () => {
  test('is all of it unless something is asked for', async () => {
    expect(await shownOf({})).toEqual([1000, 1500, 2000, 9000, 14_500, 20_000]);
  });

  test('of a link is what happens to it, and what has its name as a word', async () => {
    expect(await shownOf({ links: ['eth1'] })).toEqual([1000, 2000, 20_000]);
    expect(await shownOf({ links: ['eth1?'] })).toEqual([1500, 9000]);
    expect(await shownOf({ links: ['!eth1'] })).toEqual([1500, 9000]);
  });

  test('of some time begins and ends there, by the trace or by the wall clock', async () => {
    expect(await shownOf({ from: momentOf('2'), to: momentOf('+9.000') })).toEqual([2000, 9000]);
    expect(await shownOf({ from: momentOf('2026-02-03T12:00:14Z') })).toEqual([14_500, 20_000]);
  });

  test('around a script is the five seconds before and after it', async () => {
    expect(await shownOf({ around: '10-register' })).toEqual([14_500]);
    expect(await shownOf({ around: 'eth10' })).toEqual([1000, 1500, 2000, 9000]);
    expect(await shownOf({ around: 'nobody' })).toEqual([]);
  });

  test.each(['', 'soon', '-3', '12:00', '2026-13-45'])('%j is no time', text => {
    expect(momentOf(text)).toBeUndefined();
  });
});
