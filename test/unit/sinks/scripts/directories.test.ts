import { describe, expect, test } from '@jest/globals';
import type { LeaseEvent, NetworkEvent } from '../../../../src/model/event.js';
import { directoriesOf } from '../../../../src/sinks/scripts/directories.js';
import { link, linkState, managerState, lease, leaseEvent, inWords } from '../../../../src/testing/builders.js';

const eth0 = link(2, 'eth0');
const chosen = (event: NetworkEvent): string => directoriesOf(event).directories.join(' ');
const said = (event: NetworkEvent): string =>
  directoriesOf(event)
    .faults.map(({ message }) => message)
    .join('\n');

describe('directoriesOf', () => {
  test.each([
    [{ CarrierState: 'carrier' }, 'carrier.d'],
    [{ OperationalState: 'routable' }, 'routable.d'],
    [{ OperationalState: 'missing' }, 'missing.d'],
    [{ OnlineState: 'online' }, 'online.d'],
    [{ AdministrativeState: 'configured' }, 'configured.d'],
    [{ AdministrativeState: 'linger' }, 'linger.d'],
  ])('a state on the list chooses its directory: %j', (changed, directories) => {
    expect(chosen(linkState(eth0, inWords(changed)))).toBe(directories);
  });

  test('carrier, operational, online, administrative: in this order, whatever the order in the signal', () => {
    const event = linkState(eth0, {
      AdministrativeState: 'configured',
      OnlineState: 'online',
      OperationalState: 'routable',
      CarrierState: 'carrier',
    });
    expect(chosen(event)).toBe('carrier.d routable.d online.d configured.d');
  });

  test('policy rules choose rules.d', () => {
    expect(chosen({ kind: 'rule', changes: [] })).toBe('rules.d');
  });

  test('a sleep chooses suspend.d before it, resume.d after it', () => {
    expect(chosen({ kind: 'sleep', action: 'suspend' })).toBe('suspend.d');
    expect(chosen({ kind: 'sleep', action: 'resume' })).toBe('resume.d');
  });

  test('a directory that two properties choose runs once', () => {
    expect(chosen(linkState(eth0, { CarrierState: 'no-carrier', OperationalState: 'no-carrier' }))).toBe(
      'no-carrier.d',
    );
  });

  test('address states choose nothing: degraded arrives after no-carrier', () => {
    const event = linkState(eth0, { AddressState: 'degraded', IPv4AddressState: 'off', IPv6AddressState: 'routable' });
    expect(chosen(event)).toBe('');
    expect(said(event)).toBe('');
  });

  test.each(['../evil', 'routable/../../evil', '/etc', 'toString', '__proto__', 'Routable', 'routable '])(
    'a value that is not on the list runs nothing and is reported: %j',
    value => {
      const event = linkState(eth0, inWords({ OperationalState: value, CarrierState: 'carrier' }));
      expect(chosen(event)).toBe('carrier.d');
      expect(said(event)).toBe(
        `OperationalState is ${JSON.stringify(value)}, expected one of missing, off, no-carrier, dormant, ` +
          'degraded-carrier, carrier, enslaved, degraded, routable: no scripts run for it',
      );
    },
  );

  test('a state is looked up on the list of its own property only', () => {
    expect(chosen(linkState(eth0, inWords({ CarrierState: 'routable' })))).toBe('');
    expect(chosen(linkState(eth0, inWords({ OnlineState: 'configured' })))).toBe('');
  });

  test('an empty state says that it does not apply: nothing runs, nothing is reported', () => {
    const event = linkState(eth0, { OnlineState: '' });
    expect(chosen(event)).toBe('');
    expect(said(event)).toBe('');
  });

  test("networkd's own properties choose manager.d", () => {
    expect(chosen(managerState(inWords({ OperationalState: 'routable', OnlineState: 'whatever' })))).toBe('manager.d');
  });

  test('a lease: what is new of dhclient chooses routable.d, too; a mere renewal only if it is asked for', () => {
    const of = (event: LeaseEvent, scriptsOnRenewal?: boolean): string =>
      directoriesOf(event, scriptsOnRenewal).directories.join(' ');
    const one = lease('192.0.2.5');
    for (const action of ['bound', 'changed'] as const)
      expect(of(leaseEvent(eth0, action, one))).toBe('routable.d leases.d');
    for (const action of ['expired', 'released', 'lost', 'renewed'] as const)
      expect(of(leaseEvent(eth0, action, one))).toBe('leases.d');
    expect(of(leaseEvent(eth0, 'renewed', one), true)).toBe('routable.d leases.d');
    expect(of(leaseEvent(eth0, 'bound', one, { origin: 'systemd-networkd' }), true)).toBe('leases.d');
  });

  test("an extension's event chooses nothing", () => {
    expect(chosen({ kind: 'extension', extension: 'x', ifindex: 2, payload: 'routable' })).toBe('');
  });
});
