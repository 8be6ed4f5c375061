import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { concat, map, merge, NEVER, of, timer } from 'rxjs';
import { newsOf } from '../../../src/sources/networkd/bus-messages.js';
import { config } from '../../../src/testing/builders.js';
import { networkdSaying, play, said, snapshotOf, withScripts } from '../../support/broker.js';

/** PropertiesChanged signals that a real systemd-networkd sent, with the milliseconds at which it did. */
const captured = readFileSync(new URL('../../fixtures/networkd-signals.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line.includes('"PropertiesChanged"'))
  .flatMap(line => {
    const {
      path,
      payload,
      'timestamp-realtime': at,
    } = JSON.parse(line) as {
      path: string;
      'timestamp-realtime': number;
      payload: { data: [string, Record<string, { data: unknown }>] };
    };
    const [iface, properties] = payload.data;
    const news = newsOf({
      path,
      body: [iface, Object.fromEntries(Object.entries(properties).map(([k, { data }]) => [k, data]))],
    });
    return news?.of === 'link' ? [{ at: Math.floor(at / 1000), input: said(news.ifindex, news.changed) }] : [];
  });
const began = captured[0]!.at;

const replayed$ = merge(...captured.map(({ at, input }) => timer(at - began + 1).pipe(map(() => input))), NEVER);
const atStart = snapshotOf({
  2: {
    CarrierState: 'carrier',
    OperationalState: 'routable',
    AdministrativeState: 'configured',
    OnlineState: 'online',
  },
});

const runs = (log: readonly string[]): readonly string[] =>
  log.filter(line => line.includes(' run ')).map(line => line.replace(/^\d+ run /, '').replace('/10-a', ''));

describe('createBroker', () => {
  test('over a captured series each transition runs each matching directory exactly once, in order', () => {
    const { processes, sink } = withScripts();
    play(() => ({ sources: [networkdSaying(concat(of(atStart), replayed$))], sinks: [sink] }), 20_000);
    expect(runs(processes.log)).toEqual([
      ...['carrier.d', 'routable.d', 'configured.d'], // at start
      ...['no-carrier.d'], // the cable is pulled: AddressState=degraded afterwards runs nothing
      ...['carrier.d', 'degraded.d', 'configuring.d', 'routable.d', 'configured.d'], // and plugged in
      ...['off.d'], // ip link set down, then up
      ...['no-carrier.d', 'carrier.d', 'configuring.d', 'routable.d', 'configured.d'],
      ...['off.d', 'off.d'], // two new links
    ]);
  });

  test('with DebounceSec the same series runs what holds in the end, routable behind the configured that follows it too', () => {
    const { processes, sink } = withScripts();
    const config$ = concat(of(config({ events: { debounceSec: 2 } })), NEVER);
    play(() => ({ config$, sources: [networkdSaying(replayed$)], sinks: [sink] }), 20_000);
    expect(runs(processes.log)).toEqual([
      ...['carrier.d', 'routable.d', 'configured.d'], // the cable is plugged in again: down and up in one
      ...['carrier.d', 'routable.d', 'configured.d'], // `ip link set down` and `up`: back where it was, without what hung on it
      ...['off.d', 'off.d'], // two new links
    ]);
  });

  test('a reload while a script runs leaves the script alone and applies to the next event', () => {
    const { processes, sink } = withScripts(() => ({ takes: 100 }));
    play(({ hot }) => ({
      config$: hot('a--------b', {
        a: config({ scripts: { timeoutSec: 1 } }),
        b: config({ network: { links: ['eth1'] } }),
      }),
      sources: [
        networkdSaying(
          hot('--c--------------d-e', {
            c: said(2, { OperationalState: 'routable' }),
            d: said(2, { OperationalState: 'carrier' }),
            e: said(3, { OperationalState: 'carrier' }),
          }),
        ),
      ],
      sinks: [sink],
    }));
    expect(processes.log).toEqual([
      '2 run routable.d/10-a',
      '19 run carrier.d/10-a',
      '102 exit routable.d/10-a',
      '119 exit carrier.d/10-a',
    ]);
  });
});
