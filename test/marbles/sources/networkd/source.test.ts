import { describe, test } from '@jest/globals';
import { catchError, concat, mergeMap, NEVER, type Observable, of, tap, throwError, timer } from 'rxjs';
import type { Config } from '../../../../src/model/config.js';
import type { Input } from '../../../../src/model/input.js';
import { networkdSource } from '../../../../src/sources/networkd/source.js';
import type { Signal } from '../../../../src/system/bus/bus.js';
import { config } from '../../../../src/testing/builders.js';
import {
  fakeBus,
  fakeConnection,
  type NetworkdHolds,
  networkdAnswers,
  ownerChanged,
  propertiesChanged,
} from '../../../../src/fakes/fake-bus.js';
import { marbles } from '../../../../src/testing/marbles.js';
import type { States } from '../../../../src/model/states.js';

const carrier: States = { CarrierState: 'carrier', OperationalState: 'routable' };
const noCarrier: States = { CarrierState: 'no-carrier', OperationalState: 'no-carrier' };
const networkd = (): NetworkdHolds => ({
  owner: ':1.4',
  manager: { OperationalState: 'routable' },
  links: { 2: { name: 'eth0', states: carrier }, 10: { name: 'eth8', states: noCarrier } },
});
const snapshot: Input = {
  kind: 'networkd-snapshot',
  manager: { OperationalState: 'routable' },
  links: new Map([
    [2, carrier],
    [10, noCarrier],
  ]),
};
const serving: Input = { kind: 'source', name: 'systemd-networkd', state: { is: 'serving', why: '' } };
const waiting: Input = {
  kind: 'source',
  name: 'systemd-networkd',
  state: { is: 'waiting', why: 'org.freedesktop.network1 is not on the bus: waiting for systemd-networkd to start' },
};
const lost = (ifindex: number): Input => ({ kind: 'networkd-link', ifindex, changed: noCarrier });
const inputs: Record<string, Input> = {
  /** of a networkd that was there before us */
  a: { ...snapshot, atStart: true },
  s: snapshot,
  v: serving,
  w: waiting,
  c: lost(2),
  d: lost(10),
  m: { kind: 'networkd-manager', changed: { OnlineState: 'online' } },
};

const c: Signal = propertiesChanged(':1.4', 2, noCarrier);
const d: Signal = propertiesChanged(':1.4', 10, noCarrier);
const m: Signal = propertiesChanged(':1.4', 'manager', { OnlineState: 'online' });

const forged = propertiesChanged(':1.99', 2, noCarrier);
const configured$: Observable<Config> = concat(of(config()), NEVER);

