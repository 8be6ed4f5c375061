import { describe, expect, test } from '@jest/globals';
import type { Generator } from '../../../../src/model/config.js';
import type { NetworkEvent } from '../../../../src/model/event.js';
import type { SourceState } from '../../../../src/model/source-state.js';
import { reasons } from '../../../../src/sinks/scripts/reasons.js';
import { config, link, linkState, managerState, step, world } from '../../../../src/testing/builders.js';

const eth0 = link(2, 'eth0');
const found = (
  event: NetworkEvent,
  generator: readonly Generator[] = ['systemd-networkd'],
  networkd: SourceState['is'] = 'serving',
) => {
  const sources = new Map([['systemd-networkd', { is: networkd, why: 'it is away' }]]);
  return reasons(step(1, event, world([eth0], config({ system: { generator } }), { progress: { sources } })), true);
};
const state = (property: string, value: string) => linkState(eth0, { [property]: value });

test('nothing keeps a state that somebody tells of', () => {
  expect(found(state('OperationalState', 'routable'))).toEqual([]);
  expect(found(state('OperationalState', 'routable'), ['rtnetlink'])).toEqual([]);
  expect(found(managerState({ OnlineState: 'online' }))).toEqual([]);
});

test('a link that Links= does not choose', () => {
  const about = (links: readonly string[] | undefined) =>
    reasons(step(1, state('OperationalState', 'routable'), world([eth0], config({ network: { links } }))), false);
  expect(about(['lan*', '!eth*'])).toEqual(['Links=lan* !eth* does not choose eth0']);
  expect(about(undefined)).toEqual(['Links= is not set, which leaves out eth0']);
});

describe('properties and values', () => {
  const all = 'CarrierState, OperationalState, OnlineState, AdministrativeState';
  test.each([
    ['AddressState', 'routable', `AddressState chooses no directory; only ${all} do`],
    ['OperationalStat', 'routable', 'OperationalStat chooses no directory; did you mean OperationalState?'],
    ['OperationalState', 'routabel', "OperationalState is never 'routabel'; did you mean routable?"],
    ['OnlineState', '../x', "OnlineState is never '../x'; expected one of offline, partial, online"],
  ])('%s=%s', (property, value, why) => {
    expect(found(state(property, value))).toEqual([why]);
  });
});

describe('who tells of it', () => {
  test('nobody, with this Generator=', () => {
    expect(found(state('OperationalState', 'routable'), ['dhclient'])).toEqual([
      'link states are not followed: Generator=dhclient names neither systemd-networkd nor rtnetlink',
    ]);
    expect(found(managerState({ OnlineState: 'online' }), ['rtnetlink'])).toEqual([
      "systemd-networkd's own states are not followed: Generator=rtnetlink lacks systemd-networkd",
    ]);
  });

  test('not the kernel, of what only systemd-networkd knows', () => {
    const why = 'AdministrativeState is known only to systemd-networkd, which is not connected';
    expect(found(state('AdministrativeState', 'configured'), ['rtnetlink'])).toEqual([why]);
    expect(found(state('AdministrativeState', 'configured'), ['systemd-networkd', 'rtnetlink'], 'lost')).toEqual([why]);
    expect(found(state('OperationalState', 'routable'), ['systemd-networkd', 'rtnetlink'], 'lost')).toEqual([]);
  });

  test('systemd-networkd, which is not there', () => {
    expect(found(state('OperationalState', 'routable'), ['systemd-networkd'], 'waiting')).toEqual([
      'systemd-networkd is not connected: it is away',
    ]);
  });
});
