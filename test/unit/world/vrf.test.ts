import { describe, expect, test } from '@jest/globals';
import type { Link } from '@network-stack/netlink';
import { toLink } from '../../../src/model/wire/from-netlink.js';

const vrf = (bytes: readonly number[], infoKind = 'vrf'): Link => ({
  ...{ kind: 'link', family: 0, ifindex: 9, name: 'blue', alternativeNames: [], hardwareType: 1, flags: 0, change: 0 },
  infoKind,
  infoData: Uint8Array.from([0xff, ...bytes]).subarray(1), // as in a message: not at the beginning of its memory
});
/** IFLA_VRF_TABLE of `ip link add blue type vrf table 10002`, as linux/if_link.h has it. */
const table = [8, 0, 1, 0, 0x12, 0x27, 0, 0];

describe('the table of a VRF', () => {
  test('is taken from its data', () => {
    expect(toLink(vrf(table)).vrfTable).toBe(10002);
  });
  test.each([
    ['another kind of link', vrf(table, 'bridge')],
    ['data that ends early', vrf(table.slice(0, 6))],
    ['another attribute', vrf([8, 0, 2, 0, 0x12, 0x27, 0, 0])],
  ])('%s has none', (_, link) => {
    expect(toLink(link).vrfTable).toBeUndefined();
  });
});
