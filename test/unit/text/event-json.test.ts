import { expect, test } from '@jest/globals';
import { eventJson } from '../../../src/text/event-json.js';
import { address, lease, linkNews, linkState, routes, said } from '../../../src/testing/events.js';
import { steps } from '../../../src/testing/steps.js';

test('an event for programs has the time, its id, its kind, its link and the fields of its kind', () => {
  const all = steps({
    a: linkState('eth0', 'routable', 'degraded'),
    b: address('eth0', '192.0.2.5/24', 'removed'),
    c: linkNews('eth0', 'renamed', 'enp3s0'),
    d: routes('eth0', 'added 10.0.0.0/8 via 192.0.2.1 table main'),
    e: lease('eth0', '192.0.2.5', { expire: 'never' }),
    f: { kind: 'manager-state', changed: { OnlineState: 'online' }, previous: {}, rerun: false },
    g: said('webhook', { posted: 3 }),
  });
  const text = Object.values(all)
    .map(step => JSON.stringify(eventJson(step)).replace('"time":"1970-01-01T00:00:00.000Z",', ''))
    .join('\n');
  expect(text)
    .toBe(`{"id":1,"kind":"link-state","link":"eth0","ifindex":2,"changed":{"OperationalState":"routable"},"previous":{"OperationalState":"degraded"}}
{"id":2,"kind":"address","link":"eth0","ifindex":2,"action":"removed","address":"192.0.2.5/24","family":"ipv4","scope":"global"}
{"id":3,"kind":"link","link":"eth0","ifindex":2,"action":"renamed","oldLink":"enp3s0"}
{"id":4,"kind":"route","link":"eth0","ifindex":2,"changes":[{"action":"added","route":"10.0.0.0/8 via 192.0.2.1 table main"}]}
{"id":5,"kind":"lease","link":"eth0","ifindex":2,"action":"bound","client":"dhclient","family":"ipv4","addresses":["192.0.2.5"],"prefixes":[],"expire":"never","changes":[]}
{"id":6,"kind":"manager-state","changed":{"OnlineState":"online"},"previous":{}}
{"id":7,"kind":"extension","ifindex":0,"extension":"webhook","payload":{"posted":3}}`);
});

test('several addresses are a list of changes', () => {
  const [one, other] = [address('eth0', '192.0.2.5/24', 'removed'), address('eth0', 'fe80::5/64')];
  const { a } = steps({ a: { ...other, earlier: [one] } });
  expect(eventJson(a)).toMatchObject({
    kind: 'address',
    action: 'several',
    changes: [
      { action: 'removed', address: '192.0.2.5/24', family: 'ipv4', scope: 'global' },
      { action: 'added', address: 'fe80::5/64', family: 'ipv6', scope: 'global' },
    ],
  });
});

test('its time is when it happened', () => {
  const { a } = steps({ a: linkState('eth0', 'routable') });
  expect(eventJson({ ...a, at: Date.UTC(2026, 1, 3, 4, 5, 6, 7) })).toMatchObject({ time: '2026-02-03T04:05:06.007Z' });
});
