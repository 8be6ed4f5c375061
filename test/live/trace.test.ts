import { expect, jest, test } from '@jest/globals';
import { configureBroker, startBroker } from './lab/broker.js';
import { plug, unplug, untilOperational } from './lab/cables.js';
import type { Lab } from './lab/lab.js';
import { describeLive } from './lab/live.js';
import { withNetwork } from './lab/network.js';
import { installRecorders } from './lab/scripts.js';
import { outcomesIn, replayedLog, takeTrace } from './lab/traces.js';

jest.setTimeout(120_000);

const settings = (trace: number): string => `[System]
Trace = ${trace}
[Network]
RoutingPolicyRules = "eth*"
[Events]
DebounceSec = 0.02
`;

/** A cable is pulled and put in again, an address comes and goes, somebody deletes a rule of ours. */
const commotion = async (lab: Lab): Promise<void> => {
  await lab.until('the policy rules of eth1', async () => (await lab.sh('ip rule')).includes('from 10.0.1.50 lookup'));
  await unplug(lab, ['eth0']);
  await untilOperational(lab, 'eth0', 'no-carrier');
  await plug(lab, ['eth0']);
  await untilOperational(lab, 'eth0', 'routable');
  await lab.sh('ip address add 198.51.100.7/24 dev eth1');
  await lab.until('the policy rules of the address', async () =>
    (await lab.sh('ip rule')).includes('from 198.51.100.7'),
  );
  await lab.sh('ip rule delete from 10.0.1.50 lookup $((9999 + $(cat /sys/class/net/eth1/ifindex)))');
  await lab.until('the rule to be put back', async () => (await lab.sh('ip rule')).includes('from 10.0.1.50 lookup'));
  await lab.sh('ip address delete 198.51.100.7/24 dev eth1');
  await lab.until('the rules to go', async () => !(await lab.sh('ip rule')).includes('198.51.100.7'));
};

describeLive('a trace', () => {
  test('of the running daemon replays to what its log says', () =>
    withNetwork(['dhcp', 'static'], async ({ lab }) => {
      await configureBroker(lab, settings(8));
      await installRecorders(lab, ['10-record', '20-again'], 'sleep 0.02; echo "$LINK $OperationalState"');
      const broker = await startBroker(lab);
      await commotion(lab);
      await broker.stop();
      const observed = outcomesIn(broker.log());
      const trace = await takeTrace(lab);
      const log = await replayedLog(trace);
      expect(log).toEqual(observed);
      expect(log.filter(line => line.includes('exited with status 0')).length).toBeGreaterThan(8);
      expect(log.filter(line => line.includes('policy rules of eth1: ')).length).toBeGreaterThan(2);
      expect(await replayedLog(trace)).toEqual(log);
    }));
});
