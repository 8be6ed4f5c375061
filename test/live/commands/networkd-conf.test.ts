import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { configureBroker } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { configureStatic, layCables, plug, untilOperational } from '../lab/cables.js';
import { checkout } from '../lab/checkout.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { startNetworkd } from '../lab/daemons/networkd.js';
import type { Process } from '../lab/process.js';
import { startRouter } from '../lab/daemons/router.js';

// What the package ships for others, as they take it: systemd-networkd and ip(8). No broker puts anything back here.
const shipped = (path: string): string => readFileSync(join(checkout, 'config', path), 'utf8');
const dropIn = 'networkd.conf.d/10-network-broker.conf';
const names = 'rt_protos.d/network-broker.conf';
const rule = '9999:\tfrom 10.0.0.50 lookup 10002 proto 217';
// IPv6, as IPv4 routes go with the last address of their link, which is taken away for a moment
const route = '2001:db8:7::/48 dev eth0 proto 217 metric 1024 pref medium';

let lab: Lab;
let networkd: Process;
beforeEach(async () => {
  lab = await openLab();
  await startBus(lab);
  await startRouter(lab);
  await layCables(lab, [0]);
  await configureStatic(lab, 'eth0', '10.0.0.50/24');
  await plug(lab, ['eth0']);
  await startAndSettle();
  await lab.sh(`
    ip rule add from 10.0.0.50 lookup 10002 priority 9999 protocol 217
    ip route add 2001:db8:7::/48 dev eth0 table 10002 protocol 217
  `);
});
afterEach(() => lab.close());

const untilConfigured = (): Promise<true> =>
  lab.until('eth0 to be configured', async () => (await lab.sh('networkctl status eth0')).includes('(configured)'));
const startAndSettle = async (): Promise<void> => {
  networkd = await startNetworkd(lab);
  await untilOperational(lab, 'eth0', 'routable');
  await untilConfigured();
};
/**
 * Makes networkd start and configure the link anew, which is when it deletes what others made. (In a container the start
 * alone does not: it does not wait for udev there, and so begins before it has listed rules.) Addresses of others go
 * whatever the drop-in says: when this one has gone, networkd has cleaned up.
 */
const restartNetworkd = async (): Promise<void> => {
  await networkd.stop();
  await startAndSettle();
  await lab.sh('ip address add 198.51.100.9/32 dev eth0; networkctl reconfigure eth0');
  await lab.until('the address of others to go', async () => !(await lab.sh('ip address')).includes('198.51.100.9'));
  await untilConfigured();
};
const left = async (): Promise<readonly string[]> =>
  (await lab.sh('ip rule; ip -6 route show table 10002'))
    .split('\n')
    .map(line => line.trim())
    .filter(line => line.includes('proto 217'));
const check = async (): Promise<string> => {
  await configureBroker(lab, '[Network]\nRoutingPolicyRules = "eth0"\n');
  const path = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
  return lab.sh(`${join(checkout, 'bin', 'network-broker')} check || true`, { env: { PATH: path } });
};

describeLive('systemd-networkd', () => {
  test('as it comes, deletes our rules and routes, and check warns of it', async () => {
    expect(await left()).toEqual([rule, route]);
    expect(await check()).toMatch(
      /^warn +networkd\.conf +expected ManageForeignRoutingPolicyRules=no.*10-network-broker\.conf/m,
    );
    await restartNetworkd();
    expect(await left()).toEqual([]);
  });

  test('with the drop-in of the package, leaves them alone however it cleans up', async () => {
    await lab.write(`/etc/systemd/${dropIn}`, shipped(dropIn));
    expect(await check()).toMatch(/^ok +networkd\.conf /m);
    await restartNetworkd();
    expect(await left()).toEqual([rule, route]);
  });
});

describeLive('ip', () => {
  test('shows our name where the package has put it', async () => {
    await lab.write(`/etc/iproute2/${names}`, shipped(names));
    expect(await lab.sh('ip rule; ip -6 route show table 10002')).toMatch(
      /^9999:\tfrom 10\.0\.0\.50 lookup 10002 proto network-broker ?\n(.*\n)*2001:db8:7::\/48 dev eth0 proto network-broker metric/m,
    );
  });
});
