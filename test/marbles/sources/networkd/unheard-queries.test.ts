import { describe, expect, test } from '@jest/globals';
import { defer, map, NEVER, of, tap } from 'rxjs';
import type { NetworkdUnheardInput, Unheard } from '../../../../src/model/input.js';
import type { States } from '../../../../src/model/states.js';
import type { World } from '../../../../src/model/world.js';
import { flatten } from '../../../../src/operators/flatten.js';
import { networkdUnheard, type ReadWritten } from '../../../../src/sources/networkd/unheard-queries.js';
import { address, config, link, type Slices, world } from '../../../../src/testing/builders.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { testLaws } from '../../laws.js';

const up: States = { CarrierState: 'carrier', OperationalState: 'routable' };
const down: States = { CarrierState: 'no-carrier', OperationalState: 'no-carrier' };
const serving: World['progress']['sources'] = new Map([['systemd-networkd', { is: 'serving', why: '' }]]);
const eth0 = link(2, 'eth0');
const eth1 = link(3, 'eth1');

/** Both links are heard to be up, but for what is given. */
const says = (rest: Slices = {}): World =>
  world([eth0, eth1], config(), {
    ...rest,
    networkd: {
      manager: up,
      states: new Map([
        [2, up],
        [3, up],
      ]),
      ...rest.networkd,
    },
    progress: { sources: serving, ...rest.progress },
  });
const links = (...all: readonly (typeof eth0)[]): Slices => ({
  kernel: { links: new Map(all.map(one => [one.ifindex, one])) },
});
const before = says();
/** The kernel said something of eth0. */
const told = ({ kernel, ...rest }: Slices = {}): World =>
  says({ ...rest, kernel: { ...links({ ...eth0, operState: 2 }, eth1).kernel, ...kernel } });
/** networkd's files, all that is asked for written down. */
const files =
  (now: () => Readonly<Record<string, States>>, asked: (string | number)[] = []): ReadWritten =>
  about =>
    defer(() => {
      asked.push(about);
      return of(now()[about]);
    });
const eth0Down = files(() => ({ 2: down, 3: up, manager: up }));
const lost = (...unheard: readonly Unheard[]): NetworkdUnheardInput => ({ kind: 'networkd-unheard', unheard });
const unheard: Unheard = { about: 2, written: down, heard: up };
const u = lost(unheard);