describe('networkdSource', () => {
  test(
    'begins with a snapshot and goes on with what networkd says',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const signals = hot('-----c-d-m--', { c, d, m });
      const subs = '       ^----------!';
      const expected = '   (va)-c-d-m-';
      const bus = fakeBus(of(fakeConnection(signals, networkdAnswers(networkd()))));
      expectObservable(networkdSource(bus).inputs(configured$), subs).toBe(expected, inputs);
      expectSubscriptions(signals.subscriptions).toBe([subs, subs]);
    }),
  );

  test(
    'one that talks without end before it answers is given up: what it says has to be kept until then',
    marbles(({ expectObservable }) => {
      const talk$ = timer(5).pipe(mergeMap(() => Array.from({ length: 70_000 }, () => c)));
      const silent = networkdAnswers(networkd());
      const bus = fakeBus(of(fakeConnection(talk$, call => (call.member === 'ListLinks' ? undefined : silent(call)))));
      const error = new Error('org.freedesktop.network1: expected its answers before it said 65536 other things');
      expectObservable(networkdSource(bus).inputs(configured$)).toBe('-----#', inputs, error);
    }),
  );

  test(
    'a signal counts only from the owner of the name',
    marbles(({ hot, expectObservable }) => {
      const signals = hot('-----f-c-', { f: forged, c });
      const expected = '   (va)---c-';
      const bus = fakeBus(of(fakeConnection(signals, networkdAnswers(networkd()))));
      expectObservable(networkdSource(bus).inputs(configured$)).toBe(expected, inputs);
    }),
  );

  test(
    'a NameOwnerChanged that does not come from the bus itself changes nothing',
    marbles(({ hot, expectObservable }) => {
      const signals = hot('-----o-f-c-', { o: ownerChanged(':1.4', ':1.99', ':1.99'), f: forged, c });
      const expected = '   (va)-----c-';
      const bus = fakeBus(of(fakeConnection(signals, networkdAnswers(networkd()))));
      expectObservable(networkdSource(bus).inputs(configured$)).toBe(expected, inputs);
    }),
  );

  test(
    'waits while networkd is not on the bus, and begins with a snapshot when it comes',
    marbles(({ hot, expectObservable }) => {
      const peer: NetworkdHolds = { ...networkd(), owner: undefined };
      const signals = hot('--o------c-', { o: ownerChanged('', ':1.4'), c });
      const expected = '   w-(vs)---c-';
      const bus = fakeBus(of(fakeConnection(signals, networkdAnswers(peer))));
      expectObservable(networkdSource(bus).inputs(configured$)).toBe(expected, inputs);
    }),
  );

  test(
    'networkd of another network namespace is waited for, and nothing that it says is heard',
    marbles(({ hot, expectObservable }) => {
      const why = 'systemd-networkd speaks of the links of another network namespace: it is not listened to';
      const signals = hot('--c', { c });
      const expected = '   e--';
      const bus = fakeBus(of(fakeConnection(signals, networkdAnswers(networkd()))));
      expectObservable(networkdSource(bus, false).inputs(configured$)).toBe(expected, {
        e: { kind: 'source', name: 'systemd-networkd', state: { is: 'waiting', why } },
      });
    }),
  );

  test(
    'after a restart of networkd a snapshot comes first, and the old owner is heard no more',
    marbles(({ hot, expectObservable }) => {
      const signals = hot('------g-o----c-n', {
        g: ownerChanged(':1.4', ''),
        o: ownerChanged('', ':1.7'),
        c,
        n: propertiesChanged(':1.7', 2, noCarrier),
      });
      const expected = '   (va)--w-(vs)---c';
      const bus = fakeBus(of(fakeConnection(signals, networkdAnswers(networkd()))));
      expectObservable(networkdSource(bus).inputs(configured$)).toBe(expected, inputs);
    }),
  );

  test(
    'a signal older than the answer about the same object is dropped, a newer one follows the snapshot',
    marbles(({ hot, expectObservable }) => {
      // The answer about the link with ifindex 2 comes at frame 2, that about ifindex 10 at frame 6.
      const late = (frames: number) => (answered$: Observable<readonly unknown[]>) =>
        timer(frames).pipe(mergeMap(() => answered$));
      const signals = hot('---c-d----', { c, d });
      const expected = '   ------(vac)';
      const connection = fakeConnection(signals, networkdAnswers(networkd()), (answered$, { path }) =>
        path.endsWith('_32') ? late(2)(answered$) : path.endsWith('_310') ? late(6)(answered$) : answered$,
      );
      expectObservable(networkdSource(fakeBus(of(connection))).inputs(configured$)).toBe(expected, inputs);
    }),
  );

  test(
    'a link that goes while it is asked about is left out, one that comes is not lost',
    marbles(({ hot, expectObservable }) => {
      const peer = networkd();
      const answer = networkdAnswers(peer);
      const signals = hot('-n---', { n: propertiesChanged(':1.4', 11, { AdministrativeState: 'initialized' }) });
      const expected = '   --(van)';
      const connection = fakeConnection(
        signals,
        call => (call.path.endsWith('_310') ? { errorName: 'org.freedesktop.DBus.Error.UnknownObject' } : answer(call)),
        (answered$, { path }) => (path.endsWith('_32') ? timer(2).pipe(mergeMap(() => answered$)) : answered$),
      );
      expectObservable(networkdSource(fakeBus(of(connection))).inputs(configured$)).toBe(expected, {
        ...inputs,
        a: { ...snapshot, links: new Map([[2, carrier]]), atStart: true },
        n: { kind: 'networkd-link', ifindex: 11, changed: { AdministrativeState: 'initialized' } },
      });
    }),
  );

  test(
    'where the kernel stands in, the loss of the bus is said together with where states come from meanwhile',
    marbles(({ cold, expectObservable }) => {
      const both$ = of(config({ system: { generator: ['systemd-networkd', 'rtnetlink'] } }));
      const bus = fakeBus(cold('#', {}, new Error('connect ENOENT')));
      const said = new Error('connect ENOENT; the states of links come from the kernel meanwhile');
      expectObservable(networkdSource(bus).inputs(both$)).toBe('#', {}, said);
    }),
  );

  test(
    'begins anew with a connection of its own, and the name’s owner of now, when something was lost',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const holds = networkd();
      const lost$ = hot('   ----x', { x: undefined }).pipe(tap(() => (holds.owner = ':1.5')));
      const signals = hot(' --------oc', { o: c, c: propertiesChanged(':1.5', 2, noCarrier) });
      const connection$ = cold('x-', { x: fakeConnection(signals, networkdAnswers(holds)) });
      const subs = '        ^---------!';
      const expected = '    (va)(vs)-c';
      const said$ = networkdSource(fakeBus(connection$)).inputs(configured$, lost$);
      expectObservable(said$, subs).toBe(expected, inputs);
      expectSubscriptions(connection$.subscriptions).toBe(['^---!', '----^-----!']);
    }),
  );

  test(
    'errs with the bus, so that keepAlive begins anew',
    marbles(({ cold, hot, expectObservable }) => {
      const connection = fakeConnection(hot('-'), networkdAnswers(networkd()));
      const bus = fakeBus(cold('x---#', { x: connection }, new Error('lost')));
      expectObservable(networkdSource(bus).inputs(configured$)).toBe('(va)#', inputs, new Error('lost'));
    }),
  );

  test(
    'a networkd that never answers says nothing; unsubscribing leaves the bus',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const signal$ = hot('-----c', { c });
      const answers = networkdAnswers(networkd());
      const mute = fakeConnection(signal$, call => (call.member === 'GetNameOwner' ? answers(call) : undefined));
      const connection$ = cold('x-', { x: mute });
      const subs = '^-------!';
      expectObservable(networkdSource(fakeBus(connection$)).inputs(configured$), subs).toBe('-');
      expectSubscriptions(connection$.subscriptions).toBe(subs);
    }),
  );

  test(
    'a call that is refused is an error of the source',
    marbles(({ hot, expectObservable }) => {
      const refuse = fakeConnection(hot('-'), () => ({ errorName: 'org.freedesktop.DBus.Error.AccessDenied' }));
      const said$ = networkdSource(fakeBus(of(refuse)))
        .inputs(configured$)
        .pipe(catchError((error: unknown) => throwError(() => new Error(String(error)))));
      expectObservable(said$).toBe('#', inputs, new Error('Error: org.freedesktop.DBus.Error.AccessDenied'));
    }),
  );

  test(
    'opens nothing unless Generator= names it, and follows a reload',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const settings = { n: config(), d: config({ system: { generator: ['dhclient'] } }) };
      const connection$ = cold('x-', { x: fakeConnection(hot('-'), networkdAnswers(networkd())) });
      const config$ = hot('d--n-------d-n', settings);
      const expected = '   ---(va)------(vs)';
      expectObservable(networkdSource(fakeBus(connection$)).inputs(config$)).toBe(expected, inputs);
      expectSubscriptions(connection$.subscriptions).toBe(['---^-------!', '-------------^']);
    }),
  );

  test(
    'other signals, and values of no use, are no inputs',
    marbles(({ hot, expectObservable }) => {
      const signals = hot('-----abcd', {
        a: { ...c, member: 'Other' },
        b: { ...c, path: '/org/freedesktop/network1/link/_zz' },
        c: { ...c, body: ['org.freedesktop.network1.Link', { BitRates: [1n, 2n] }, []] },
        d: { ...c, body: [] },
      });
      const bus = fakeBus(of(fakeConnection(signals, networkdAnswers(networkd()))));
      expectObservable(networkdSource(bus).inputs(configured$)).toBe('(va)', inputs);
    }),
  );
});
