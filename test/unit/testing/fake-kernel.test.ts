import { describe, expect, test } from '@jest/globals';
import { concat, ignoreElements, map, merge, NEVER, of, switchMap, tap } from 'rxjs';
import {
  addressKey,
  configure,
  isAddress,
  isLink,
  isLinkState,
  type KernelConnection,
  type NetworkEvent,
  rtnetlinkSource,
  watchNetwork,
} from 'network-event-broker';
import { fakeKernel, marbles, theLink } from 'network-event-broker/testing';

const told = (event: NetworkEvent): string => {
  if (isLinkState(event)) return `${event.name} ${event.changed.OperationalState ?? 'has other states'}`;
  if (isAddress(event)) return `${addressKey(event.address)} ${event.action}`;
  return isLink(event) ? `${event.name} ${event.action}` : event.kind;
};
const fail = (error: unknown): never => {
  throw error;
};

describe('the fake kernel', () => {
  test(
    'tells the pipeline what ip(8) did',
    marbles(({ cold, expectObservable }) => {
      const kernel = fakeKernel();
      kernel.ip('link add eth0');
      const ip$ = cold('       -u-a----n-c-x-----', {
        u: 'link set eth0 up',
        a: 'address add 192.0.2.5/24 dev eth0',
        n: 'link set eth0 name lan0',
        c: 'link set lan0 carrier off',
        x: 'link delete lan0',
      });
      const expected = '       ou-(ar)-n-c-(ysx)';
      const { event$ } = watchNetwork({
        config$: concat(of(configure({ system: { generator: ['rtnetlink'] } })), NEVER),
        kernel: rtnetlinkSource(kernel),
        sources: [],
      });
      const done$ = ip$.pipe(
        tap(command => kernel.ip(command)),
        ignoreElements(),
      );
      expectObservable(merge(event$.pipe(map(told)), done$)).toBe(expected, {
        o: 'eth0 off',
        u: 'eth0 carrier',
        a: '192.0.2.5/24 added',
        r: 'eth0 routable',
        n: 'lan0 renamed',
        c: 'lan0 no-carrier',
        y: '192.0.2.5/24 removed',
        s: 'lan0 has other states',
        x: 'lan0 removed',
      });
    }),
  );

  test('shows what there is', () => {
    const kernel = fakeKernel();
    kernel.ip(
      'link add eth0',
      'link set eth0 up',
      'link add br0',
      'link set eth0 master br0',
      'address add 192.0.2.5/24 dev eth0',
      'address add 2001:db8::5/64 dev eth0',
      'address delete 2001:db8::5/64 dev eth0',
      'route add default via 192.0.2.1 dev eth0 proto dhcp',
      'rule add from 192.0.2.5 lookup 10002 priority 9999 proto ours',
    );
    expect(kernel.show('link')).toEqual(['eth0 UP', 'br0 DOWN']);
    expect(kernel.show('address')).toEqual(['192.0.2.5/24 dev eth0']);
    expect(kernel.show('route')).toEqual(['default via 192.0.2.1 dev eth0 table 254 proto dhcp']);
    expect(kernel.show('rule')).toEqual(['9999: from 192.0.2.5 lookup 10002 proto ours']);
  });

  test('only members of a group are told of its objects', () => {
    const kernel = fakeKernel();
    const heard: string[] = [];
    const connections: KernelConnection[] = [];
    kernel
      .connect(['link'])
      .pipe(
        tap(connection => connections.push(connection)),
        switchMap(({ message$ }) => message$),
      )
      .subscribe({ next: batch => heard.push(...batch.map(({ kind }) => kind)), error: fail });
    kernel.ip('link add eth0', 'route add 198.51.100.0/24 dev eth0');
    connections[0]?.join('ipv4-route');
    kernel.ip('route delete 198.51.100.0/24 dev eth0');
    connections[0]?.leave('link');
    kernel.ip('link delete eth0');
    expect(heard).toEqual(['new', 'delete']);
  });

  test('says what cannot be done', () => {
    const kernel = fakeKernel();
    expect(() => kernel.ip('address add 192.0.2.5/24 dev eth0')).toThrow(
      'expected a link, found no eth0: add it first',
    );
    expect(() => kernel.ip('rule delete from 192.0.2.5 lookup 10002')).toThrow('ESRCH');
    expect(() => kernel.ip('neighbour show')).toThrow('expected link, address, route or rule');
    kernel.ip('link add eth0');
    expect(() => kernel.ip('link set eth0 sideways')).toThrow('expected up, down, carrier, name, master or nomaster');
    const errors: unknown[] = [];
    kernel.link(theLink('eth1').ifindex).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toMatchObject([{ code: 'ENODEV', errno: 19 }]);
  });
});
