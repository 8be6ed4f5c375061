// @ts-check
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EMPTY, map, Subject } from 'rxjs';
import { address, extensionKit, linkState, marbles, steps } from 'network-event-broker/testing';
import { webhook } from './webhook.mjs';

const values = steps({
  r: linkState('ens33', 'routable', 'degraded'),
  d: linkState('ens33', 'degraded', 'routable'),
  o: linkState('ens34', 'routable'),
  x: address('ens33', '192.0.2.5/24'),
  y: linkState('ens33', { AdministrativeState: 'configured' }),
});
const bodies = {
  r: '{"link":"ens33","state":"routable"}',
  d: '{"link":"ens33","state":"degraded"}',
  o: '{"link":"ens34","state":"routable"}',
};

/** The sink, and what it reports. @param {(body: string) => import('rxjs').Observable<unknown>} post */
const consume = post => {
  const [sink] = webhook(post)(extensionKit).sinks ?? [];
  assert(sink);
  /** @type {Subject<import('network-event-broker').Fault>} */
  const fault$ = new Subject();
  /** @param {import('rxjs').Observable<import('network-event-broker').Step>} step$ */
  const run = step$ => sink({ step$, world$: EMPTY }, fault => fault$.next(fault));
  return { run, fault$ };
};

describe('the webhook', () => {
  test(
    'is told of operational states, one link after the other, links side by side',
    marbles(({ hot, cold, expectObservable }) => {
      const step$ = hot('-x-y-ro--d|', values);
      const post = '          ------|';
      const posted = '   -----ro----d';
      const ended = '    -----------------|';
      const posted$ = new Subject();
      const { run } = consume(body => {
        posted$.next(body);
        return cold(post);
      });
      expectObservable(posted$).toBe(posted, bodies);
      expectObservable(run(step$)).toBe(ended);
    }),
  );

  test(
    'is tried three times more, then given up with a fault',
    marbles(({ hot, cold, expectObservable }) => {
      const step$ = hot('-r 10s d', values);
      const posted = '   -r 999ms r 1999ms r 3999ms r 3000ms d 999ms d';
      const faults = '   - 7s f';
      const posted$ = new Subject();
      const { run, fault$ } = consume(body => {
        posted$.next(body);
        return cold('#', {}, new Error('refused'));
      });
      expectObservable(posted$, '^ 12s !').toBe(posted, bodies);
      expectObservable(fault$.pipe(map(({ message }) => message)), '^ 12s !').toBe(faults, {
        f: `${bodies.r} was not posted: refused`,
      });
      expectObservable(run(step$), '^ 12s !').toBe('-');
    }),
  );
});
