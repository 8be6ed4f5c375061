import { describe, test } from '@jest/globals';
import { map, type Observable, of } from 'rxjs';
import { fault } from '../../../../src/model/fault.js';
import type { Input, NetworkdLeasesInput } from '../../../../src/model/input.js';
import type { AdministrativeState } from '../../../../src/model/states.js';
import type { World } from '../../../../src/model/world.js';
import { type LeaseQuestion, networkdLeases } from '../../../../src/sources/networkd/lease-queries.js';
import { address, bound, config, lease, link, type Slices, world } from '../../../../src/testing/builders.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { testLaws } from '../../laws.js';

const serving: World['progress']['sources'] = new Map([['systemd-networkd', { is: 'serving', why: '' }]]);
const eth0 = (...texts: readonly string[]): World['kernel']['addresses'] =>
  new Map([[2, new Map(texts.map(text => [text, address(2, text)]))]]);
const has = (addresses: World['kernel']['addresses'], rest: Slices = {}, settings = config()): World =>
  world([link(2, 'eth0')], settings, {
    ...rest,
    kernel: { addresses, ...rest.kernel },
    progress: { sources: serving, ...rest.progress },
  });
const answer = ({ ifindex, name, mayBeDhcp6 }: Omit<LeaseQuestion, 'ends'>): NetworkdLeasesInput => ({
  kind: 'networkd-leases',
  ifindex,
  leases: [],
  now: mayBeDhcp6 ? 6 : name.length,
});
const four = answer({ ifindex: 2, name: 'eth0', mayBeDhcp6: false });
const six = answer({ ifindex: 2, name: 'eth0', mayBeDhcp6: true });

