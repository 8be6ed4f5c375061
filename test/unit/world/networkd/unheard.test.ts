import { expect, test } from '@jest/globals';
import type { States } from '../../../../src/model/states.js';
import type { World } from '../../../../src/model/world.js';
import { config, link, world } from '../../../../src/testing/builders.js';
import { toldByKernel, unheard } from '../../../../src/world/networkd/unheard.js';

const serving: World['progress']['sources'] = new Map([['systemd-networkd', { is: 'serving', why: '' }]]);
const heard = (states: States | undefined, sources = serving, settings = config()): World =>
  world([link(2, 'eth0')], settings, {
    networkd: { manager: { OnlineState: 'online' }, states: new Map(states === undefined ? [] : [[2, states]]) },
    progress: { sources },
  });
const up: States = { CarrierState: 'carrier', OnlineState: 'online', AdministrativeState: 'configured' };

test('what is written otherwise than it was heard, and only that', () => {
  expect(unheard(heard(up), 2, { ...up, CarrierState: 'no-carrier' })).toEqual([
    { about: 2, written: { CarrierState: 'no-carrier' }, heard: { CarrierState: 'carrier' } },
  ]);
  expect(unheard(heard(up), 2, up)).toEqual([]);
  expect(unheard(heard(up), 'manager', { OnlineState: 'offline' })).toEqual([
    { about: 'manager', written: { OnlineState: 'offline' }, heard: { OnlineState: 'online' } },
  ]);
});

test('a property that only one of the two knows is no difference', () => {
  expect(unheard(heard(up), 2, { CarrierState: 'carrier', IPv4AddressState: 'off' })).toEqual([]);
});

test('what a new link is told of first can be lost as well: its carrier and its operational state', () => {
  const rest: States = { AdministrativeState: 'unmanaged' };
  const written: States = { ...rest, CarrierState: 'off', OperationalState: 'off', AddressState: 'off' };
  expect(unheard(heard(rest), 2, written)).toEqual([
    { about: 2, written: { CarrierState: 'off', OperationalState: 'off' }, heard: {} },
  ]);
});

test('a link that was never heard to be spoken of is one, unless nothing is written of it either', () => {
  expect(unheard(heard(undefined), 2, up)).toEqual([{ about: 2, written: up, heard: {} }]);
  expect(unheard(heard(undefined), 2, {})).toEqual([]);
});

test('a state that networkd passes through is not one that was lost; one that it was left in is', () => {
  expect(unheard(heard(up), 2, { ...up, AdministrativeState: 'configuring' })).toEqual([]);
  const configuring: States = { ...up, AdministrativeState: 'configuring' };
  expect(unheard(heard(configuring), 2, up)).toMatchObject([{ written: { AdministrativeState: 'configured' } }]);
});

test('nothing is lost while networkd is not listened to', () => {
  const other: States = { ...up, CarrierState: 'no-carrier' };
  expect(unheard(heard(up, new Map()), 2, other)).toEqual([]);
  const dhclient = config({ system: { generator: ['dhclient'] } });
  expect(unheard(heard(up, serving, dhclient), 2, other)).toEqual([]);
});

test('what the kernel tells of a port is about its master as well, before and after: networkd derives the states of the one from the other', () => {
  const bridges = [link(2, 'br0'), link(3, 'br1')];
  const ports = (...all: ReturnType<typeof link>[]): World => world([...bridges, ...all]);
  const port = { ...link(4, 'eth0'), master: 2 };
  const other = link(5, 'eth1');
  expect(toldByKernel(ports(port, other), ports({ ...port, operState: 2 }, other))).toEqual([4, 2]);
  expect(toldByKernel(ports(port, other), ports({ ...port, master: 3 }, other))).toEqual([4, 2, 3]);
  expect(toldByKernel(ports(port, other), ports(other))).toEqual([2]);
  expect(toldByKernel(ports(port), ports(port, other))).toEqual([5]);
});
