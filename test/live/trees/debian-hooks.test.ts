import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyFileSync } from 'node:fs';
import { basename } from 'node:path';
import { dnsmasq } from '../lab/daemons/router.js';
import { debs } from '../lab/packages/debs.js';
import { describeBooted, release } from '../lab/systems/booted.js';
import { debianRoot } from '../lab/systems/root.js';
import { bootRoot, type System } from '../lab/systems/system.js';

/** A server with the packages of Debian that bring hooks for these programs, and these programs. */
const contents = [
  ...['dbus', 'systemd', 'systemd-sysv', 'udev', 'polkitd', 'iproute2', 'procps', 'dnsmasq-base', 'libstdc++6'],
  ...['network-manager', 'networkd-dispatcher', 'chrony', 'ntpsec-ntpdate', 'postfix'],
  ...(release === 13 ? ['nodejs'] : []),
];

/** Nothing starts that is not asked for; and chronyd leaves the clock alone, which is the host's. */
const prepare = `
for unit in NetworkManager NetworkManager-wait-online networkd-dispatcher chrony postfix; do
  rm -f /etc/systemd/system/*.wants/$unit.service
done
echo 'DAEMON_OPTS="-F 0 -x"' >/etc/default/chrony
echo 'nameserver 192.0.2.53' >/etc/resolv.conf`;

/** What the hooks of chrony, ntpsec-ntpdate, postfix and (Debian 12) network-manager itself have done. */
interface Done {
  /** chrony's servers of DHCP */
  readonly servers: string;
  /** how many of chrony's servers are asked */
  readonly online: number;
  /** postfix's own copy */
  readonly resolv: string;
  /** ntpdate's servers of DHCP */
  readonly ntpdate: string;
  /** hooks of ifupdown, which NetworkManager's own script runs; but for lo, which only NetworkManager has for a link */
  readonly ifupdown: string;
}

/** Have they all done what they do? */
interface Hooks {
  readonly up: (done: Done) => boolean;
  readonly down: (done: Done) => boolean;
}
const ofNetworkdDispatcher: Hooks = {
  up: ({ online, resolv }) => online > 0 && resolv !== '',
  down: ({ online, resolv }) => online === 0 && resolv !== '',
};
/** Of network-manager itself in Debian 12 only, of postfix in Debian 13 only. */
const lastOf = ({ ifupdown, resolv }: Done): boolean => (release === 12 ? ifupdown : resolv) !== '';
const ofNetworkManager: Hooks = {
  up: done => done.online > 0 && done.servers !== '' && done.ntpdate !== '' && lastOf(done),
  down: done => done.online === 0 && done.servers === '' && done.ntpdate === '' && lastOf(done),
};
const ofBoth: Hooks = {
  up: done => ofNetworkdDispatcher.up(done) && ofNetworkManager.up(done),
  down: done => ofNetworkdDispatcher.down(done) && ofNetworkManager.down(done),
};

