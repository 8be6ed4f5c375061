import { describe, expect, test } from '@jest/globals';
import { withFacts } from '../../../src/root/facts.js';

const facts = { ifindex: 2, carrierState: 'carrier', addresses: new Set(['192.0.2.5', '2001:db8::5']) };
const told = (
  variables: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  known: typeof facts | undefined = facts,
) => withFacts({ variables, withheld: [], link: 'eth0' }, args, known);
const unknown = (variables: Readonly<Record<string, string>>, args: readonly string[] = []) =>
  withFacts({ variables, withheld: [], link: 'eth0' }, args, undefined);

describe('what the kernel says', () => {
  test('counts, whatever was asked for: the index and the carrier of the link', () => {
    expect(told({ LINKINDEX: '99', CarrierState: 'no-carrier', OperationalState: 'off' })).toEqual({
      variables: { LINKINDEX: '2', CarrierState: 'carrier', OperationalState: 'off' },
    });
  });

  test('leaves a degraded carrier, which is seen from the ports of the link', () => {
    expect(told({ CarrierState: 'degraded-carrier' })).toEqual({ variables: { CarrierState: 'degraded-carrier' } });
  });

  test('takes addresses that the link does not have out of its lists', () => {
    const lists = { ADDR: '192.0.2.9', IP_ADDRS: '192.0.2.9 192.0.2.5', IP6_ADDRS: '2001:DB8::5/64 2001:db8::6' };
    expect(told(lists)).toEqual({ variables: { ADDR: '', IP_ADDRS: '192.0.2.5', IP6_ADDRS: '2001:DB8::5/64' } });
    const manager = { IP4_ADDRESS_0: '192.0.2.9/24 192.0.2.1', IP4_ADDRESS_1: '192.0.2.5/24' };
    expect(told(manager, ['eth0', 'up'])).toEqual({ variables: { IP4_ADDRESS_1: '192.0.2.5/24' } });
    expect(told(manager, ['eth0', 'down'])).toEqual({ variables: manager });
  });

  test('refuses a link that there is not', () => {
    expect(unknown({ LINK: 'eth0', STATE: 'routable' })).toEqual({
      refused: 'expected a link that the kernel knows, found eth0',
    });
    expect(unknown({}, ['eth0', 'up'])).toEqual({ refused: expect.stringMatching(/^expected a link/) });
  });

  test.each([
    [{ LINK: 'eth0', ACTION: 'removed' }, []],
    [{ LINK: 'eth0', ACTION: 'lost' }, []],
    [{ LINK: 'eth0', EVENT: 'route' }, []],
    [{ IFACE: 'eth0', STATE: 'off' }, []],
    [{ DEVICE_IFACE: 'eth0' }, ['eth0', 'down']],
  ])('leaves one of which something has ended as it is: %j %j', (variables, args) => {
    expect(unknown({ ...variables }, args)).toEqual({ variables });
  });

  test('is not asked of what is of no link', () => {
    const variables = { ACTION: 'suspend' };
    expect(withFacts({ variables, withheld: [], link: '' }, [], undefined)).toEqual({ variables });
  });
});
