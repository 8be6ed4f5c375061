import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Broker, configureBroker, startBroker } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { layDhcpCables, startDhclient, startPrefixServer } from '../lab/daemons/dhclient.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { startNetworkd } from '../lab/daemons/networkd.js';
import { sets } from '../lab/packages/packages.js';
import { installScript } from '../lab/scripts.js';

const network = `[Match]
Name=eth0
[Network]
DHCP=ipv6
IPv6AcceptRA=no
LinkLocalAddressing=ipv6
[DHCPv6]
WithoutRA=solicit
UseAddress=no
`;
const recorder = `#!/bin/sh
echo "$LINK $FAMILY $ACTION $DHCP_PREFIX $OLD_DHCP_PREFIX" >>/var/log/leases
`;

let lab: Lab;
let broker: Broker | undefined;

beforeEach(async () => {
  lab = await openLab({ programs: sets.prefixes });
  await lab.write('/var/log/leases', '', 0o666);
  await installScript(lab, 'leases.d', '10-record', recorder);
  await startBus(lab);
  await layDhcpCables(lab);
});
afterEach(async () => {
  await broker?.stop();
  broker = undefined;
  await lab.close();
});

const recorded = async (): Promise<readonly string[]> =>
  (await lab.read('/var/log/leases')).split('\n').filter(Boolean);
const untilRecorded = (what: string): Promise<string> =>
  lab.until(`a script to record ${what}`, async () => (await recorded()).find(line => line.startsWith(what)), 30);

describeLive('a delegated prefix', () => {
  test('of dhclient, without an address, is bound, and another one is a change', async () => {
    await configureBroker(lab, '[System]\nGenerator = "dhclient"\n');
    const server = await startPrefixServer(lab, '2001:db8:100::');
    broker = await startBroker(lab);
    const client = await startDhclient(lab, 'eth0', 6, { more: ['-P'] });
    await untilRecorded('eth0 ipv6 bound 2001:db8:100::/56');
    await server.stop();
    await client.stop('SIGKILL');
    await startPrefixServer(lab, '2001:db8:200::');
    await startDhclient(lab, 'eth0', 6, { more: ['-P'] });
    expect(await untilRecorded('eth0 ipv6 changed')).toBe('eth0 ipv6 changed 2001:db8:200::/56 2001:db8:100::/56');
  });

  test('of systemd-networkd is told where it tells of it', async () => {
    await configureBroker(lab, '[System]\nGenerator = "systemd-networkd"\n');
    await lab.write('/etc/systemd/network/eth0.network', network);
    const server = await startPrefixServer(lab, '2001:db8:100::');
    broker = await startBroker(lab);
    await startNetworkd(lab);
    const routes = () => lab.sh('ip -6 route show table all');
    await lab.until('the prefix', async () => (await routes()).includes('2001:db8:100::/56'), 30);
    if (!(await lab.sh('networkctl --json=short status eth0')).includes('"Prefixes"')) {
      process.stderr.write('this systemd-networkd tells nobody of prefixes\n');
      expect(await recorded()).toEqual([]);
      return;
    }
    await untilRecorded('eth0 ipv6 bound 2001:db8:100::/56');
    await server.stop();
    await startPrefixServer(lab, '2001:db8:200::');
    await lab.sh('networkctl reconfigure eth0');
    await untilRecorded('eth0 ipv6 bound 2001:db8:200::/56'); // it gives a lease up to configure a link anew
    expect(await recorded()).toEqual([
      'eth0 ipv6 bound 2001:db8:100::/56 ',
      'eth0 ipv6 lost 2001:db8:100::/56 2001:db8:100::/56',
      'eth0 ipv6 bound 2001:db8:200::/56 ',
    ]);
  });
});
