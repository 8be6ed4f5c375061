import { plug, unplug, untilOperational } from './cables.js';
import { configureBroker, startBroker } from './daemons/broker.js';
import type { Network } from './network.js';
import { installScript } from './scripts.js';
import { settings, takeTrace } from './traces.js';

/** A script that needs DNS, and does not wait for it. */
const register = `#!/bin/sh
echo "registering $LINK"
sleep 0.1
grep -q ^nameserver /run/resolver/resolv.conf 2>/dev/null || { echo "register.example: temporary failure in name resolution" >&2; exit 1; }
echo "registered $LINK"
`;
const resolv = `#!/bin/sh
echo "$LINK is $OperationalState: writing /run/resolver/resolv.conf"
sleep 0.3
echo nameserver 10.0.0.1 >/run/resolver/resolv.conf
`;
const forget = `#!/bin/sh
rm -f /run/resolver/resolv.conf
`;
const note = `#!/bin/sh
sleep 0.02
echo "$LINK $EVENT \${OperationalState:-$ACTION}"
`;

/** The lines of a trace: a cable is pulled and put in again, a script fails as DNS is not there yet, and somebody deletes a policy rule of ours. */
export const recordIncident = async ({ lab }: Network): Promise<readonly string[]> => {
  await configureBroker(lab, settings(8));
  await installScript(lab, 'routable.d', '10-register', register);
  await installScript(lab, 'routable.d', '20-resolv-conf', resolv);
  await installScript(lab, 'no-carrier.d', '20-forget', forget);
  await lab.sh('mkdir -m 0777 /run/resolver');
  for (const directory of ['carrier.d', 'no-carrier.d', 'degraded.d', 'addresses.d', 'links.d'])
    await installScript(lab, directory, '10-note', note);
  const broker = await startBroker(lab);
  const rules = (): Promise<string> => lab.sh('ip rule');
  await lab.until('the policy rules of eth1', async () => (await rules()).includes('from 10.0.1.50 lookup'));
  await unplug(lab, ['eth0']);
  await untilOperational(lab, 'eth0', 'no-carrier');
  await plug(lab, ['eth0']);
  await untilOperational(lab, 'eth0', 'routable');
  await lab.sh('ip address add 198.51.100.7/24 dev eth1');
  await lab.until('the policy rules of the address', async () => (await rules()).includes('from 198.51.100.7'));
  await lab.sh('ip rule delete from 10.0.1.50 lookup $((9999 + $(cat /sys/class/net/eth1/ifindex)))');
  await lab.until('the rule to be put back', async () => (await rules()).includes('from 10.0.1.50 lookup'));
  await lab.sh('ip address delete 198.51.100.7/24 dev eth1');
  await lab.until('the rules to go', async () => !(await rules()).includes('198.51.100.7'));
  await lab.until('DNS', async () => (await lab.sh('cat /run/resolver/* || true')).includes('nameserver'));
  await broker.stop();
  return takeTrace(lab);
};
