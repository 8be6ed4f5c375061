import { describe, expect, test } from '@jest/globals';
import { isWanted, unheard } from '../../../src/text/monitor-view.js';
import type { SourceState } from '../../../src/model/source-state.js';
import { address, linkState, routes } from '../../../src/testing/events.js';
import { link } from '../../../src/testing/builders.js';

describe('what is asked for', () => {
  const manager = { kind: 'manager-state', changed: {}, previous: {}, rerun: false } as const;
  const ofNoLink = routes(link(0, ''), 'added blackhole 10.0.0.0/8 table main');

  test('everything, unless something is', () => {
    expect(
      [manager, ofNoLink, linkState('eth0', 'off')].every(event => isWanted(event, { links: [], kinds: [] })),
    ).toBe(true);
  });

  test('kinds', () => {
    const wanted = { links: [], kinds: ['address', 'manager-state'] };
    expect(isWanted(address('eth0', '192.0.2.5/24'), wanted)).toBe(true);
    expect(isWanted(manager, wanted)).toBe(true);
    expect(isWanted(linkState('eth0', 'off'), wanted)).toBe(false);
  });

  test('links: what belongs to none is not', () => {
    const wanted = { links: ['eth*'], kinds: [] };
    expect(isWanted(linkState('eth0', 'off'), wanted)).toBe(true);
    expect(isWanted(manager, wanted)).toBe(false);
    expect(isWanted(ofNoLink, wanted)).toBe(false);
  });
});

describe('what is not heard', () => {
  const sources = (states: Readonly<Record<string, SourceState['is']>>) => ({
    sources: new Map(Object.entries(states).map(([name, is]) => [name, { is, why: `${name} is away` }])),
  });

  test('nothing, if all serve or have only begun', () => {
    expect(unheard(sources({ kernel: 'serving', dhclient: 'starting' }))).toBe('');
  });

  test('who is away, why, and what stands in for it', () => {
    expect(unheard(sources({ kernel: 'serving', 'systemd-networkd': 'waiting' }))).toBe(
      'not connected to systemd-networkd (systemd-networkd is away); link states are derived from the kernel',
    );
    expect(unheard(sources({ kernel: 'lost', 'systemd-networkd': 'lost' }))).toBe(
      'not connected to kernel (kernel is away) and systemd-networkd (systemd-networkd is away)',
    );
  });
});
