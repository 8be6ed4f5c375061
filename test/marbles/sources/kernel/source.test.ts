import { describe, expect, test } from '@jest/globals';
import type { Link as NetlinkLink, Message } from '@network-stack/netlink';
import { defer, delay, filter, ignoreElements, NEVER, type Observable, of, tap, throwError } from 'rxjs';
import type { Subscriptions } from '../../../../src/model/flow.js';
import type { Input, KernelChange } from '../../../../src/model/input.js';
import type { RouteChange } from '../../../../src/model/route/route.js';
import { rtnetlinkSource } from '../../../../src/sources/kernel/source.js';
import {
  fakeRtnetlink,
  netlinkAddress,
  netlinkLink,
  netlinkMessage,
  netlinkRoute,
} from '../../../support/fake-rtnetlink.js';
import { config } from '../../../../src/testing/builders.js';
import { ruleOf } from '../../../../src/fakes/ip-text.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { toAddress, toLink } from '../../../../src/model/wire/from-netlink.js';

/** linux/rtnetlink.h */
const RTNL_FAMILY_IPMR = 128;

const eth0 = netlinkLink(2, 'eth0');
const lan0 = netlinkLink(2, 'lan0');
const eth1 = netlinkLink(3, 'eth1');
const v4 = netlinkAddress(2, '192.0.2.5', 24);
const route = netlinkRoute('198.51.100.0/24', 2);

const is = (link: NetlinkLink): KernelChange => ({ what: 'link', link: toLink(link) });
const told = (...changes: readonly KernelChange[]): Input => ({ kind: 'kernel', changes });
const dump = (links: readonly NetlinkLink[], afterLoss = false): Input => ({
  kind: 'kernel-dump',
  links: links.map(toLink),
  addresses: [toAddress(v4)],
  afterLoss,
});
const line = '198.51.100.0/24 table main';
const routeTold = (change: RouteChange): Input => told({ what: 'route', ifindex: 2, table: 254, change, ours: false });
const overrun = (times: string): Input => ({
  kind: 'fault',
  fault: {
    kind: 'fault',
    severity: 'warn',
    code: 'kernel-overrun',
    message: `the kernel's messages came faster than they were read, ${times}; everything is read again`,
  },
});

const batches: Record<string, readonly Message[]> = {
  e: [netlinkMessage('new', eth1)],
  r: [netlinkMessage('new', lan0)],
  g: [netlinkMessage('delete', eth1)],
  b: [netlinkMessage('delete', { ...eth1, family: 7 })],
  a: [netlinkMessage('new', v4)],
  x: [{ kind: 'malformed', type: 16, flags: 0, sequence: 0, port: 0, reason: 'too short', bytes: new Uint8Array() }],
  n: [netlinkMessage('new', route)],
  c: [netlinkMessage('new', route, 0x100)],
  d: [netlinkMessage('delete', route)],
};
const inputs: Record<string, Input> = {
  D: dump([eth0]),
  L: dump([lan0], true),
  S: { kind: 'source', name: 'kernel', state: { is: 'serving', why: '' } },
  E: told(is(eth1)),
  R: told(is(lan0)),
  G: told({ what: 'link-gone', ifindex: 3 }),
  A: told({ what: 'address', address: toAddress(v4) }),
  N: routeTold({ action: 'added', route: line }),
  C: routeTold({ action: 'changed', route: line, was: line }),
  X: routeTold({ action: 'removed', route: line }),
  W: overrun('1 time'),
  V: overrun('3 times'),
  F: {
    kind: 'fault',
    fault: {
      kind: 'fault',
      severity: 'warn',
      code: 'kernel-malformed',
      message: 'the kernel sent a malformed message: too short',
    },
  },
};
const nobody: Observable<Subscriptions> = of({ routes: false, rules: false });
const groups = 'link ipv4-address ipv6-address';
const dumpable = { links: () => of([eth0]), addresses: () => of([v4]) };

const late =
  <T>(frames: number, value: T) =>
  (): Observable<T> =>
    of(value).pipe(delay(frames));

