import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Broker, configureBroker, startBroker, untilLogged } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { layDhcpCables, releaseLease, startDhclient, startDhcpServer } from '../lab/daemons/dhclient.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { startNetworkd } from '../lab/daemons/networkd.js';
import { sets } from '../lab/packages/packages.js';
import { installScript } from '../lab/scripts.js';
import { dnsOf, hostnameNow, startHostnamed, startPolkit, startResolved } from '../lab/daemons/settings.js';

const configuration = `
[System]
Generator = "dhclient"
[Network]
UseDNS = true
UseDomain = true
UseHostname = true
`;
const recorder = (directory: string): string => `#!/bin/sh
printf '%s\\n' "${directory} $LINK $FAMILY $ACTION $DHCP_LEASE" >>/var/log/leases
`;

let lab: Lab;
let broker: Broker | undefined;

beforeEach(async () => {
  lab = await openLab({ programs: sets.leases });
  await lab.write('/var/log/leases', '', 0o666);
  for (const directory of ['routable.d', 'leases.d'])
    await installScript(lab, directory, '10-record', recorder(directory));
  await configureBroker(lab, configuration);
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

describeLive('dhclient’s leases', () => {
  test('reach scripts, resolved and hostnamed, and nothing of them stays after the release', async () => {
    await layDhcpCables(lab);
    await startDhcpServer(lab);
    await startPolkit(lab);
    await startResolved(lab);
    await startHostnamed(lab);
    broker = await startBroker(lab);
    await startDhclient(lab);
    const line = await untilRecorded('routable.d eth0 ipv4 bound');
    expect(line).toMatch(
      /bound ADDRESS=10\.0\.0\.1\d\d,DNS=192\.0\.2\.53,ROUTER=10\.0\.0\.1,SUBNETMASK=255\.255\.255\.0,DOMAIN=lab\.example$/,
    );
    await lab.until('the DNS settings', async () => (await dnsOf(lab)) === '192.0.2.53 | lab.example');
    await lab.until('the host name', async () => (await hostnameNow(lab)) === 'lab-host');
    expect(await lab.sh(`grep '^Uid' /proc/${broker.pid}/status`)).toMatch(/996/);

    await startDhclient(lab, 'eth0', 6);
    await untilRecorded('leases.d eth0 ipv6 bound ADDRESS=fd77::1', 20);
    await lab.until(
      'both families',
      async () => (await dnsOf(lab)) === '192.0.2.53 fd77::53 | lab.example six.example',
    );

    await releaseLease(lab);
    await untilRecorded('leases.d eth0 ipv4 released');
    await lab.until('IPv6 alone', async () => (await dnsOf(lab)) === 'fd77::53 | six.example');
    // hostnamed's default, as there is no static name
    await lab.until('the host name to be withdrawn', async () => (await hostnameNow(lab)) === 'localhost');
    await releaseLease(lab, 'eth0', 6);
    await untilRecorded('leases.d eth0 ipv6 released');
    await lab.until('no DNS settings', async () => (await dnsOf(lab)) === ' | ');
    expect((await recorded()).map(text => text.split(' ').slice(0, 4).join(' '))).toEqual([
      'routable.d eth0 ipv4 bound', 'leases.d eth0 ipv4 bound', 'routable.d eth0 ipv6 bound', 'leases.d eth0 ipv6 bound',
      'leases.d eth0 ipv4 released', 'leases.d eth0 ipv6 released',
    ]); // prettier-ignore
  });

  test('renewed, with another DNS server and with another address are told with what changed', async () => {
    await layDhcpCables(lab);
    const server = await startDhcpServer(lab);
    broker = await startBroker(lab);
    const client = await startDhclient(lab);
    await untilRecorded('leases.d eth0 ipv4 bound');
    const address = /ADDRESS=([\d.]+)/.exec((await recorded()).at(-1) ?? '')?.[1];

    await wait(1100); // its record tells of whole seconds
    // A dhclient that starts asks for the address it had, records the answer at once, and takes no address away.
    await client.stop('SIGKILL');
    const second = await startDhclient(lab);
    await untilRecorded(`leases.d eth0 ipv4 renewed ADDRESS=${address}`);
    expect(await recorded()).toHaveLength(3); // routable.d ran only once

    await server.stop();
    const other = await startDhcpServer(lab, { dns: '192.0.2.99' });
    await second.stop('SIGKILL');
    const third = await startDhclient(lab);
    await untilRecorded(`leases.d eth0 ipv4 changed ADDRESS=${address},DNS=192.0.2.99`);

    await other.stop();
    await startDhcpServer(lab, { dns: '192.0.2.99', range: '10.0.0.200,10.0.0.210' });
    await third.stop('SIGKILL');
    await startDhclient(lab);
    await untilRecorded('leases.d eth0 ipv4 changed ADDRESS=10.0.0.2', 20);
    expect((await recorded()).map(text => text.split(' ').slice(0, 4).join(' '))).toEqual([
      'routable.d eth0 ipv4 bound', 'leases.d eth0 ipv4 bound', 'leases.d eth0 ipv4 renewed',
      'routable.d eth0 ipv4 changed', 'leases.d eth0 ipv4 changed', 'routable.d eth0 ipv4 changed', 'leases.d eth0 ipv4 changed',
    ]); // prettier-ignore
    const changes = broker.log().filter(({ kind, message }) => kind === 'lease' && message.includes('changed: '));
    expect(changes.map(({ message }) => message.split('changed: ').at(-1))).toEqual([
      expect.stringContaining('domain-name-servers'),
      expect.stringContaining('address'),
    ]);
  });

  test('of two links: each has its own DNS servers, and the host name moves on when the first lease goes', async () => {
    await layDhcpCables(lab, [0, 1]);
    await startDhcpServer(lab, {
      more: [
        '--dhcp-range=set:one,10.0.1.100,10.0.1.110,255.255.255.0,2m',
        '--dhcp-option-force=tag:one,6,192.0.2.54',
        '--dhcp-option-force=tag:one,12,second',
      ],
    });
    await startPolkit(lab);
    await startResolved(lab);
    await startHostnamed(lab);
    broker = await startBroker(lab);
    await startDhclient(lab);
    await untilRecorded('leases.d eth0 ipv4 bound');
    await startDhclient(lab, 'eth1');
    await untilRecorded('leases.d eth1 ipv4 bound');
    await lab.until('DNS of eth1', async () => (await dnsOf(lab, 'eth1')) === '192.0.2.54 | lab.example');
    expect(await dnsOf(lab)).toBe('192.0.2.53 | lab.example');
    expect(await hostnameNow(lab)).toBe('lab-host');
    await releaseLease(lab);
    await lab.until('the host name to move on', async () => (await hostnameNow(lab)) === 'second');
    expect(await dnsOf(lab, 'eth1')).toBe('192.0.2.54 | lab.example');
  });

  test('of two links: one is asked only for its own names, and is as before when its lease goes', async () => {
    await configureBroker(lab, `${configuration}\n[Link.eth1]\nDNSDefaultRoute = false\nDomains = "~corp.example"\n`);
    await layDhcpCables(lab, [0, 1]);
    await startDhcpServer(lab, { more: ['--dhcp-range=10.0.1.100,10.0.1.110,255.255.255.0,2m'] });
    await startPolkit(lab);
    await startResolved(lab);
    broker = await startBroker(lab);
    await startDhclient(lab);
    await startDhclient(lab, 'eth1');
    const isAsked = async (link: string): Promise<string> =>
      (await lab.sh(`resolvectl default-route ${link}`)).split(':').at(-1)?.trim() ?? '';
    await lab.until('DNS of eth0', async () => (await dnsOf(lab)) === '192.0.2.53 | lab.example');
    await lab.until('DNS of eth1', async () => (await dnsOf(lab, 'eth1')) === '192.0.2.53 | ~corp.example lab.example');
    await lab.until('eth1 not to be asked for everything', async () => (await isAsked('eth1')) === 'no');
    expect(await isAsked('eth0')).toBe('yes');
    await releaseLease(lab, 'eth1');
    await lab.until('no DNS settings of eth1', async () => (await dnsOf(lab, 'eth1')) === ' | ');
    await lab.until('the default route to be given back', async () => (await isAsked('eth1')) === 'yes');
    expect(await dnsOf(lab)).toBe('192.0.2.53 | lab.example');
  });

  test('are set again when resolved restarts; without polkit’s rules it says what is missing', async () => {
    await layDhcpCables(lab);
    await startDhcpServer(lab);
    const polkit = await startPolkit(lab);
    const resolved = await startResolved(lab);
    broker = await startBroker(lab);
    await startDhclient(lab);
    await lab.until('the DNS settings', async () => (await dnsOf(lab)) === '192.0.2.53 | lab.example');
    await resolved.stop();
    await lab.sh('rm -rf /run/systemd/resolve/netif');
    const second = await startResolved(lab);
    await lab.until('the DNS settings again', async () => (await dnsOf(lab)) === '192.0.2.53 | lab.example');
    await second.stop();
    await polkit.stop();
    await lab.sh('rm /etc/polkit-1/rules.d/*');
    await startPolkit(lab, false);
    await startResolved(lab);
    await untilLogged(
      lab,
      broker,
      'a refusal',
      ({ code, message }) => code === 'dns-refused' && message.includes('polkit'),
    );
  });

  test('that go while the daemon is away are told at its next start, and what was set for them is withdrawn', async () => {
    await layDhcpCables(lab);
    await startDhcpServer(lab);
    await startPolkit(lab);
    await startResolved(lab);
    await startHostnamed(lab);
    broker = await startBroker(lab);
    await startDhclient(lab);
    await untilRecorded('leases.d eth0 ipv4 bound');
    await lab.until('the DNS settings', async () => (await dnsOf(lab)) === '192.0.2.53 | lab.example');
    await lab.until('the host name', async () => (await hostnameNow(lab)) === 'lab-host');
    await broker.stop();
    await releaseLease(lab);
    broker = await startBroker(lab);
    await untilRecorded('leases.d eth0 ipv4 released ADDRESS=10.0.0.1');
    await lab.until('no DNS settings', async () => (await dnsOf(lab)) === ' | ');
    await lab.until('the host name to be withdrawn', async () => (await hostnameNow(lab)) === 'localhost');
    expect(await recorded()).toHaveLength(3);
  });

  test('held at start count, those of the file alone do not, and the address going is a loss', async () => {
    await layDhcpCables(lab);
    await startDhcpServer(lab);
    const client = await startDhclient(lab);
    await lab.until('the lease file', async () =>
      (await lab.read('/var/lib/dhcp/dhclient-eth0.leases')).includes('expire'),
    );
    const file = await lab.read('/var/lib/dhcp/dhclient-eth0.leases');
    await lab.write('/var/lib/dhcp/dhclient-lo.leases', file.replaceAll('"eth0"', '"lo"'));
    broker = await startBroker(lab);
    await untilRecorded('leases.d eth0 ipv4 bound');
    await client.stop('SIGKILL');
    await lab.sh('ip address flush dev eth0 scope global');
    await untilRecorded('leases.d eth0 ipv4 lost');
    expect(await recorded()).toHaveLength(3);
  });

  test('of a hostile server reach nobody but as clean values', async () => {
    const evil = 'x";}\nlease { $(touch /tmp/owned) `id` ../ü';
    await layDhcpCables(lab);
    await startDhcpServer(lab, {
      more: [`--dhcp-option-force=12,${evil}`, `--dhcp-option-force=15,${evil}`],
      hostname: '',
      domain: '',
    });
    await startPolkit(lab);
    await startResolved(lab);
    await startHostnamed(lab);
    const name = await hostnameNow(lab);
    broker = await startBroker(lab);
    await startDhclient(lab);
    const line = await untilRecorded('routable.d eth0 ipv4 bound');
    expect(line).toMatch(
      /^routable\.d eth0 ipv4 bound ADDRESS=10\.0\.0\.1\d\d,DNS=192\.0\.2\.53,ROUTER=10\.0\.0\.1,SUBNETMASK=255\.255\.255\.0$/,
    );
    expect(await lab.read('/var/lib/dhcp/dhclient-eth0.leases')).toContain('touch');
    await lab.until('the DNS servers', async () => (await dnsOf(lab)) === '192.0.2.53 | ');
    expect(await hostnameNow(lab)).toBe(name);
    expect(await lab.sh('ls /tmp')).not.toContain('owned');
    expect(await recorded()).toHaveLength(2);
  });

  test.each(['', 'option rfc3442-classless-static-routes code 121 = array of unsigned integer 8;\n'])(
    'with classless routes have the router that these name, and what is no value is said and left out (%j)',
    async declaration => {
      await lab.write('/etc/dhcp/dhclient.conf', declaration);
      await layDhcpCables(lab);
      await startDhcpServer(lab, {
        dns: '127.0.0.53,192.0.2.53',
        domain: 'a.example,b.example',
        hostname: `host.${'long.'.repeat(13)}example.`,
        more: ['--dhcp-option-force=3,10.0.0.1', '--dhcp-option-force=121,10.9.8.0/24,10.0.0.2,0.0.0.0/0,10.0.0.254'],
      });
      await startPolkit(lab);
      await startResolved(lab);
      await startHostnamed(lab);
      broker = await startBroker(lab);
      await startDhclient(lab, 'eth0', 4, { configuration: '/etc/dhcp/dhclient.conf' });
      expect(await untilRecorded('leases.d eth0 ipv4 bound')).toMatch(
        /,DNS=192\.0\.2\.53,ROUTER=10\.0\.0\.254,SUBNETMASK=/,
      );
      const option = declaration === '' ? 'unknown-121' : 'rfc3442-classless-static-routes';
      expect(await lab.read('/var/lib/dhcp/dhclient-eth0.leases')).toContain(`option ${option} `);
      await lab.until('the DNS servers', async () => (await dnsOf(lab)) === '192.0.2.53 | ');
      await lab.until('the host name', async () => (await hostnameNow(lab)) === 'host');
      const said = broker.log().flatMap(({ code, message }) => (code === 'lease-value' ? [message] : []));
      expect(said).toEqual([
        expect.stringContaining('the domain "a.example,b.example": expected domain names, separated by spaces'),
        expect.stringContaining('the DNS server "127.0.0.53": expected'),
      ]);
    },
  );

  test('of a link that networkd configures: resolved’s refusal is explained, and over networkd it works', async () => {
    await layDhcpCables(lab);
    await startDhcpServer(lab);
    await startPolkit(lab);
    await lab.write(
      '/etc/systemd/network/eth0.network',
      '[Match]\nName=eth0\n[Network]\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n',
    );
    await startResolved(lab);
    await startNetworkd(lab);
    broker = await startBroker(lab);
    await startDhclient(lab);
    await untilLogged(
      lab,
      broker,
      'LinkBusy',
      ({ code, message }) => code === 'dns-refused' && message.includes('DNSVia="networkd"'),
    );
    await configureBroker(lab, `${configuration}DNSVia = "networkd"\n`);
    await lab.sh(`kill -HUP ${broker.pid}`);
    await lab.until('DNS over networkd', async () => (await dnsOf(lab)) === '192.0.2.53 | lab.example');
    await releaseLease(lab);
    await lab.until('no DNS settings', async () => (await dnsOf(lab)) === ' | ');
  });
});
