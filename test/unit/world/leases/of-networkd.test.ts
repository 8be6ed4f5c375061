import { expect, test } from '@jest/globals';
import type { Input } from '../../../../src/model/input.js';
import type { Lease } from '../../../../src/model/lease.js';
import { lease, link, world } from '../../../../src/testing/builders.js';
import { advance, begin } from '../../../../src/world/advance.js';
import { leaseDeadline } from '../../../../src/world/leases/of-dhclient.js';

const says = (now: number, ...leases: readonly Lease[]): Input => ({
  kind: 'networkd-leases',
  ifindex: 2,
  leases,
  now,
});
const play = (...inputs: readonly Input[]): readonly string[] => {
  const told: string[] = [];
  inputs.reduce(
    (turn, input) => {
      const after = advance(turn, input, 0);
      for (const { event } of after.events)
        if (event.kind === 'lease')
          told.push(
            `${event.origin} ${event.name} ${event.lease.family} ${event.action} ${event.changes.map(one => one.name).join()}`.trim(),
          );
      expect(leaseDeadline(after.world)).toBeUndefined();
      return after;
    },
    begin(world([link(2, 'eth0')])),
  );
  return told;
};

const one = lease('192.0.2.5', { expire: 100_000, options: new Map([['ADDRESS', '192.0.2.5'], ['T1', '60']]) }); // prettier-ignore
const six = lease('2001:db8::5', { expire: 100_000 });

test('networkd’s leases are bound, renewed, changed and lost, each family on its own', () => {
  const renewed = { ...one, expire: 160_000, options: new Map([['ADDRESS', '192.0.2.5'], ['T1', '1min']]) }; // prettier-ignore
  const changed = { ...renewed, options: new Map([['ADDRESS', '192.0.2.5'], ['DNS', '192.0.2.1']]) }; // prettier-ignore
  expect(
    play(says(0, one), says(1, one, six), says(2, renewed, six), says(3, changed, six), says(4, six), says(100_000)),
  ).toEqual([
    'systemd-networkd eth0 ipv4 bound',
    'systemd-networkd eth0 ipv6 bound',
    'systemd-networkd eth0 ipv4 renewed',
    'systemd-networkd eth0 ipv4 changed DNS',
    'systemd-networkd eth0 ipv4 lost',
    'systemd-networkd eth0 ipv6 expired',
  ]);
});

test('an end that is told a second earlier or later is no renewal', () => {
  expect(play(says(0, one), says(1, { ...one, expire: 101_500 }), says(2, { ...one, expire: 98_500 }))).toHaveLength(1);
});