describe('rtnetlinkSource', () => {
  test(
    'subscribes, then dumps, then goes on with what the kernel tells',
    marbles(({ hot, expectObservable, expectSubscriptions, flush }) => {
      const message$ = hot('-----e-r-g-a-', batches);
      const subs = '        ^------------!';
      const expected = '    (DS)-E-R-G-A-';
      const kernel = fakeRtnetlink({ message$, ...dumpable });
      expectObservable(rtnetlinkSource(kernel).inputs(NEVER, nobody), subs).toBe(expected, inputs);
      expectSubscriptions(message$.subscriptions).toBe(subs);
      flush();
      expect(kernel.log).toEqual([`0 connect ${groups}`, '0 dump links', '0 dump addresses', '13 close']);
    }),
  );

  test(
    'says when an address ends, as it is told by a dump or alone',
    marbles(({ hot, expectObservable }) => {
      const lasting = (seconds: number) => ({ ...v4, validLifetime: seconds });
      const until = (at: number, seconds: number) => ({ ...toAddress(lasting(seconds)), until: at + seconds * 1000 });
      const message$ = hot('-------a-', { a: [netlinkMessage('new', lasting(120))] });
      const kernel = fakeRtnetlink({ message$, links: late(3, [eth0]), addresses: () => of([lasting(60)]) });
      expectObservable(rtnetlinkSource(kernel).inputs(NEVER, nobody), '^--------!').toBe('---(DS)A', {
        ...inputs,
        D: { kind: 'kernel-dump', links: [toLink(eth0)], addresses: [until(3, 60)], afterLoss: false },
        A: told({ what: 'address', address: until(7, 120) }),
      });
    }),
  );

  test(
    'what is told while a dump is under way follows it, the newest word on each object only',
    marbles(({ hot, expectObservable }) => {
      const message$ = hot('-e-g-r-----', batches);
      const expected = '    -------(DMS)';
      const gone = inputs.G?.kind === 'kernel' ? inputs.G.changes : [];
      const later: Input = { kind: 'kernel', changes: [...gone, is(lan0)] };
      const kernel = fakeRtnetlink({ message$, links: late(7, [eth0]), addresses: late(3, [v4]) });
      expectObservable(rtnetlinkSource(kernel).inputs(NEVER, nobody), '^---------!').toBe(expected, {
        ...inputs,
        M: later,
      });
    }),
  );

  test(
    'what waits in the socket when a dump has ended is told with it: the dump may be older',
    marbles(({ expectObservable }) => {
      const kernel = fakeRtnetlink({ links: late(3, [eth0]), addresses: () => of([v4]) });
      kernel.queue(batches.r ?? []);
      expectObservable(rtnetlinkSource(kernel).inputs(NEVER, nobody)).toBe('---(DRS)', inputs);
    }),
  );

  test(
    'drain hands on at once what waits in the socket, and nothing once it is closed',
    marbles(({ cold, expectObservable }) => {
      const kernel = fakeRtnetlink(dumpable);
      const source = rtnetlinkSource(kernel);
      const drained$ = cold('-----d------d').pipe(
        tap(() => {
          kernel.queue(batches.e ?? []);
          source.drain();
        }),
        ignoreElements(),
      );
      expectObservable(source.inputs(NEVER, nobody), '^--------!').toBe('(DS)-E', inputs);
      expectObservable(drained$).toBe('-');
    }),
  );

  test(
    'after lost messages: one warning with their number, a fresh dump, and what was told meanwhile goes on',
    marbles(({ hot, expectObservable, flush }) => {
      const overrun$ = hot('-----ooo----', { o: undefined });
      const message$ = hot('      ---------e--', batches);
      const expected = '          (DS)-----E 95ms (VLS)';
      const links = [[eth0], [lan0]];
      const kernel = fakeRtnetlink({
        message$,
        overrun$,
        links: () => of(links.shift() ?? []),
        addresses: () => of([v4]),
      });
      expectObservable(rtnetlinkSource(kernel).inputs(NEVER, nobody)).toBe(expected, inputs);
      flush();
      expect(kernel.log.filter(line => line.endsWith('dump links'))).toEqual(['0 dump links', '105 dump links']);
    }),
  );

  test(
    'messages lost while everything is read again: it is read once more',
    marbles(({ hot, expectObservable }) => {
      const overrun$ = hot('-----o 100ms o-----', { o: undefined });
      const expected = '          --(DS) 99ms W 1ms (LS) 96ms W 1ms (LS)';
      const links = [[eth0], [lan0], [lan0]];
      const kernel = fakeRtnetlink({
        overrun$,
        links: () => of(links.shift() ?? []).pipe(delay(2)),
        addresses: () => of([v4]),
      });
      expectObservable(rtnetlinkSource(kernel).inputs(NEVER, nobody)).toBe(expected, inputs);
    }),
  );

  test(
    'joins the groups of routes and rules while somebody is interested in them, and leaves them then',
    marbles(({ cold, hot, expectObservable, flush }) => {
      const subscriptions$ = cold('n-r-r-b-n-', {
        n: { routes: false, rules: false },
        r: { routes: true, rules: false },
        b: { routes: true, rules: true },
      });
      const message$ = hot('   -----ncd', batches);
      const expected = '       (DS)-NCX';
      const kernel = fakeRtnetlink({ message$, ...dumpable });
      expectObservable(rtnetlinkSource(kernel).inputs(NEVER, subscriptions$)).toBe(expected, inputs);
      flush();
      expect(kernel.log.filter(line => /join|leave/.test(line))).toEqual([
        '2 join ipv4-route',
        '2 join ipv6-route',
        '6 join ipv4-rule',
        '6 join ipv6-rule',
        '8 leave ipv4-route',
        '8 leave ipv6-route',
        '8 leave ipv4-rule',
        '8 leave ipv6-rule',
      ]);
    }),
  );

  test(
    'a route that is changed says what it was, also when it was there before anybody listened; tables are called as the file says when it is read',
    marbles(({ cold, hot, expectObservable }) => {
      const subscriptions$ = cold('-r---', { r: { routes: true, rules: false } });
      const config$ = cold('       c--c-', { c: config() });
      const message$ = hot('       --c-c', batches);
      const before = netlinkRoute('198.51.100.0/24', 2, { gateway: '192.0.2.1' });
      const kernel = fakeRtnetlink({
        message$,
        ...dumpable,
        routes: ({ protocol }) => of(protocol === 3 ? [before] : []),
      });
      const texts = [new Map([[254, 'main']]), new Map([[254, 'pool']])];
      const names$ = defer(() => of(texts.shift() ?? new Map<number, string>()));
      const told$ = rtnetlinkSource(kernel, names$)
        .inputs(config$, subscriptions$)
        .pipe(filter(input => input.kind === 'kernel'));
      const change = (route: string, was: string): Input => routeTold({ action: 'changed', route, was });
      expectObservable(told$).toBe('--a-b', {
        a: change(line, '198.51.100.0/24 via 192.0.2.1 table main'),
        b: change('198.51.100.0/24 table pool', line),
      });
    }),
  );

  test(
    'a link that leaves its bridge has not gone, and what cannot be read is a fault, not the end',
    marbles(({ hot, expectObservable }) => {
      const message$ = hot('-----b-x-e', batches);
      const expected = '    (DS)---F-E';
      expectObservable(rtnetlinkSource(fakeRtnetlink({ message$, ...dumpable })).inputs(NEVER, nobody)).toBe(
        expected,
        inputs,
      );
    }),
  );

  test(
    'policy rules that come and go are told; those of multicast routing, which come to the same groups, are none',
    marbles(({ hot, expectObservable }) => {
      const rule = ruleOf('from 198.51.100.7 lookup 7 priority 77');
      const message$ = hot('-----n-d-m', {
        n: [netlinkMessage('new', rule)],
        d: [netlinkMessage('delete', rule)],
        m: [netlinkMessage('new', { ...rule, family: RTNL_FAMILY_IPMR })],
      });
      const ruleTold = (action: 'added' | 'removed'): Input =>
        told({ what: 'rule', ours: false, change: { action, rule: 'ipv4 77: from 198.51.100.7 lookup 7' }, table: 7 });
      expectObservable(rtnetlinkSource(fakeRtnetlink({ message$, ...dumpable })).inputs(NEVER, nobody)).toBe(
        '(DS)-N-X--',
        { ...inputs, N: ruleTold('added'), X: ruleTold('removed') },
      );
    }),
  );

  test(
    'a dump that never ends says nothing; one that fails, or a socket that does, is an error of the source',
    marbles(({ cold, expectObservable, flush }) => {
      const stuck = fakeRtnetlink({ links: () => NEVER });
      expectObservable(rtnetlinkSource(stuck).inputs(NEVER, nobody)).toBe('-');
      const failing = fakeRtnetlink({ links: () => throwError(() => new Error('EPERM')) });
      expectObservable(rtnetlinkSource(failing).inputs(NEVER, nobody)).toBe('#', inputs, new Error('EPERM'));
      const broken = fakeRtnetlink({ message$: cold('------#', batches, new Error('EBADF')), ...dumpable });
      expectObservable(rtnetlinkSource(broken).inputs(NEVER, nobody)).toBe('(DS)--#', inputs, new Error('EBADF'));
      flush();
      expect(failing.log).toContain('0 close');
      expect(broken.log).toContain('6 close');
    }),
  );

  test(
    'opened again it begins anew',
    marbles(({ expectObservable, flush }) => {
      const kernel = fakeRtnetlink(dumpable);
      const source = rtnetlinkSource(kernel);
      expectObservable(source.inputs(NEVER, nobody), '^----!').toBe('(DS)', inputs);
      expectObservable(source.inputs(NEVER, nobody), '-------^--').toBe('-------(DS)', inputs);
      flush();
      expect(kernel.log.filter(line => /connect|close/.test(line))).toEqual([
        `0 connect ${groups}`,
        '5 close',
        `7 connect ${groups}`,
      ]);
    }),
  );
});
