import { expect, test } from '@jest/globals';
import { inWords } from '../../../src/testing/builders.js';
import { eventLines } from '../../../src/text/event-lines.js';
import type { NetworkEvent } from '../../../src/model/event.js';
import { address, lease, linkNews, linkState, routes, said } from '../../../src/testing/events.js';
import type { States } from '../../../src/model/states.js';

const paint = (colour: number) => (text: string) => ({ 31: `-${text}-`, 32: `+${text}+`, 36: text })[colour] ?? text;
const shown = (event: NetworkEvent): string => eventLines(event, '12:00', paint).join('\n');

test('an event is a line with the time, the link and what is so now, good and bad words in colours', () => {
  const changed: States = { CarrierState: 'carrier', OperationalState: 'routable' };
  expect(shown(linkState('eth0', changed, { OperationalState: 'no-carrier' }))).toBe(
    '12:00 eth0 (2): CarrierState=carrier, OperationalState=+routable+ (was no-carrier)',
  );
  expect(shown(linkState('eth0', 'no-carrier'))).toBe('12:00 eth0 (2): OperationalState=-no-carrier-');
  expect(shown(address('eth0', '192.0.2.5/24'))).toBe('12:00 eth0 (2): address 192.0.2.5/24 +added+');
  expect(shown({ ...address('eth0', '2001:db8::5/64'), earlier: [address('eth0', '192.0.2.5/24', 'removed')] })).toBe(
    '12:00 eth0 (2): address 192.0.2.5/24 -removed-\n12:00 eth0 (2): address 2001:db8::5/64 +added+',
  );
  expect(shown(linkNews('eth0', 'renamed', 'enp3s0'))).toBe('12:00 eth0 (2): link renamed from enp3s0');
  expect(shown(lease('eth0', '192.0.2.5', { action: 'expired' }))).toBe(
    '12:00 eth0 (2): lease of dhclient -expired-: 192.0.2.5',
  );
  expect(shown({ kind: 'manager-state', changed: { OnlineState: 'online' }, previous: {}, rerun: false })).toBe(
    '12:00 systemd-networkd: OnlineState=+online+',
  );
  expect(shown(said('webhook', { posted: 3 }))).toBe('12:00 webhook: {"posted":3}');
});

test('each route has its line', () => {
  expect(shown(routes('eth0', 'added 10.0.0.0/8 via 192.0.2.1 table main', 'removed default table main'))).toBe(
    `12:00 eth0 (2): route +added+ 10.0.0.0/8 via 192.0.2.1 table main
12:00 eth0 (2): route -removed- default table main`,
  );
});

test('a name or a value cannot make a line look like another one', () => {
  expect(
    shown(
      linkState('eth\n0', inWords({ OperationalState: 'rout\u001b[2Jable' }), inWords({ OperationalState: 'off\n' })),
    ),
  ).toMatch(/^12:00 eth\\x0a0 \(\d\): OperationalState=rout\\x1b\[2Jable \(was off\\x0a\)$/);
});
