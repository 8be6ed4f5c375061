import { describe, expect, test } from '@jest/globals';
import { requestedEvent } from '../../../../src/sinks/scripts/requested-event.js';
import { address, bound, config, lease, link, type Slices, world } from '../../../../src/testing/builders.js';

const eth0 = link(2, 'eth0', 'enp1s0');
const asked = (who: string, what: string, slices: Slices = {}) => {
  const answer = requestedEvent(world([eth0, link(3, '7')], config(), slices), who, what);
  return 'wrong' in answer ? answer.wrong : answer.event;
};
const news = { previous: {}, rerun: false };

describe('whom it is about', () => {
  test.each(['eth0', 'enp1s0', '2'])('a link by its name, its alternative name or its ifindex: %s', who => {
    expect(asked(who, 'routable')).toMatchObject({ kind: 'link-state', ifindex: 2, name: 'eth0' });
  });

  test('a name goes before an ifindex', () => {
    expect(asked('7', 'routable')).toMatchObject({ ifindex: 3, name: '7' });
  });

  test('systemd-networkd itself', () => {
    expect(asked('manager', 'online')).toEqual({ kind: 'manager-state', changed: { OnlineState: 'online' }, ...news });
  });

  test('nobody: the nearest name is shown, or all', () => {
    expect(asked('eht0', 'routable')).toBe("there is no link 'eht0'; did you mean eth0?");
    expect(asked('wlan17', 'routable')).toBe("there is no link 'wlan17'; expected one of eth0, enp1s0, 7, manager");
  });
});

describe('what became of it', () => {
  const changed = (what: string) => asked('eth0', what);

  test('a word is every property that can have it, in the order in which their directories run', () => {
    expect(changed('routable')).toMatchObject({ changed: { OperationalState: 'routable' } });
    expect(changed('no-carrier')).toMatchObject({
      changed: { CarrierState: 'no-carrier', OperationalState: 'no-carrier' },
    });
    expect(changed('configured')).toMatchObject({ changed: { AdministrativeState: 'configured' } });
    expect(changed('partial.d')).toMatchObject({ changed: { OnlineState: 'partial' } });
  });

  test('properties are what they say, whatever it is', () => {
    expect(changed('CarrierState=carrier,OperationalState=degraded')).toMatchObject({
      changed: { CarrierState: 'carrier', OperationalState: 'degraded' },
    });
    expect(changed('AddressState=x')).toMatchObject({ changed: { AddressState: 'x' } });
  });

  test('the sleep of this computer is asked about as that of its manager', () => {
    const asked = (what: string) => requestedEvent(world([]), 'manager', what);
    expect(asked('suspend.d')).toEqual({ event: { kind: 'sleep', action: 'suspend' } });
    expect(asked('resume.d')).toEqual({ event: { kind: 'sleep', action: 'resume' } });
  });

  test('what is of no link is not asked about as that of one', () => {
    expect(changed('suspend.d')).toBe("suspend.d is of no link: expected 'manager', found 'eth0'");
  });

  test('an unknown word: the nearest is shown, or all', () => {
    expect(changed('routabel')).toBe("there is no state 'routabel'; did you mean routable?");
    expect(changed('../../etc')).toMatch(
      /^there is no state '..\/..\/etc'; expected one of off, no-carrier, .*routes\.d$/,
    );
    expect(changed('Carrier State=off')).toMatch(/^there is no state 'Carrier State=off'/);
  });

  test('a directory of something else: what is there, as if it had just come', () => {
    expect(changed('links.d')).toMatchObject({ kind: 'link', action: 'added', name: 'eth0' });
    expect(changed('routes.d')).toMatchObject({ kind: 'route', ifindex: 2, changes: [] });
    const one = address(2, '192.0.2.5/24');
    expect(
      asked('eth0', 'addresses.d', { kernel: { addresses: new Map([[2, new Map([['x', one]])]]) } }),
    ).toMatchObject({
      kind: 'address',
      action: 'added',
      address: one,
    });
    expect(asked('eth0', 'leases.d', { leases: { bound: bound([2, lease('192.0.2.5')]) } })).toMatchObject({
      kind: 'lease',
      action: 'bound',
      origin: 'dhclient',
    });
  });

  test('and why there can be none', () => {
    expect(changed('addresses.d')).toBe('eth0 has no address to run addresses.d for');
    expect(changed('leases.d')).toBe('eth0 has no lease to run leases.d for');
    expect(asked('manager', 'links.d')).toMatch(/^there is no state 'links.d'/);
  });
});
