import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { mergeMap, NEVER, of, timer } from 'rxjs';
import type { Input } from '../../../../src/model/input.js';
import { networkdLease4, networkdLease6 } from '../../../../src/world/networkd/netif-lease.js';
import { askNetworkdLeases } from '../../../../src/sources/networkd/ask-leases.js';
import type { Call } from '../../../../src/system/bus/bus.js';
import { type Answer, fakeBus, fakeConnection } from '../../../../src/fakes/fake-bus.js';
import { pathOfIfindex } from '../../../../src/model/wire/networkd-paths.js';
import { fakeClock } from '../../../support/fake-clock.js';
import { fakeFiles } from '../../../../src/fakes/fake-files.js';
import { marbles } from '../../../../src/testing/marbles.js';

const file = readFileSync(new URL('../../../fixtures/run-systemd-netif/leases/2', import.meta.url), 'utf8');
const described = JSON.stringify({
  Addresses: [
    { Address: [10, 77, 0, 102], ConfigSource: 'DHCPv4', ValidLifetimeUSec: 70_000_000 },
    { Address: [0xfd, 0x77, ...Array<number>(13).fill(0), 5], ConfigSource: 'DHCPv6', ValidLifetimeUSec: 70_000_000 },
  ],
});
const ends = new Map([['10.77.0.102', 63_000]]);
const eth0 = { ifindex: 2, name: 'eth0', ends, mayBeDhcp6: false };
const moment = { now: 3, sinceBoot: 10_000 };
const withFile = { '/run/systemd/netif/leases/2': file, '/proc/uptime': '10.00 19.00\n' };
const withoutFile = { '/proc/uptime': '10.00 19.00\n' };
const said = (text: string, description: string): Input => ({
  kind: 'networkd-leases',
  ifindex: 2,
  leases: [...networkdLease4('eth0', text, ends), ...networkdLease6('eth0', description, moment)],
  now: 3,
});

/** Asks in the third frame; gives what is said then, and the calls that reached the bus. */
const asking = (texts: Readonly<Record<string, string>>, answer: Answer, mayBeDhcp6 = false) => {
  const calls: Call[] = [];
  const connection = fakeConnection(NEVER, call => {
    calls.push(call);
    return answer(call);
  });
  const ask = askNetworkdLeases(fakeBus(of(connection)), fakeFiles({ texts }), fakeClock());
  return { calls, said$: timer(3).pipe(mergeMap(() => ask({ ...eth0, mayBeDhcp6 }))) };
};

describe('askNetworkdLeases', () => {
  test.each([
    ['a lease file: networkd is not asked', withFile, false, file, '', 0],
    ['a lease file, and a lease of DHCPv6 perhaps: networkd is asked', withFile, true, file, described, 1],
    ['no lease file, and no lease of DHCPv6 either: networkd is not asked', withoutFile, false, '', '', 0],
    ['no lease file, and a lease of DHCPv6 perhaps: networkd is asked', withoutFile, true, '', described, 1],
  ])('%s', (_, texts, mayBeDhcp6, text, description, times) => {
    const { calls, said$ } = asking(texts, () => [described], mayBeDhcp6);
    marbles(({ expectObservable }) => expectObservable(said$).toBe('---(l|)', { l: said(text, description) }))();
    expect(calls).toEqual(
      Array.from({ length: times }, () =>
        expect.objectContaining({
          path: pathOfIfindex(2),
          interface: 'org.freedesktop.network1.Link',
          member: 'Describe',
        }),
      ),
    );
  });

  test.each<[string, Answer]>([
    ['refuses', () => ({ errorName: 'org.freedesktop.DBus.Error.UnknownObject' })],
    ['answers with something else', () => [7]],
  ])('a networkd that %s: the file alone', (_, answer) => {
    const { said$ } = asking(withFile, answer, true);
    marbles(({ expectObservable }) => expectObservable(said$).toBe('---(l|)', { l: said(file, '') }))();
  });

  test(
    'a bus that is lost while networkd is asked: the file alone',
    marbles(({ cold, expectObservable }) => {
      const silent = fakeConnection(NEVER, () => undefined);
      const bus = fakeBus(cold('x--#', { x: silent }, new Error('lost')));
      const ask = askNetworkdLeases(bus, fakeFiles({ texts: withFile }), fakeClock());
      expectObservable(ask({ ...eth0, mayBeDhcp6: true })).toBe('---(l|)', { l: said(file, '') });
    }),
  );

  test(
    'a networkd that does not answer is waited for; unsubscribing leaves the bus',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const connection$ = cold('x', { x: fakeConnection(NEVER, () => undefined) });
      const ask = askNetworkdLeases(fakeBus(connection$), fakeFiles({ texts: withFile }), fakeClock());
      const subs = '^----!';
      expectObservable(ask({ ...eth0, mayBeDhcp6: true }), subs).toBe('-');
      expectSubscriptions(connection$.subscriptions).toBe(subs);
    }),
  );
});