describeBooted(`the hooks of Debian’s packages, on Debian ${release} booted by its own systemd`, () => {
  let system: System;
  const sh = (commands: string): Promise<string> => system.sh(commands);
  const router = (to: 'up' | 'down'): Promise<string> => sh(`ip -n router link set to-eth0 ${to}`);
  const done = async (): Promise<Done> => ({
    servers: await system.read('/run/chrony-dhcp/eth0.sources'),
    online: Number(/^(\d+) sources online/m.exec(await sh('chronyc activity'))?.[1]),
    resolv: await system.read('/var/spool/postfix/etc/resolv.conf'),
    ntpdate: await system.read('/run/ntpsec/ntpdate.dhcp'),
    ifupdown: await system.read('/run/ifupdown'),
  });
  /** Nothing is done, and the link is down. */
  const reset = async (): Promise<void> => {
    await sh(`
      ip link set eth0 down; ip address flush dev eth0
      ip -n router link set to-eth0 down
      chronyc offline; rm -f /run/chrony-dhcp/* /run/ntpsec/* /run/ifupdown /var/spool/postfix/etc/resolv.conf; chronyc reload sources`);
    expect(await done()).toEqual({ servers: '', online: 0, resolv: '', ntpdate: '', ifupdown: '' });
  };
  const until = (what: string, is: (done: Done) => boolean): Promise<Done> =>
    system.until(
      what,
      async () => {
        const now = await done();
        return is(now) && now;
      },
      40,
    );
  /** What is done when the link comes, and when it goes (`off` is how). */
  const through = async (all: Hooks, off: string): Promise<readonly [Done, Done]> => {
    await router('up');
    const up = await until('what is done for a link that is up', all.up);
    await sh(`rm -f /var/spool/postfix/etc/resolv.conf /run/ifupdown; ${off}`);
    return [up, await until('what is done for a link that is down', all.down)];
  };

  beforeAll(async () => {
    system = await bootRoot(debianRoot(release, contents), { prepare });
    for (const deb of debs(release)) copyFileSync(deb, system.path(`/tmp/${basename(deb)}`));
    const options = [
      '--dhcp-range=10.0.0.100,10.0.0.200,255.255.255.0,2m',
      '--dhcp-option=option:ntp-server,192.0.2.9',
    ];
    await system.write('/etc/chrony/sources.d/laboratory.sources', 'server 192.0.2.10\n');
    const network = ['[Match]', 'Name=eth0', '[Network]', 'DHCP=ipv4', 'IPv6AcceptRA=no', 'LinkLocalAddressing=no'];
    await system.write('/etc/systemd/network/eth0.network', `${network.join('\n')}\n`);
    const connection = ['[connection]', 'id=eth0', 'type=ethernet', 'interface-name=eth0', '[ipv6]', 'method=disabled'];
    await system.write('/etc/NetworkManager/system-connections/eth0.nmconnection', `${connection.join('\n')}\n`, 0o600);
    await system.write(
      '/etc/NetworkManager/NetworkManager.conf',
      '[main]\nplugins=keyfile\ndns=none\nno-auto-default=*\n',
    );
    for (const when of ['if-up.d', 'if-post-down.d'])
      await system.write(
        `/etc/network/${when}/record`,
        '#!/bin/sh\n[ "$IFACE" = lo ] || echo "$IFACE $ADDRFAM $MODE $PHASE" >>/run/ifupdown\n',
        0o755,
      );
    await sh(`
      ip netns add router
      ip link add eth0 type veth peer name to-eth0 netns router
      ip -n router address add 10.0.0.1/24 dev to-eth0
      systemd-run --unit=router --property=NetworkNamespacePath=/run/netns/router ${[...dnsmasq, ...options].join(' ')} 2>&1
      dpkg -i /tmp/*.deb 2>&1
      systemctl start chrony postfix`);
  });
  afterAll(() => system.close());

  test('do under the trees that migrate writes what they do under networkd-dispatcher and NetworkManager', async () => {
    await reset();
    await sh('systemctl start systemd-networkd networkd-dispatcher');
    const [routable, off] = await through(ofNetworkdDispatcher, 'ip link set eth0 down');
    await sh('systemctl stop networkd-dispatcher systemd-networkd systemd-networkd.socket');

    await reset();
    await sh('systemctl start NetworkManager');
    const [up, down] = await through(ofNetworkManager, 'nmcli device disconnect eth0');
    expect(await sh('network-broker migrate')).toContain('NetworkManager runs on this host');
    await sh('systemctl stop NetworkManager NetworkManager-dispatcher');

    await reset();
    await sh(`
      mkdir -p /etc/network-broker/network-broker.toml.d
      network-broker migrate >/etc/network-broker/network-broker.toml.d/50-migrated.toml
      systemctl enable --now network-broker-root.socket
      systemctl start systemd-networkd network-broker`);
    const ours = await through(ofBoth, 'ip link set eth0 down');
    expect(up).toMatchObject({ servers: 'server 192.0.2.9 iburst\n', online: 1 });
    expect(up.ntpdate).toContain("NTPSERVERS='192.0.2.9'");
    expect(routable.resolv).toBe('nameserver 192.0.2.53\n');
    if (release === 12)
      expect([up.ifupdown, down.ifupdown]).toEqual(['eth0 inet start post-up\n', 'eth0 inet stop post-down\n']);
    expect(ours).toEqual([
      { ...up, resolv: routable.resolv },
      { ...down, resolv: off.resolv },
    ]);
    expect(await sh('network-broker check || true')).toContain('no other program runs the scripts of these trees');
  }, 240_000);
});
