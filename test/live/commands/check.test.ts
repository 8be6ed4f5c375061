import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { configureBroker } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { checkout } from '../lab/checkout.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { startNetworkd } from '../lab/daemons/networkd.js';
import { sets } from '../lab/packages/packages.js';
import { filterable, refusing } from '../../../packages/netlink/test/live/refusing.js';
import { startPolkit } from '../lab/daemons/settings.js';
import type { User } from '../lab/namespace/users.js';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab({ programs: sets.leases });
});
afterEach(() => lab.close());

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** What `check` says about one thing, started as its users do, or `by` another command; as root it becomes network-broker. */
const check = async (about: string, as: User = 'root', by: readonly string[] = []): Promise<string> => {
  const path = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
  const command = [...by.map(quoted), join(checkout, 'bin', 'network-broker'), 'check || true'].join(' ');
  const said = await lab.sh(command, { as, env: { PATH: path } });
  return said
    .split('\n')
    .filter(line => line.split(/\s+/)[1] === about)
    .join('\n');
};

describeLive('check', () => {
  test('asks a real polkit whether the daemon may do what the configuration asks of it', async () => {
    await startBus(lab);
    await configureBroker(lab, '[System]\nGenerator = "dhclient"\n[Network]\nUseDNS = true\nUseHostname = true\n');
    expect(await check('polkit')).toMatch(/^warn .*polkit is not running/);
    const polkit = await startPolkit(lab);
    expect(await check('polkit')).toMatch(
      /^ok .*user 996 may do org\.freedesktop\.resolve1\.set-dns-servers, \S+\.set-hostname$/,
    );
    expect(await check('polkit', 'somebody')).toMatch(
      /^warn .*polkit does not allow user 1000 .*set-dns-servers, \S+set-hostname; install/,
    );
    await polkit.stop();
    await lab.sh('rm /etc/polkit-1/rules.d/*');
    await startPolkit(lab, false);
    expect(await check('polkit')).toMatch(
      /^warn .*user 996 .*set-dns-servers, \S+set-hostname; install network-broker\.rules/,
    );
  });

  test('run by root, says that it could not ask about units where there is no bus, and where there is no polkit', async () => {
    await configureBroker(lab, '[[Start]]\nOn = "routable"\nUnit = "vpn.service"\n');
    expect(await check('units')).toMatch(/^warn +units +polkit could not be asked about units: .*bus/m);
    await startBus(lab);
    expect(await check('units')).toMatch(/^warn +units +polkit could not be asked about units: .*PolicyKit1/m);
  });

  test('says so where there is no user to become, and looks at the rest all the same', async () => {
    await startBus(lab);
    await configureBroker(lab, '');
    const env = {
      PATH: `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`,
      NETWORK_BROKER_USER: 'absent',
    };
    const said = await lab.sh(`${join(checkout, 'bin', 'network-broker')} check 2>&1 || true`, { env });
    expect(said).toMatch(/^network-broker: started as root, but there is no user absent to become: .*nobody$/m);
    expect(said).toMatch(/^ok +configuration /m);
  });

  (filterable ? test : test.skip)('names what an older kernel lacks, or a sandbox refuses', async () => {
    await configureBroker(lab, '');
    const [ENOPROTOOPT, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK] = [92, 11, 12];
    expect(await check('kernel')).toMatch(/^ok /);
    const lacking = refusing([NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK], ENOPROTOOPT);
    expect((await check('kernel', 'root', lacking)).split('\n')).toEqual([
      expect.stringMatching(
        /^warn +kernel +this kernel, or a sandbox, refuses to set NETLINK_EXT_ACK: ENOPROTOOPT .*: errors come /,
      ),
      expect.stringMatching(/^warn .*refuses to set NETLINK_GET_STRICT_CHK: .*: the kernel lists everything/),
    ]);
  });

  test('asks the bus for systemd-networkd', async () => {
    await startBus(lab);
    await configureBroker(lab, '');
    expect(await check('networkd')).toMatch(/^warn .*is not on the bus/);
    await startNetworkd(lab);
    expect(await check('networkd')).toMatch(/^ok .*is on the bus/);
  });

  test('reads the real sysctls: two links in one network speak for one another until they are told not to', async () => {
    await lab.sh(`
      for n in 0 1; do
        ip link add eth$n type veth peer name peer$n
        ip link set eth$n up
        ip link set peer$n up
        ip address add 192.0.2.$((5 + n))/24 dev eth$n
      done`);
    await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n[Network]\nRoutingPolicyRules = "eth1"\n');
    expect(await check('arp')).toMatch(
      /^warn .*eth1 shares the network of 192\.0\.2\.6\/24 with eth0: .*arp_ignore=0 on eth1 eth0, arp_announce=0/,
    );
    await lab.sh('sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.eth0.arp_announce=2');
    expect(await check('arp')).toMatch(/^warn .*found arp_announce=0 on eth1: /);
    await lab.sh('sysctl -qw net.ipv4.conf.eth1.arp_announce=2');
    expect(await check('arp')).toMatch(/^ok /);
    expect(await lab.sh('cat /proc/sys/net/ipv4/conf/eth0/arp_ignore')).toBe('0\n');
    await lab.sh('sysctl -qw net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.all.arp_filter=1');
    expect(await check('arp')).toMatch(/^ok /);
  });
});
