import { expect, test } from '@jest/globals';
import type { NetworkEvent } from '../../../src/model/event.js';
import type { Step, World } from '../../../src/model/world.js';
import { lease as leaseOf } from '../../../src/testing/builders.js';
import { address, lease, linkNews, linkState, routes, said } from '../../../src/testing/events.js';
import { eventDetails, eventWords, subjectOf } from '../../../src/text/event-words.js';
import { describe } from '../../../src/text/log-records.js';
import { outcomeWords } from '../../../src/text/outcome-words.js';

const both = (event: NetworkEvent) => ({ words: eventWords(event), details: eventDetails(event) });
const joined: NetworkEvent = {
  ...address('eth0', '2001:db8::5/64'),
  earlier: [address('eth0', '192.0.2.5/24', 'removed')],
};
const networkd: NetworkEvent = {
  kind: 'manager-state',
  changed: { OnlineState: 'online' },
  previous: { OnlineState: 'partial' },
  rerun: false,
};

test('an event has one line of words, and all that it says in one or more', () => {
  expect(both(linkState('eth0', { CarrierState: 'carrier', OperationalState: 'routable' }))).toEqual({
    words: 'CarrierState=carrier OperationalState=routable',
    details: ['CarrierState=carrier, OperationalState=routable'],
  });
  expect(both(networkd)).toEqual({
    words: 'OnlineState=online',
    details: ['OnlineState=online (was partial)'],
  });
  const renamed = 'link renamed from enp3s0';
  expect(both(linkNews('eth0', 'renamed', 'enp3s0'))).toEqual({ words: renamed, details: [renamed] });
  const expired = 'lease of dhclient expired: 192.0.2.5';
  expect(both(lease('eth0', '192.0.2.5', { action: 'expired' }))).toEqual({ words: expired, details: [expired] });
  const bound = { ...lease('eth0', '::'), lease: leaseOf('::', { addresses: [], prefixes: ['2001:db8::/56'] }) };
  expect(both(bound).words).toBe('lease of dhclient bound: 2001:db8::/56');
  expect(both(joined)).toEqual({
    words: 'addresses changed: 2',
    details: ['address 192.0.2.5/24 removed', 'address 2001:db8::5/64 added'],
  });
  expect(both(routes('eth0', 'added 10.0.0.0/8 table main', 'removed default table main'))).toEqual({
    words: 'routes changed: 2',
    details: ['route added 10.0.0.0/8 table main', 'route removed default table main'],
  });
  expect(both(said('webhook', { posted: 3 }))).toEqual({ words: 'event', details: ['{"posted":3}'] });
});

test('it is about a link, networkd or an extension', () => {
  const unnamed = { ...linkState('eth0', 'routable'), name: '' };
  const subjects = [linkState('eth0', 'routable'), unnamed, networkd, said('webhook', 1)].map(subjectOf);
  expect(subjects).toEqual(['eth0', 'link 2', 'systemd-networkd', 'webhook']);
});

test('log and diagram say the same in the same words', () => {
  for (const event of [
    linkNews('eth0', 'renamed', 'enp3s0'),
    lease('eth0', '192.0.2.5'),
    joined,
    routes('eth0', 'added default table main'),
  ]) {
    const step: Step = { id: 1, at: 0, event, world: {} as World };
    expect(describe({ kind: 'seen', step })[0]?.message).toBe(`Link='eth0' ifindex='2' ${eventWords(event)}`);
    expect(outcomeWords({ kind: 'seen', step })).toEqual([`eth0: ${eventWords(event)}`]);
  }
});
