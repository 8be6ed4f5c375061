import { describe, expect, test } from '@jest/globals';
import { introspectedLinks, listedLinks, newsOf, statesOf } from '../../../../src/sources/networkd/bus-messages.js';
import { ifindexOfPath, pathOfIfindex } from '../../../../src/model/wire/networkd-paths.js';

describe('networkd’s messages', () => {
  test.each([
    ['/org/freedesktop/network1/link/_32', 2],
    ['/org/freedesktop/network1/link/_310', 10],
    ['/org/freedesktop/network1/link/_330000', 30000],
    ['/org/freedesktop/network1/link/7', 7],
    ['/org/freedesktop/network1/link/_30', undefined],
    ['/org/freedesktop/network1/link/_2e_2e', undefined],
    ['/org/freedesktop/network1', undefined],
    ['/org/freedesktop/network1/network/_32', undefined],
  ])('the path %s names ifindex %s', (path, ifindex) => {
    expect(ifindexOfPath(path)).toBe(ifindex);
  });

  test.each([1, 2, 10, 30000])('the path of ifindex %s names it', ifindex => {
    expect(ifindexOfPath(pathOfIfindex(ifindex))).toBe(ifindex);
    expect(pathOfIfindex(ifindex)).toMatch(/^\/org\/freedesktop\/network1\/link\/_3\d+$/);
  });

  test('states are the properties that are text', () => {
    expect(statesOf({ OperationalState: 'routable', BitRates: [1n, 2n], NamespaceId: 4026531840n })).toEqual({
      OperationalState: 'routable',
    });
    expect(statesOf(null)).toEqual({});
  });

  test('a value that no state has, of more than 256 characters, is none, and so is a name of more than 64', () => {
    expect(statesOf({ A: 'x'.repeat(257), B: 'x'.repeat(256), [`C${'x'.repeat(64)}`]: 'x', D: 'x' })).toEqual({
      B: 'x'.repeat(256),
      D: 'x',
    });
  });

  test('so many that nobody has them are cut off', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`P${n}`, 'x'] as const));
    expect(Object.keys(statesOf(many))).toHaveLength(65); // one more than a link may have: the World says so
  });

  test('news of another interface or of nothing is no news', () => {
    const path = '/org/freedesktop/network1/link/_32';
    expect(newsOf({ path, body: ['org.freedesktop.network1.DHCPServer', { Leases: 'x' }, []] })).toBeUndefined();
    expect(newsOf({ path, body: ['org.freedesktop.network1.Link', {}, ['BitRates']] })).toBeUndefined();
    expect(newsOf({ path, body: ['org.freedesktop.network1.Manager', { OnlineState: 'x' }, []] })).toBeUndefined();
  });

  test('a list of links is read entry by entry; what is no entry is left out', () => {
    const eth0 = { ifindex: 2, name: 'eth0', path: '/org/freedesktop/network1/link/_32' };
    expect(listedLinks([[[2, 'eth0', eth0.path], ['x'], 7]])).toEqual([eth0]);
    expect(listedLinks([])).toEqual([]);
    const impossible = [0, -1, 1.5, 2 ** 31].map(ifindex => [ifindex, 'eth0', eth0.path]);
    expect(listedLinks([impossible])).toEqual([]); // an ifindex is a positive int
  });
});

test('an introspection names the objects of links, and nothing else is taken for one', () => {
  const xml = '<node>\n <node name="_31"/>\n <node name="_312"/>\n <node name="_3x"/>\n <node name="bus"/>\n</node>';
  expect(introspectedLinks([xml])).toEqual([
    { ifindex: 1, path: '/org/freedesktop/network1/link/_31' },
    { ifindex: 12, path: '/org/freedesktop/network1/link/_312' },
  ]);
  expect(introspectedLinks([7])).toEqual([]);
});
