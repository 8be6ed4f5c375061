import { describe, expect, test } from '@jest/globals';
import { concat, filter, ignoreElements, map, merge, NEVER, type Observable, of, tap } from 'rxjs';
import { isRoute } from '../../src/model/event-guards.js';
import type { KernelSource } from '../../src/model/flow.js';
import type { Input } from '../../src/model/input.js';
import { link } from '../../src/testing/builders.js';
import { rtnetlinkSource } from '../../src/sources/kernel/source.js';
import { fakeKernel } from '../../src/testing/fake-kernel.js';
import { marbles } from '../../src/testing/marbles.js';
import { watchNetwork } from '../../src/watch.js';
import { linkNamed, linkStates } from '../../src/world/links-by-name.js';

const kernelSaying = (input$: Observable<Input>): KernelSource => ({
  name: 'kernel',
  inputs: () => input$,
  drain: () => undefined,
});
const fail = (error: unknown): never => {
  throw error;
};
const inputs: Readonly<Record<string, Input>> = {
  d: { kind: 'kernel-dump', afterLoss: false, addresses: [], links: [link(2, 'eth0', 'enp1s0')] },
  l: { kind: 'kernel', changes: [{ what: 'link', link: link(3, 'eth1') }] },
  n: { kind: 'networkd-link', ifindex: 2, changed: { OperationalState: 'routable' } },
};

describe('watchNetwork', () => {
  test(
    'tells events in their order while somebody listens, and unsubscribes from everything when nobody does',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const input$ = hot('-d-l-n--', inputs);
      const subs = '      ^------!';
      const expected = '  ---l-n-';
      const { event$ } = watchNetwork({ kernel: kernelSaying(input$), sources: [] });
      expectObservable(event$.pipe(map(({ kind }) => kind)), subs).toBe(expected, { l: 'link', n: 'link-state' });
      expectSubscriptions(input$.subscriptions).toBe(subs);
    }),
  );

  test(
    'a late listener is given the newest world at once, and shares the one broker',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const input$ = hot('-d-l-n--', inputs);
      const { event$, world$ } = watchNetwork({ kernel: kernelSaying(input$), sources: [] });
      const count$ = world$.pipe(map(({ kernel: { links } }) => String(links?.size)));
      expectObservable(event$.pipe(map(({ kind }) => kind)), '^------!').toBe('---l-n-', {
        l: 'link',
        n: 'link-state',
      });
      expectObservable(count$, '----^-!').toBe('----22', { 2: '2' });
      expectSubscriptions(input$.subscriptions).toBe('^------!');
    }),
  );

  test(
    'a second listener to events shares the broker: it is told from then on, nothing of before, and in the same order',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const input$ = hot('-d-l-n--', inputs);
      const first = '     ^------!';
      const second = '    ----^--!';
      const { event$ } = watchNetwork({ kernel: kernelSaying(input$), sources: [] });
      const kind$ = event$.pipe(map(({ kind }) => kind));
      const values = { l: 'link', n: 'link-state' };
      expectObservable(kind$, first).toBe('---l-n-', values);
      expectObservable(kind$, second).toBe('-----n-', values);
      expectSubscriptions(input$.subscriptions).toBe(first);
    }),
  );

  test(
    'whoever listens first once all have left has a new broker: events are told and counted from the beginning',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const input$ = cold('-dl-', inputs);
      const first = '      ^---!';
      const second = '     ------^---!';
      const { step$ } = watchNetwork({ kernel: kernelSaying(input$), sources: [] });
      const id$ = step$.pipe(map(({ id, event }) => `${id} ${event.kind}`));
      expectObservable(id$, first).toBe(' --l-', { l: '1 link' });
      expectObservable(id$, second).toBe('--------l-', { l: '1 link' });
      expectSubscriptions(input$.subscriptions).toBe([first, second]);
    }),
  );

  test(
    'who comes when all others have left is told nothing of what was so then',
    marbles(({ hot, expectObservable }) => {
      const input$ = hot('-d------d', inputs);
      const { world$ } = watchNetwork({ kernel: kernelSaying(input$), sources: [] });
      const count$ = world$.pipe(map(({ kernel: { links } }) => links?.size ?? 'unknown'));
      const values = { 1: 1, u: 'unknown' };
      expectObservable(count$, '^---!').toBe('u1', values);
      expectObservable(count$, '-----^---!').toBe('-----u--1', values);
    }),
  );

  test(
    'routes are told of if they are asked for',
    marbles(({ cold, expectObservable }) => {
      const kernel = fakeKernel();
      kernel.ip('link add eth0');
      const ip$ = cold('   -r-|', { r: 'route add 198.51.100.0/24 dev eth0' });
      const expected = '   - 100ms r';
      const { event$ } = watchNetwork({ kernel: rtnetlinkSource(kernel), sources: [], routes: true });
      const done$ = ip$.pipe(
        tap(command => kernel.ip(command)),
        ignoreElements(),
      );
      const routes$ = event$.pipe(
        filter(isRoute),
        map(({ name, changes }) => `${name} ${changes.map(({ action, route }) => `${action} ${route}`).join()}`),
      );
      expectObservable(merge(routes$, done$)).toBe(expected, { r: 'eth0 added 198.51.100.0/24 table main' });
    }),
  );

  test('a link is found by any of its names, and so are its states', () => {
    const values: Record<string, string | undefined>[] = [];
    const broker = { kernel: kernelSaying(concat(of(inputs.d!, inputs.n!), NEVER)), sources: [] };
    const seen$ = watchNetwork(broker).world$.pipe(
      tap(world =>
        values.push({ name: linkNamed(world, 'eth0')?.name, state: linkStates(world, 'enp1s0').OperationalState }),
      ),
    );
    seen$.subscribe({ error: fail }).unsubscribe();
    expect(values.at(-1)).toEqual({ name: 'eth0', state: 'routable' });
    expect(values.at(0)).toEqual({ name: 'eth0', state: undefined });
  });
});
