import { describe, expect, test } from '@jest/globals';
import type { Route } from '@network-stack/netlink';
import type { RouteChange } from '../../../../src/model/route/route.js';
import { createRouteNews } from '../../../../src/sources/kernel/route-news.js';
import { netlinkMessage, netlinkRoute } from '../../../support/fake-rtnetlink.js';

const NLM_F_REPLACE = 0x100;
const NLM_F_APPEND = 0x800;
const route = (gateway: string, changes: Partial<Route> = {}): Route =>
  netlinkRoute('0.0.0.0/0', 2, { gateway, ...changes });
const first = route('192.0.2.1');
const second = route('192.0.2.2');

const news = (most?: number) => {
  const { ofRoute, learn, forget } = createRouteNews(most);
  const is = (one: Route, flags = 0): RouteChange => ofRoute(netlinkMessage('new', one, flags), one);
  const gone = (one: Route): RouteChange => ofRoute(netlinkMessage('delete', one), one);
  return { is, gone, learn, forget, replaced: (one: Route) => is(one, NLM_F_REPLACE) };
};

describe('news of routes', () => {
  test('a route that is changed says what it was', () => {
    const { is, replaced, gone } = news();
    expect(is(first)).toEqual({ action: 'added', route: 'default via 192.0.2.1 table main' });
    expect(replaced(second)).toEqual({
      action: 'changed',
      route: 'default via 192.0.2.2 table main',
      was: 'default via 192.0.2.1 table main',
    });
    expect(replaced(first)).toMatchObject({ was: 'default via 192.0.2.2 table main' });
    expect(gone(first)).toEqual({ action: 'removed', route: 'default via 192.0.2.1 table main' });
    expect(replaced(second)).not.toHaveProperty('was');
  });

  test('what there was before anybody listened is learned, but never believed against what was heard', () => {
    const { replaced, is, learn, forget } = news();
    learn([first, netlinkRoute('10.0.0.0/8', 2)]);
    expect(replaced(second)).toMatchObject({ was: 'default via 192.0.2.1 table main' });
    learn([first]);
    expect(replaced(first)).toMatchObject({ was: 'default via 192.0.2.2 table main' });
    forget();
    expect(is(second)).toEqual({ action: 'added', route: 'default via 192.0.2.2 table main' });
    expect(replaced(first)).toMatchObject({ was: 'default via 192.0.2.2 table main' });
  });

  test('another table, family, metric or type of service is another route', () => {
    const others = [{ table: 42 }, { priority: 7 }, { tos: 8 }];
    for (const other of others) {
      const { is, replaced } = news();
      is(first);
      expect(replaced(route('192.0.2.2', other))).not.toHaveProperty('was');
    }
  });

  test('of IPv4 routes on one place the first is replaced; an IPv6 one that grows is one route', () => {
    const { is, replaced } = news();
    is(first);
    is(second, NLM_F_APPEND);
    expect(replaced(route('192.0.2.3'))).toMatchObject({ was: 'default via 192.0.2.1 table main' });
    const six = (gateway: string): Route => route(gateway, { family: 10, destination: '::/0' });
    is(six('fe80::1'));
    is(six('fe80::2'), NLM_F_APPEND);
    expect(replaced(six('fe80::3'))).toMatchObject({ was: 'default via fe80::2 table main' });
  });

  test('only so many are remembered, the newest', () => {
    const { is, replaced } = news(2);
    const [a, b, c] = ['10.0.0.0/8', '10.1.0.0/16', '10.2.0.0/16'].map(to => netlinkRoute(to, 2));
    for (const one of [a, b, c]) if (one) is(one);
    const now = (to: string) => replaced(netlinkRoute(to, 3, { prefsrc: '192.0.2.5' }));
    expect(now('10.0.0.0/8')).not.toHaveProperty('was');
    expect(now('10.2.0.0/16')).toMatchObject({ was: '10.2.0.0/16 table main' });
  });
});
