import { expect, test } from '@jest/globals';
import { objectsOf } from './captured.js';

const forever = { preferredLifetime: 0xffffffff, validLifetime: 0xffffffff };
const when = { created: expect.any(Number), updated: expect.any(Number) };
const base = { kind: 'address', family: 2, ifindex: 3, prefixLength: 24, scope: 0, flags: 0x80, ...when };

test.each([
  [
    'ip link set lo up',
    { ...base, ...forever, ifindex: 1, address: '127.0.0.1', prefixLength: 8, scope: 254, label: 'lo' },
  ],
  [
    'ip address add 192.0.2.1/24 broadcast 192.0.2.255 label veth0:1 dev veth0',
    { ...base, ...forever, address: '192.0.2.1', broadcast: '192.0.2.255', label: 'veth0:1' },
  ],
  ['ip address add 192.0.2.2/24 dev veth0', { ...base, ...forever, address: '192.0.2.2', label: 'veth0', flags: 0x81 }],
  [
    'ip address add 198.51.100.1 peer 198.51.100.2/32 dev veth0',
    { ...base, ...forever, address: '198.51.100.1', peer: '198.51.100.2', prefixLength: 32, label: 'veth0' },
  ],
  [
    'ip address add 203.0.113.5/24 dev veth1 valid_lft 3600 preferred_lft 1800 metric 77 noprefixroute',
    {
      ...base,
      ifindex: 2,
      address: '203.0.113.5',
      preferredLifetime: 1800,
      validLifetime: 3600,
      routePriority: 77,
      flags: 0x200,
      label: 'veth1',
    },
  ],
  [
    'ip address add 2001:db8:1::1/64 dev veth0 nodad valid_lft 7200 preferred_lft 3600',
    {
      ...base,
      family: 10,
      address: '2001:db8:1::1',
      prefixLength: 64,
      preferredLifetime: 3600,
      validLifetime: 7200,
      flags: 2,
    },
  ],
  [
    'ip address add 2001:db8:2::1 peer 2001:db8:2::2/128 dev veth0 nodad',
    {
      ...base,
      ...forever,
      family: 10,
      address: '2001:db8:2::1',
      peer: '2001:db8:2::2',
      prefixLength: 128,
      flags: 0x82,
    },
  ],
])('the address of "%s" is read whole', (cause, expected) => {
  expect(objectsOf(cause, 'address')[0]).toEqual(expected);
});

test('the protocol of an address tells that the kernel set it', () => {
  const addresses = objectsOf('ip link set lo up', 'address');
  expect(addresses.find(({ family }) => family === 10)).toMatchObject({ address: '::1', protocol: 1 });
});
