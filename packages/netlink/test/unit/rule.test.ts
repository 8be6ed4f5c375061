import { expect, test } from '@jest/globals';
import { objectsOf } from './captured.js';

const base = { kind: 'rule', family: 2, action: 1, table: 100, flags: 0, tos: 0, protocol: 0 };
const command = (rest: string): string => `ip rule add ${rest}`;

test.each([
  [
    command('from 192.0.2.1 lookup 100 priority 1000 protocol static'),
    { ...base, from: '192.0.2.1/32', priority: 1000, protocol: 4 },
  ],
  [
    command('to 198.51.100.0/24 lookup 70000 priority 1001'),
    { ...base, to: '198.51.100.0/24', table: 70000, priority: 1001 },
  ],
  [
    command('iif veth0 oif veth1 fwmark 0x10/0xff lookup 100 priority 1002'),
    { ...base, iif: 'veth0', oif: 'veth1', fwmark: 16, fwmask: 255, priority: 1002 },
  ],
  [
    command('lookup main suppress_prefixlength 0 priority 1003'),
    { ...base, table: 254, suppressPrefixLength: 0, priority: 1003 },
  ],
  [
    command('lookup main suppress_ifgroup 7 priority 1004'),
    { ...base, table: 254, suppressInterfaceGroup: 7, priority: 1004 },
  ],
  [
    command('not from 192.0.2.0/24 blackhole priority 1005'),
    { ...base, action: 6, table: 0, flags: 2, from: '192.0.2.0/24', priority: 1005 },
  ],
  [
    command('from 10.0.0.0/8 goto 1007 priority 1006'),
    { ...base, action: 2, table: 0, from: '10.0.0.0/8', goto: 1007, priority: 1006 },
  ],
  [command('from all unreachable priority 1007'), { ...base, action: 7, table: 0, priority: 1007 }],
  [command('tos 0x10 lookup 100 priority 1009'), { ...base, tos: 16, priority: 1009 }],
  [command('tun_id 77 lookup 100 priority 1010'), { ...base, tunnelId: 77, priority: 1010 }],
  [command('realms 3/4 lookup 100 priority 1011'), { ...base, flow: 0x30004, priority: 1011 }],
  [command('l3mdev priority 1012'), { ...base, l3mdev: true, table: 0, priority: 1012 }],
  [
    'ip -6 rule add from 2001:db8::/32 lookup 70000 priority 1000',
    { ...base, family: 10, from: '2001:db8::/32', table: 70000, priority: 1000 },
  ],
  [
    'ip -6 rule add to 2001:db8::1 prohibit priority 1001',
    { ...base, family: 10, action: 8, to: '2001:db8::1/128', table: 0, priority: 1001 },
  ],
])('the rule of "%s" is read whole', (cause, expected) => {
  expect(objectsOf(cause, 'rule')).toEqual([expected]);
});

test('ports, user ids and the protocol of a rule are read, and the mask of a port', () => {
  const [rule] = objectsOf(
    command('uidrange 1000-2000 ipproto tcp sport 1000-2000 dport 443 lookup 100 priority 1008'),
    'rule',
  );
  expect(rule).toMatchObject({
    uidRange: { start: 1000, end: 2000 },
    ipProtocol: 6,
    sourcePorts: { start: 1000, end: 2000 },
    destinationPorts: { start: 443, end: 443 },
    destinationPortMask: 0xffff,
  });
});
