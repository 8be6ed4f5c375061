import { describe, expect, test } from '@jest/globals';
import { link, linkState, managerState, step } from '../../../src/testing/builders.js';
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
});
