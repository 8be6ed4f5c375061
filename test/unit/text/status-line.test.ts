import { expect, test } from '@jest/globals';
import { statusLine } from '../../../src/text/status-line.js';
import { defaults } from '../../../src/config/schema.js';
import type { Link } from '../../../src/model/link.js';
import type { World } from '../../../src/model/world.js';
import { emptyWorld } from '../../../src/world/advance.js';

const link = (ifindex: number, name: string): [number, Link] => [
  ifindex,
  { ifindex, name, alternativeNames: [], flags: 0, operState: 6, master: 0, hardwareType: 1, kind: '' },
];
const world: World = {
  ...emptyWorld,
  config: defaults,
  kernel: { ...emptyWorld.kernel, links: new Map([link(1, 'lo'), link(2, 'eth0'), link(3, 'eth1')]) },
  networkd: { ...emptyWorld.networkd, states: new Map([[3, { OperationalState: 'routable' }]]) },
  progress: { ...emptyWorld.progress, sources: new Map([['systemd-networkd', { is: 'serving', why: '' }]]) },
};

test('counts the links whose events are acted on, and those that are routable', () => {
  expect(statusLine(world)).toBe('watching 2 links, 1 routable');
  const one = { ...defaults, network: { ...defaults.network, links: ['eth0'] } };
  expect(statusLine({ ...world, config: one })).toBe('watching 1 link, 0 routable');
});

test('says first who is missing', () => {
  const sources = new Map([['systemd-networkd', { is: 'waiting' as const, why: 'waiting for systemd-networkd' }]]);
  expect(statusLine({ ...world, progress: { ...world.progress, sources } })).toBe(
    'waiting for systemd-networkd; watching 2 links, 1 routable',
  );
});

test('has something to say before anything is known', () => {
  expect(statusLine(emptyWorld)).toBe('watching 0 links, 0 routable');
});
