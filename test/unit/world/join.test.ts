import { describe, expect, test } from '@jest/globals';
import { addressChanges } from '../../../src/model/address-changes.js';
import type { AddressChange } from '../../../src/model/event.js';
import { isAddress } from '../../../src/model/event-guards.js';
import type { Step } from '../../../src/model/world.js';
import { address, link, linkState, managerState, step } from '../../../src/testing/builders.js';
import { joinKey, joinSteps } from '../../../src/world/join.js';

const eth0 = link(2, 'eth0');
const eth1 = link(3, 'eth1');

describe('join', () => {
  test('states of one link may be joined, those of two links not', () => {
    expect(joinKey(step(1, linkState(eth0, {})))).toBe(joinKey(step(2, linkState(eth0, {}))));
    expect(joinKey(step(1, linkState(eth0, {})))).not.toBe(joinKey(step(2, linkState(eth1, {}))));
    expect(joinKey(step(1, managerState({})))).not.toBe(joinKey(step(2, linkState(eth1, {}))));
  });

  test('what runs again, and what an extension says, stands for itself', () => {
    expect(joinKey(step(1, linkState(eth0, {}, {}, true)))).toBeUndefined();
    expect(joinKey(step(1, { kind: 'extension', extension: 'x', ifindex: 2, payload: 1 }))).toBeUndefined();
  });

  test('the newest value wins, every changed property is kept, the newer step’s id counts', () => {
    const older = step(1, linkState(eth0, { A: '1', B: '1' }, { A: '0', B: '0' }));
    const newer = step(2, linkState(eth0, { B: '2', C: '2' }, { B: '1' }));
    expect(joinSteps(older, newer)).toEqual(step(2, linkState(eth0, { A: '1', B: '2', C: '2' }, { A: '0', B: '0' })));
  });

  test('a property back at the value it had is no change, and no change at all is no step', () => {
    const older = step(1, managerState({ A: '1', B: '1' }, { A: '0', B: '0' }));
    expect(joinSteps(older, step(2, managerState({ A: '0' }, { A: '1' })))).toEqual(
      step(2, managerState({ B: '1' }, { B: '0' })),
    );
    expect(joinSteps(older, step(2, managerState({ A: '0', B: '0' }, { A: '1', B: '1' })))).toBeUndefined();
  });

  test('first words of a property are news however often it changed since: it was never told before', () => {
    const older = step(1, linkState(eth0, { A: 'off' }));
    const middle = step(2, linkState(eth0, { A: 'up' }, { A: 'off' }));
    const newer = step(3, linkState(eth0, { A: 'off' }, { A: 'up' }));
    const both = joinSteps(older, middle)!;
    expect(both).toEqual(step(2, linkState(eth0, { A: 'up' })));
    expect(joinSteps(both, newer)).toEqual(step(3, linkState(eth0, { A: 'off' })));
  });

  test('changes of policy rules become one event', () => {
    const [a, b] = ['added', 'removed'] as const;
    const rule = (id: number, action: 'added' | 'removed') =>
      step(id, { kind: 'rule', changes: [{ action, rule: 'ipv4 1: from all lookup main' }] });
    expect(joinKey(rule(1, a))).toBe(joinKey(rule(2, b)));
    expect(joinSteps(rule(1, a), rule(2, b))?.event).toMatchObject({ changes: [{ action: a }, { action: b }] });
  });

  test('changes of addresses of one link become one event: all are told, in their order', () => {
    const [one, two, three] = ['192.0.2.5/24', '192.0.2.5/24', '2001:db8::5/64'].map(text => address(2, text));
    const change = (id: number, action: AddressChange['action'], of = one) =>
      step(id, { kind: 'address', action, ifindex: 2, name: 'eth0', address: of! });
    const [added, removed, other] = [change(1, 'added'), change(2, 'removed', two), change(3, 'added', three)];
    expect(joinKey(added)).toBe(joinKey(other));
    expect(joinKey(added)).not.toBe(joinKey(step(4, linkState(eth0, {}))));
    const expected = [
      { action: 'added', address: one },
      { action: 'removed', address: two },
      { action: 'added', address: three },
    ];
    const changesOf = (joined: Step | undefined) =>
      joined !== undefined && isAddress(joined.event) && addressChanges(joined.event);
    const first = joinSteps(added, removed)!;
    const last = joinSteps(removed, other)!;
    expect(changesOf(added)).toEqual(expected.slice(0, 1));
    expect(changesOf(joinSteps(first, other))).toEqual(expected);
    expect(changesOf(joinSteps(added, last))).toEqual(expected);
    expect(joinSteps(first, other)).toMatchObject({ id: 3, event: { action: 'added', address: three } });
  });
});
