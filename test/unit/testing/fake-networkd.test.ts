import { describe, test } from '@jest/globals';
import { ignoreElements, map, merge, tap } from 'rxjs';
import { type NetworkEvent, networkdSource, rtnetlinkSource, watchNetwork } from 'network-event-broker';
import { fakeKernel, type FakeNetworkd, fakeNetworkd, marbles } from 'network-event-broker/testing';

const told = (event: NetworkEvent): string =>
  'changed' in event ? `${event.kind} ${Object.values(event.changed).join(' ')}` : event.kind;

describe('the fake systemd-networkd', () => {
  test(
    'answers and signals as the real one does; while it is away the kernel tells of states',
    marbles(({ cold, expectObservable }) => {
      const kernel = fakeKernel();
      const networkd = fakeNetworkd();
      kernel.ip('link add eth0');
      networkd.link('eth0', { OperationalState: 'off', AdministrativeState: 'unmanaged' });
      const doing: Record<string, (peer: FakeNetworkd) => void> = {
        c: peer => peer.link('eth0', { OperationalState: 'no-carrier' }),
        m: peer => peer.manager({ OnlineState: 'offline' }),
        s: peer => peer.stop(),
        l: peer => peer.link('eth0', { AdministrativeState: 'configured' }),
        b: peer => peer.start(),
      };
      const acts$ = cold('      -c-m-s----l-b-----|', doing).pipe(
        tap(act => act(networkd)),
        ignoreElements(),
      );
      const expected = '        ac-m-k------x------';
      const { event$ } = watchNetwork({ kernel: rtnetlinkSource(kernel), sources: [networkdSource(networkd.bus)] });
      expectObservable(merge(event$.pipe(map(told)), acts$)).toBe(expected, {
        a: 'link-state off unmanaged',
        c: 'link-state no-carrier',
        m: 'manager-state offline',
        k: 'link-state off off off off off',
        x: 'link-state no-carrier configured',
      });
    }),
  );
});
