import { describe, expect, test } from '@jest/globals';
import { map } from 'rxjs';
import { refusedPage, removedPage } from '../../../../src/text/flush-page.js';
import { type Flushed, flushPolicy } from '../../../../src/sinks/policy/flush-rules.js';
import { type FakeKernel, fakeKernel } from '../../../../src/testing/fake-kernel.js';
import { marbles } from '../../../../src/testing/marbles.js';

const ours = [
  'route add default via 192.0.2.1 dev 3 table 10002 proto ours',
  'route add 2001:db8::/64 dev 3 table 10002 proto ours',
  'rule add from 192.0.2.5 lookup 10002 priority 9999 proto ours',
  'rule add to 192.0.2.5 lookup 10002 priority 9999 proto ours',
];
const theirs = [
  'route add default via 192.0.2.1 dev 3',
  'route add default via 192.0.2.1 dev 4 table 10003 proto static',
  'rule add from 192.0.2.5 lookup 10002 priority 9998 proto static',
];
const refusal = (code: string) => ({ code, errno: 1, message: `delete: ${code}` });

/** What it says, and that it gives the lock back then. */
const play = (kernel: FakeKernel, isHeld = true): Flushed | 'locked' => {
  const found: (Flushed | 'locked')[] = [];
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const lock$ = cold('--a', { a: isHeld });
    const flushed$ = flushPolicy({ rtnetlink: kernel, lock: { hold: () => lock$ } });
    expectObservable(flushed$.pipe(map(each => found.push(each)))).toBe('--(a|)', { a: 1 });
    expectSubscriptions(lock$.subscriptions).toBe('^-!');
  })();
  return found[0] ?? 'locked';
};
const flushedOf = (kernel: FakeKernel): Flushed => {
  const found = play(kernel);
  if (found === 'locked') throw new Error('expected the lock to be free');
  return found;
};
const kernelWith = (...commands: readonly string[]): FakeKernel => {
  const kernel = fakeKernel();
  kernel.ip(...commands);
  return kernel;
};

describe('flushPolicy', () => {
  test('removes what carries our mark, rules first, and nothing else', () => {
    const kernel = kernelWith(...ours, ...theirs);
    expect(removedPage(flushedOf(kernel))).toBe(
      `removed  rule   from 192.0.2.5 lookup 10002
removed  rule   to 192.0.2.5 lookup 10002
removed  route  default via 192.0.2.1 dev 3 table 10002
removed  route  2001:db8::/64 dev 3 table 10002 metric 1024
`,
    );
    expect([...kernel.show('rule'), ...kernel.show('route')]).toEqual([
      ...kernelWith(...theirs).show('rule'),
      ...kernelWith(...theirs).show('route'),
    ]);
  });

  test('where nothing is ours, the kernel is asked for nothing', () => {
    const kernel = kernelWith(...theirs);
    expect(flushedOf(kernel)).toMatchObject({ removed: [], refused: [] });
    expect(kernel.done()).toEqual([]);
  });

  test('while a broker holds the lock it removes nothing', () => {
    const kernel = kernelWith(...ours);
    expect(play(kernel, false)).toBe('locked');
    expect(kernel.done()).toEqual([]);
  });

  test('where nothing is ours, it does not matter whether a broker holds the lock', () => {
    expect(play(kernelWith(...theirs), false)).toEqual({ removed: [], refused: [] });
  });

  test('what is refused is told, and keeps nothing else from being removed; what has gone already is removed', () => {
    const kernel = kernelWith(...ours);
    kernel.refuses = text =>
      text.includes(' to ') ? refusal('EBUSY') : text.includes('default') ? refusal('ESRCH') : undefined;
    const flushed = flushedOf(kernel);
    expect(flushed.removed).toHaveLength(3);
    expect(refusedPage(flushed)).toBe('network-broker: not removed: rule   to 192.0.2.5 lookup 10002: delete: EBUSY\n');
  });

  test('without the privilege it says once which it needs', () => {
    const kernel = kernelWith(...ours);
    kernel.refuses = () => refusal('EPERM');
    const flushed = flushedOf(kernel);
    expect(removedPage(flushed)).toBe('');
    expect(refusedPage(flushed)).toBe(
      'network-broker: not removed: 2 rules, 2 routes: CAP_NET_ADMIN is required: run it as root\n',
    );
  });

  test('many are counted, a line for each table', () => {
    const rules = Array.from({ length: 40 }, (_, n) => `rule add from 192.0.2.${n + 1} lookup 10002 proto ours`);
    const kernel = kernelWith(...rules, 'route add 192.0.2.0/24 dev 3 table 10003 proto ours');
    expect(removedPage(flushedOf(kernel))).toBe(
      'removed  table 10002: 40 rules, 0 routes\nremoved  table 10003: 0 rules, 1 route\n',
    );
  });
});
