import { describe, expect, test } from '@jest/globals';
import { EMPTY, of, timer } from 'rxjs';
import { type Acted, nothingActed } from '../../../../src/model/checkpoint.js';
import { fault } from '../../../../src/model/fault.js';
import type { Outcome } from '../../../../src/model/outcome.js';
import { persist } from '../../../../src/daemon/state/persist.js';
import { address, link, linkState, step, world } from '../../../../src/testing/builders.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { testLaws } from '../../laws.js';
import type { States } from '../../../../src/model/states.js';

const eth0 = link(2, 'eth0');
const eth1 = link(3, 'eth1');
const here = world([eth0, eth1]);
const routable: States = { OperationalState: 'routable' };
const one = step(1, linkState(eth0, routable), here);
const two = step(2, linkState(eth1, routable), here);
/** It is quiet at once. */
const at$ = of(0);
const outcomes: Record<string, Outcome> = {
  b: { kind: 'began', step: one },
  d: { kind: 'done', step: one },
  B: { kind: 'began', step: two },
  D: { kind: 'done', step: two },
  o: { kind: 'script-output', script: 'x', step: one, stream: 'stdout', line: '' },
};

describe('remember', () => {
  testLaws(() => persist(nothingActed, () => EMPTY, at$));

  test('passes every outcome on and writes what is running, then what was acted on', () => {
    const written: Acted[] = [];
    const write = (acted: Acted) => {
      written.push(acted);
      return EMPTY;
    };
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-b-o-d-|', outcomes).pipe(persist(nothingActed, write, at$))).toBe('-b-o-d-|', outcomes);
    })();
    expect(written).toEqual([
      { ...nothingActed, lastId: 1, running: new Map([[2, routable]]) },
      { ...nothingActed, lastId: 1, links: new Map([[2, routable]]) },
    ]);
  });

  test('the newest is written when it is quiet, also after the end', () => {
    const written: number[] = [];
    marbles(({ hot, expectObservable }) => {
      const write = (acted: Acted) => {
        written.push(acted.running.size * 10 + acted.links.size);
        return EMPTY;
      };
      const kept$ = hot('-bd---BD|', outcomes).pipe(persist(nothingActed, write, timer(3)));
      expectObservable(kept$).toBe('-bd---BD-|', outcomes);
    })();
    expect(written).toEqual([1, 2]);
  });

  test('an id alone is written with the next event that is, or at the end', () => {
    const written: Acted[] = [];
    const added = step(9, { kind: 'link', action: 'added', ifindex: 2, name: 'eth0', oldName: '' }, here);
    marbles(({ hot, expectObservable }) => {
      const said: Record<string, Outcome> = { ...outcomes, a: { kind: 'done', step: added } };
      const write = (acted: Acted) => {
        written.push(acted);
        return EMPTY;
      };
      expectObservable(hot('-a-d-|', said).pipe(persist(nothingActed, write, at$))).toBe('-a-d-|', said);
      expectObservable(hot('-a-|', said).pipe(persist(nothingActed, write, at$))).toBe('-a-|', said);
    })();
    expect(written).toEqual([
      { ...nothingActed, lastId: 9, links: new Map([[2, routable]]) },
      { ...nothingActed, lastId: 9 },
    ]);
  });

  test('an address that went is written at once: a kill must not make it go once more', () => {
    const written: Acted[] = [];
    const gone = step(
      3,
      { kind: 'address', action: 'removed', ifindex: 2, name: 'eth0', address: address(2, '192.0.2.5/24') },
      here,
    );
    const start = { ...nothingActed, addresses: new Map([[2, ['192.0.2.5/24']]]) };
    marbles(({ hot, expectObservable }) => {
      const said: Record<string, Outcome> = { g: { kind: 'done', step: gone } };
      const write = (acted: Acted) => {
        written.push(acted);
        return EMPTY;
      };
      const subs = '^---!';
      expectObservable(hot('-g-', said).pipe(persist(start, write, at$)), subs).toBe('-g-', said);
    })();
    expect(written).toEqual([{ ...nothingActed, lastId: 3 }]);
  });

  test(
    'a file that cannot be written is a fault and stops nothing',
    marbles(({ hot, expectObservable }) => {
      const full = fault('state-unwritten', 'no space left');
      const source = hot('-b-----d----|', outcomes);
      const expected = '  -(bf)--(df)-|';
      expectObservable(source.pipe(persist(nothingActed, () => of(full), at$))).toBe(expected, {
        ...outcomes,
        f: full,
      });
    }),
  );

  test('what asks to be written again is, unless something newer is first', () => {
    const written: number[] = [];
    marbles(({ hot, expectObservable }) => {
      const write = (acted: Acted, again: (ms: number) => void) => {
        written.push(acted.running.size * 10 + acted.links.size);
        if (written.length < 3) again(3);
        return EMPTY;
      };
      expectObservable(hot('-b------d------|', outcomes).pipe(persist(nothingActed, write, at$))).toBe(
        '-b------d------|',
        outcomes,
      );
    })();
    expect(written).toEqual([10, 10, 10, 1]);
  });

  test(
    'unsubscribing gives up what was to be written',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-b------', outcomes);
      const subs = '      ^--!';
      const quiet$ = cold<never>('-');
      expectObservable(source.pipe(persist(nothingActed, () => EMPTY, quiet$)), subs).toBe('-b', outcomes);
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectSubscriptions(quiet$.subscriptions).toBe('-^-!');
    }),
  );

  test(
    'a writer that throws is an error of the result: a defect',
    marbles(({ hot, expectObservable }) => {
      const broken = (): never => {
        throw new Error('broken');
      };
      const remembered$ = hot('-b---', outcomes).pipe(persist(nothingActed, broken, at$));
      expectObservable(remembered$).toBe('-(b#)', outcomes, new Error('broken'));
    }),
  );
});
