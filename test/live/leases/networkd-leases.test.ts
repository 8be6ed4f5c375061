import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Broker, configureBroker, startBroker } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { layDhcpCables, startDhcpServer } from '../lab/daemons/dhclient.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { startNetworkd } from '../lab/daemons/networkd.js';
import { installScript } from '../lab/scripts.js';

const network = `[Match]
Name=eth0
[Network]
DHCP=yes
IPv6AcceptRA=no
LinkLocalAddressing=ipv6
[DHCPv6]
WithoutRA=solicit
`;
const recorder = `#!/bin/sh
printf '%s\\n' "$LINK $FAMILY $ACTION new: $DHCP_LEASE old: $OLD_DHCP_LEASE" >>/var/log/leases
printf '%s\\n' "$EVENT $FAMILY values: $DHCP_ADDRESS|$DHCP_ROUTER|$DHCP_DNS|$DHCP_LIFETIME|$OLD_DHCP_DNS" >>/var/log/leases
`;

let lab: Lab;
let broker: Broker | undefined;

beforeEach(async () => {
  lab = await openLab();
  await lab.write('/var/log/leases', '', 0o666);
  for (const directory of ['leases.d', 'configured.d']) await installScript(lab, directory, '10-record', recorder);
  await configureBroker(lab, '[System]\nGenerator = "systemd-networkd"\n');
  await startBus(lab);
});
afterEach(async () => {
  await broker?.stop();
  broker = undefined;
  await lab.close();
});

const recorded = async (): Promise<readonly string[]> =>
  (await lab.read('/var/log/leases')).split('\n').filter(Boolean);
const untilRecorded = (what: string, seconds = 10): Promise<string> =>
  lab.until(`a script to record ${what}`, async () => (await recorded()).find(line => line.includes(what)), seconds);

/** As at the time that the server has set for it. */
const renew = (): Promise<string> => lab.sh('networkctl renew eth0');

describeLive('systemd-networkd’s leases', () => {
  test('with classless routes are told with them', async () => {
    await layDhcpCables(lab);
    await startDhcpServer(lab, {
      more: ['--dhcp-option-force=121,10.9.8.0/24,10.0.0.2,0.0.0.0/0,10.0.0.254'],
    });
    await lab.write('/etc/systemd/network/eth0.network', network);
    broker = await startBroker(lab);
    await startNetworkd(lab);
    expect(await untilRecorded('eth0 ipv4 bound')).toContain(
      ' CLASSLESS_ROUTES=10.9.8.0/24,10.0.0.2 0.0.0.0/0,10.0.0.254 ',
    );
    expect(await untilRecorded('lease ipv4 values')).toMatch(/: 10\.0\.0\.1\d\d\|10\.0\.0\.254\|192\.0\.2\.53\|120\|$/);
    expect(await untilRecorded('lease ipv6 values')).toMatch(/: fd77::1\w\w\|\|fd77::53\|1\d\d\|$/);
    // a link that is routable is told of its lease, too
    expect(await untilRecorded('link-state  values: 10')).toMatch(/\|10\.0\.0\.254\|192\.0\.2\.53\|120\|$/);
  });

  test('are told while a neighbor has the kernel speak of an address 100 times a second, as router advertisements do', async () => {
    await layDhcpCables(lab);
    await startDhcpServer(lab);
    await lab.write('/etc/systemd/network/eth0.network', network);
    const again = `$| = 1; for ($n = 2000; ; $n++) {
      print "address replace 2001:db8::99/64 dev eth0 nodad preferred_lft 1000 valid_lft $n\\n"; select(undef, undef, undef, 0.01);
    }`;
    const flood = await lab.start('flood', ['sh', '-c', `perl -e '${again}' | ip -force -batch -`]);
    broker = await startBroker(lab);
    await startNetworkd(lab);
    await untilRecorded('eth0 ipv4 bound');
    expect(flood.running()).toBe(true);
  });

  test('are told when they are bound, renewed, changed and lost, IPv4 and IPv6', async () => {
    await layDhcpCables(lab);
    const server = await startDhcpServer(lab);
    await lab.write('/etc/systemd/network/eth0.network', network);
    broker = await startBroker(lab);
    await startNetworkd(lab);
    expect(await untilRecorded('eth0 ipv4 bound')).toMatch(/new: .*ADDRESS=10\.0\.0\.1\d\d .*DNS=192\.0\.2\.53/);
    expect(await untilRecorded('eth0 ipv6 bound')).toMatch(/new: .*ADDRESS=fd77::1[0-9a-f]+ .*DNS=fd77::53/);
    await wait(3000); // an end that is less than 2 s later is no renewal
    await renew();
    expect(await untilRecorded('eth0 ipv4 renewed')).toMatch(/old: .*ADDRESS=10\.0\.0\.1/);
    await server.stop();
    await startDhcpServer(lab, { dns: '192.0.2.99' });
    await renew();
    expect(await untilRecorded('eth0 ipv4 changed')).toMatch(/new: .*DNS=192\.0\.2\.99.* old: .*DNS=192\.0\.2\.53/);
    await lab.sh('nsenter --net=/run/netns/router ip link set to-eth0 down');
    await untilRecorded('eth0 ipv4 lost');
    await untilRecorded('eth0 ipv6 lost');
  });
});
