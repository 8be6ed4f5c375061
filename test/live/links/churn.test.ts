import { expect, test } from '@jest/globals';
import { churn } from './churn.js';
import { openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { isLong } from '../lab/long.js';

const seconds = isLong ? 180 : 20;

describeLive('a network that churns', () => {
  test(
    'links, addresses, routes, rules, carriers and names come and go, networkd is killed, messages are lost: each transition is served once and in order, and nothing is left over',
    async () => {
      const lab = await openLab();
      try {
        const { lost, differences, disorder, faults, transitions, memory, descriptors, scripts, done } = await churn(
          lab,
          seconds,
        );
        expect({ lost, disorder, differences, faults }).toEqual({
          lost: [],
          disorder: [],
          differences: [],
          faults: [],
        });
        expect(transitions).toBeGreaterThan(seconds / 4);
        expect(scripts).toBeGreaterThan(transitions);
        expect(Math.min(...Object.values(done))).toBeGreaterThan(0);
        expect(descriptors[1]).toBeLessThanOrEqual(descriptors[0]);
        // 65 to 110 while it is busy, as the collector likes; what docs/security.md promises beside a hostile neighbour
        expect(Math.max(...memory)).toBeLessThan(150);
      } finally {
        await lab.close();
      }
    },
    (seconds + 480) * 1000,
  );
});