describe('networkdUnheard', () => {
  testLaws(() => networkdUnheard(() => of(undefined)));

  test(
    'tells of a difference that is there 1 s after the kernel’s last word on a link, and still a second later',
    marbles(({ hot, expectObservable }) => {
      const worlds = hot(' a-b 99ms c', {
        a: before,
        b: told(),
        c: told({ kernel: { addresses: new Map([[2, new Map()]]) } }),
      });
      const expected = '     2112ms u';
      expectObservable(worlds.pipe(networkdUnheard(eth0Down))).toBe(expected, { u });
    }),
  );

  test(
    'lifetimes of addresses, which each router advertisement changes, are no word on a link',
    marbles(({ hot, expectObservable }) => {
      const base = told();
      const refreshed = (validLifetime: number): World => {
        const addresses = new Map([['2001:db8::5/64', { ...address(2, '2001:db8::5/64'), validLifetime }]]);
        return { ...base, kernel: { ...base.kernel, addresses: new Map([[2, addresses]]) } };
      };
      const worlds = hot(`a-${'r 499ms '.repeat(8)}|`).pipe(map((_, nth) => (nth === 0 ? before : refreshed(nth))));
      expectObservable(worlds.pipe(networkdUnheard(eth0Down)), '3000ms !').toBe('2012ms u', { u });
    }),
  );

  test(
    'a file that is written late is no loss, and neither is a signal that is heard late',
    marbles(({ hot, expectObservable }) => {
      let written = up;
      const file = hot('1500ms w').pipe(tap(() => (written = down)));
      expectObservable(file).toBe('1500ms w');
      const worlds = hot(' a-b 999ms c', {
        a: before,
        b: told(),
        c: told({ networkd: { states: new Map([[2, down]]) } }),
      });
      expectObservable(worlds.pipe(networkdUnheard(files(() => ({ 2: written }))))).toBe('-');
    }),
  );

  test(
    'a link that speaks again in between begins anew; others do not concern it',
    marbles(({ hot, expectObservable }) => {
      const now = { ...eth0, operState: 3 };
      const again = says(links(now, eth1));
      const other = says(links(now, { ...eth1, operState: 2 }));
      const worlds = hot(' a-b 1499ms c 1499ms d', { a: before, b: told(), c: again, d: other });
      const expected = '     3512ms u';
      expectObservable(worlds.pipe(networkdUnheard(eth0Down))).toBe(expected, { u });
    }),
  );

  test(
    'a burst of the kernel’s is one look at each link’s file and at networkd’s own',
    marbles(({ hot, expectObservable, flush }) => {
      const asked: (string | number)[] = [];
      const words = Array.from({ length: 99 }, (_, n) => {
        const known = new Map([['x', { ...address(2, '192.0.2.5/24'), validLifetime: n }]]);
        return told({ kernel: { addresses: new Map([[2, known]]) } });
      });
      const worlds = hot(' ab', { a: [before], b: words }).pipe(flatten());
      const read = files(() => ({ 2: up, manager: up }), asked);
      expectObservable(worlds.pipe(networkdUnheard(read))).toBe('-');
      flush();
      expect(asked.sort()).toEqual([2, 'manager']);
    }),
  );

  test(
    'networkd’s own file is looked at whenever a link’s is',
    marbles(({ hot, expectObservable, flush }) => {
      const asked: (string | number)[] = [];
      const fallen = { ...eth0, operState: 2 };
      const both = says(links(fallen, { ...eth1, operState: 2 }));
      const later = says(links(fallen, { ...eth1, operState: 3 }));
      const worlds = hot(' ab 499ms c', { a: before, b: both, c: later });
      const read = files(() => ({ 2: up, 3: up, manager: up }), asked);
      expectObservable(worlds.pipe(networkdUnheard(read))).toBe('-');
      flush();
      expect(asked).toEqual([2, 'manager', 3, 'manager']);
    }),
  );

  test(
    'one look at networkd’s own file does for links that fall silent at the same time',
    marbles(({ hot, expectObservable, flush }) => {
      const asked: (string | number)[] = [];
      const both = says(links({ ...eth0, operState: 2 }, { ...eth1, operState: 2 }));
      const worlds = hot(' ab', { a: before, b: both });
      const read = files(() => ({ 2: up, 3: up, manager: up }), asked);
      expectObservable(worlds.pipe(networkdUnheard(read))).toBe('-');
      flush();
      expect(asked).toEqual([2, 'manager', 3]);
    }),
  );

  test(
    'is told once of links that lost theirs together, and of networkd itself',
    marbles(({ hot, expectObservable }) => {
      const both = says(links({ ...eth0, operState: 2 }, { ...eth1, operState: 2 }));
      const worlds = hot(' ab', { a: before, b: both });
      const read = files(() => ({ 2: down, 3: down, manager: down }));
      const all = lost(unheard, { ...unheard, about: 'manager' }, { ...unheard, about: 3 });
      expectObservable(worlds.pipe(networkdUnheard(read))).toBe('2011ms u', { u: all });
    }),
  );

  test(
    'what is there after networkd was asked anew was no loss: it is passed over until it is another difference',
    marbles(({ hot, expectObservable }) => {
      let written = down;
      const off: States = { CarrierState: 'off', OperationalState: 'off' };
      const worlds = hot(' ab 4999ms c 4999ms d', {
        a: before,
        b: told(),
        c: told(links({ ...eth0, operState: 3 }, eth1)),
        d: told(links({ ...eth0, operState: 4 }, eth1)),
      }).pipe(
        map((now, nth) => {
          if (nth === 3) written = off;
          return now;
        }),
      );
      const expected = '   2011ms u 9999ms v';
      expectObservable(worlds.pipe(networkdUnheard(files(() => ({ 2: written }))))).toBe(expected, {
        u,
        v: lost({ ...unheard, written: off }),
      });
    }),
  );

  test(
    'the same loss twice is told twice, if networkd had been heard in between',
    marbles(({ hot, expectObservable }) => {
      const heard = told({ networkd: { states: new Map([[2, down]]) } });
      const worlds = hot(' ab 2499ms h 2499ms c', {
        a: before,
        b: told(),
        h: heard,
        c: told(links({ ...eth0, operState: 5 }, eth1)),
      });
      const expected = '   2011ms u 4999ms u';
      expectObservable(worlds.pipe(networkdUnheard(eth0Down))).toBe(expected, { u });
    }),
  );

  test(
    'the first links are no news, and while networkd is not heard nothing is compared',
    marbles(({ hot, expectObservable }) => {
      const waiting: World['progress']['sources'] = new Map([['systemd-networkd', { is: 'waiting', why: '' }]]);
      const worlds = hot(' ab 1999ms c', {
        a: says({ kernel: { links: undefined } }),
        b: told(),
        c: told({ ...links({ ...eth0, operState: 3 }, eth1), progress: { sources: waiting } }),
      });
      expectObservable(worlds.pipe(networkdUnheard(eth0Down))).toBe('-');
    }),
  );

  test(
    'ends with the worlds, and unsubscribing reads no more',
    marbles(({ hot, expectObservable }) => {
      const asked: (string | number)[] = [];
      const read = files(() => ({ 2: down }), asked);
      const ended = hot(' ab 500ms |', { a: before, b: told() });
      expectObservable(ended.pipe(networkdUnheard(read))).toBe('502ms |');
      const worlds = hot(' ab', { a: before, b: told() });
      expectObservable(worlds.pipe(networkdUnheard(read)), '^ 900ms !').toBe('-');
      expect(asked).toEqual([]);
    }),
  );

  test(
    'a file that is never read holds nothing up, and a question that throws is a defect',
    marbles(({ hot, expectObservable }) => {
      const worlds = () => hot(' ab', { a: before, b: told() });
      expectObservable(worlds().pipe(networkdUnheard(() => NEVER))).toBe('-');
      const broken = (): never => {
        throw new Error('broken');
      };
      expectObservable(worlds().pipe(networkdUnheard(broken))).toBe('1001ms #', {}, new Error('broken'));
    }),
  );
});
