import { expect, test } from '@jest/globals';
import { startBroker } from '../lab/daemons/broker.js';
import { unplug } from '../lab/cables.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { installRecorders, started } from '../lab/scripts.js';
import type { AttackName } from './attacks.js';
import { startAttack } from './start-attack.js';

/** The most memory that a process has ever held, in MB. */
const PEAK = /^VmHWM:\s+(\d+) kB/m;
const MAX_MB = 150;

const cases: readonly AttackName[] = [
  'a descriptor that is not attached',
  'variants of 8 MB',
  'variants of 31 MB',
  'bytes of 31 MB',
  'a call with variants',
  'a path of 1 MB',
  'depth, and keys that objects have',
  'answers that nobody asked for',
];

describeLive('a stranger on the bus', () => {
  test.each(cases)('changes nothing by %s, and costs nothing', attack =>
    withNetwork(['static'], async ({ lab }) => {
      await installRecorders(lab);
      const broker = await startBroker(lab);
      await lab.until('the state at start to be acted on', async () =>
        (await started(lab, 'eth0')).includes('configured.d eth0'),
      );
      const attacker = await startAttack(lab, broker, attack, 'once');
      expect(await attacker.ended).toEqual({ code: 0, signal: null });
      // The bus keeps the order: when the real change has been served, the stranger's message was read before it.
      await unplug(lab, ['eth0']);
      await lab.until('the real carrier loss', async () => (await started(lab, 'eth0')).includes('offline.d eth0'), 30);
      const [, peak] = PEAK.exec(await lab.sh(`cat /proc/${broker.pid}/status`)) ?? [];
      expect(await broker.stop()).toEqual({ code: 0, signal: null });
      expect(Number(peak) / 1024).toBeLessThan(MAX_MB);
      expect(broker.log().filter(({ level }) => level === 'error')).toEqual([]);
    }),
  );
});
