import { describe, expect, test } from '@jest/globals';
import { config } from '../../../src/testing/builders.js';
import { address, lease, linkNews, linkState, routes, said, theLink } from '../../../src/testing/events.js';
import { steps } from '../../../src/testing/steps.js';

describe('values of diagrams', () => {
  test('a name stands for the same link everywhere', () => {
    expect(linkState('ens33', 'routable')).toMatchObject({
      kind: 'link-state',
      ifindex: theLink('ens33').ifindex,
      name: 'ens33',
      changed: { OperationalState: 'routable' },
    });
    expect(address('ens33', '192.0.2.5/24')).toMatchObject({
      action: 'added',
      ifindex: theLink('ens33').ifindex,
      address: { address: '192.0.2.5', prefixLength: 24, family: 'ipv4', ifindex: theLink('ens33').ifindex },
    });
    expect(theLink('ens34').ifindex).not.toBe(theLink('ens33').ifindex);
  });

  test('a lease says its link, its address and what else is given', () => {
    expect(lease('ens33', '192.0.2.5', { dns: ['192.0.2.53'], action: 'renewed' })).toMatchObject({
      kind: 'lease',
      action: 'renewed',
      name: 'ens33',
      lease: { link: 'ens33', addresses: ['192.0.2.5'], dns: ['192.0.2.53'] },
    });
  });

  test('routes, links and extensions are told in their own words', () => {
    expect(routes('ens33', 'added 10.0.0.0/8 via 192.0.2.1 table main').changes).toEqual([
      { action: 'added', route: '10.0.0.0/8 via 192.0.2.1 table main' },
    ]);
    expect(linkNews('lan0', 'renamed', 'eth0')).toMatchObject({ name: 'lan0', oldName: 'eth0' });
    expect(said('webhook', 1)).toEqual({ kind: 'extension', extension: 'webhook', ifindex: 0, payload: 1 });
  });

  test('each step’s world knows what was told up to it', () => {
    const { ifindex } = theLink('ens33');
    const { a, b, c } = steps({
      a: linkState('ens33', { CarrierState: 'carrier' }),
      b: linkState('ens33', 'routable'),
      c: address('ens33', '192.0.2.5/24'),
    });
    expect([a, b, c].map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(a.world.networkd.states.get(ifindex)).toEqual({ CarrierState: 'carrier' });
    expect(b.world.networkd.states.get(ifindex)).toEqual({ CarrierState: 'carrier', OperationalState: 'routable' });
    expect([...(c.world.kernel.addresses.get(ifindex)?.keys() ?? [])]).toEqual(['192.0.2.5/24']);
    expect(a.world.kernel.addresses.size).toBe(0);
  });

  test('a link that was removed is no longer in the world', () => {
    const { a, b } = steps({ a: linkState('ens33', 'off'), b: linkNews('ens33', 'removed') });
    expect(a.world.kernel.links?.size).toBe(1);
    expect(b.world.kernel.links?.size).toBe(0);
  });

  test('links that are given are there as they are, with their master and kind; one that an event adds comes with it', () => {
    const br0 = { ...theLink('br0'), kind: 'bridge' };
    const port = { ...theLink('ens33'), master: br0.ifindex, kind: 'veth' };
    const later = { ...theLink('ens40'), master: br0.ifindex, kind: 'dummy' };
    const { a, b, c } = steps(
      {
        a: linkState(port, 'enslaved'),
        b: linkNews(later, 'added'),
        c: linkNews({ ...port, name: 'lan0' }, 'renamed', 'ens33'),
      },
      { links: [br0, port, later], config: config({ network: { links: ['lan*'] } }) },
    );
    expect([...(a.world.kernel.links?.values() ?? [])]).toEqual([br0, port]);
    expect(b.world.kernel.links?.get(later.ifindex)).toEqual(later);
    expect(c.world.kernel.links?.get(port.ifindex)).toEqual({ ...port, name: 'lan0' });
    expect(c.world.config?.network.links).toEqual(['lan*']);
  });
});