describe('networkdLeases', () => {
  testLaws(() => networkdLeases(question => of(answer(question))));

  test(
    'asks for the leases of a link 50 ms after the kernel’s last word on its addresses',
    marbles(({ hot, expectObservable }) => {
      const worlds = hot(' a-b 100ms c', {
        a: has(eth0('192.0.2.5/24')),
        b: has(eth0('192.0.2.5/24')),
        c: has(eth0('2001:db8::5/128')),
      });
      const expected = '   52ms l 100ms m';
      expectObservable(worlds.pipe(networkdLeases(question => of(answer(question))))).toBe(expected, {
        l: four,
        m: six,
      });
    }),
  );

  test(
    'asks within a second, however often the kernel speaks of the addresses: each router advertisement makes it do so',
    marbles(({ hot, expectObservable }) => {
      const again = '20ms a '.repeat(60);
      const worlds = hot(`a ${again}`.trim(), { a: has(eth0('192.0.2.5/24')) }).pipe(
        map(one => ({ ...one, kernel: { ...one.kernel, addresses: eth0('192.0.2.5/24') } })), // other lifetimes, say
      );
      expectObservable(worlds.pipe(networkdLeases(question => of(answer(question)))), '1100ms !').toBe('1000ms l', {
        l: four,
      });
    }),
  );

  test(
    'asks again for what could not be read, after 1 s, 2 s and so on, and says so once',
    marbles(({ hot, expectObservable }) => {
      const worlds = hot('a', { a: has(eth0('192.0.2.5/24')) });
      const wrong: Input = { kind: 'fault', fault: fault('lease-file', 'EIO') };
      let asked = 0;
      const ask = (question: LeaseQuestion): Observable<Input> => of((asked += 1) < 4 ? wrong : answer(question));
      expectObservable(worlds.pipe(networkdLeases(ask)), '60s !').toBe('50ms f 6999ms l', { f: wrong, l: four });
    }),
  );

  test(
    'asks for a lease of IPv6 where systemd-networkd configures a link that speaks it: a prefix needs no address',
    marbles(({ hot, expectObservable }) => {
      const states = (state: 'configured' | 'unmanaged'): Slices => ({
        networkd: { states: new Map([[2, { AdministrativeState: state }]]) },
      });
      const worlds = hot(' a 99ms b 99ms c', {
        a: has(eth0('fe80::1/64'), states('configured')),
        b: has(eth0('fe80::1/64'), states('unmanaged')),
        c: has(eth0('192.0.2.5/24'), states('configured')),
      });
      const expected = '   50ms m 99ms l 99ms l';
      expectObservable(worlds.pipe(networkdLeases(question => of(answer(question))))).toBe(expected, {
        l: four,
        m: six,
      });
    }),
  );

  test(
    'asks at once when networkd has done with the link, and not again',
    marbles(({ hot, expectObservable }) => {
      const state = (state: AdministrativeState): Slices => ({
        networkd: { states: new Map([[2, { AdministrativeState: state }]]) },
      });
      const worlds = hot(' a-b-c 99ms d', {
        a: has(eth0(), state('configuring')),
        b: has(eth0('192.0.2.5/24'), state('configuring')),
        c: has(eth0('192.0.2.5/24'), state('configured')),
        d: has(eth0('192.0.2.5/24'), state('configured')),
      });
      const expected = '   ----l 149ms l';
      expectObservable(worlds.pipe(networkdLeases(question => of(answer(question))))).toBe(expected, { l: four });
    }),
  );

  test(
    'says when the addresses end',
    marbles(({ hot, expectObservable }) => {
      const ends = new Map([[2, new Map([['x', { ...address(2, '192.0.2.5/24'), until: 7 }]])]]);
      const ask = (question: LeaseQuestion) => of({ ...answer(question), now: question.ends.get('192.0.2.5') ?? 0 });
      const worlds = hot('a', { a: has(ends) });
      expectObservable(worlds.pipe(networkdLeases(ask))).toBe('50ms l', { l: { ...four, now: 7 } });
    }),
  );

  test(
    'asks once the link has no address any more, and not while nothing changes',
    marbles(({ hot, expectObservable }) => {
      const first = has(eth0('192.0.2.5/24'));
      const worlds = hot(' a 99ms b 99ms c', { a: first, b: { ...first }, c: has(new Map()) });
      const expected = '   50ms l 199ms l';
      expectObservable(worlds.pipe(networkdLeases(question => of(answer(question))))).toBe(expected, { l: four });
    }),
  );

  test(
    'asks for a lease that the last run knew, once, though its link has no address any more',
    marbles(({ hot, expectObservable }) => {
      const known = bound([2, lease('192.0.2.5')]);
      const worlds = hot(' a 99ms b', {
        a: has(new Map(), { leases: { bound: known } }),
        b: has(new Map(), { leases: { bound: known, now: 7 } }),
      });
      expectObservable(worlds.pipe(networkdLeases(question => of(answer(question))))).toBe('50ms l', { l: four });
    }),
  );

  test(
    'asks when networkd comes, not while it does not serve or is no Generator, and ends with the worlds',
    marbles(({ hot, expectObservable }) => {
      const addresses = eth0('192.0.2.5/24');
      const worlds = hot(' a-b 97ms c 99ms |', {
        a: has(addresses, { progress: { sources: new Map() } }),
        b: has(eth0('192.0.2.5/24'), {}, config({ system: { generator: ['dhclient'] } })),
        c: has(addresses),
      });
      const expected = '   150ms l 49ms |';
      expectObservable(worlds.pipe(networkdLeases(question => of(answer(question))))).toBe(expected, { l: four });
    }),
  );

  test(
    'one question at a time, and an answer that never comes ends with the worlds',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const one = has(new Map([...eth0('192.0.2.5/24'), [3, new Map([['x', address(3, '192.0.2.6/24')]])]]));
      const worlds = hot(' a 99ms |', { a: one });
      const asked$ = cold('-');
      expectObservable(worlds.pipe(networkdLeases(() => asked$.pipe(map(() => four))))).toBe('100ms |');
      expectSubscriptions(asked$.subscriptions).toBe(['50ms ^ 49ms !']);
    }),
  );

  test(
    'unsubscribing asks no more',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const worlds = hot(' a----', { a: has(eth0('192.0.2.5/24')) });
      const subs = '       ^ 40ms !';
      const asked$ = cold('-');
      expectObservable(worlds.pipe(networkdLeases(() => asked$.pipe(map(() => four)))), subs).toBe('-');
      expectSubscriptions(worlds.subscriptions).toBe(subs);
      expectSubscriptions(asked$.subscriptions).toBe([]);
    }),
  );

  test(
    'a question that throws is an error of the result: a defect',
    marbles(({ hot, expectObservable }) => {
      const worlds = hot(' a----', { a: has(eth0('192.0.2.5/24')) });
      const broken = (): never => {
        throw new Error('broken');
      };
      expectObservable(worlds.pipe(networkdLeases(broken))).toBe('50ms #', {}, new Error('broken'));
    }),
  );
});
