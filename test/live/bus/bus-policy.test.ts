import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describeBooted, release } from '../lab/systems/booted.js';
import { type Client, connectClient } from '../lab/bus-clients/client.js';
import { dbusBroker } from '../lab/daemons/dbus-broker.js';
import { debs } from '../lab/packages/debs.js';
import { type BootOptions, bootSystem, type System } from '../lab/systems/system.js';

const directory = '/etc/dbus-1/system.d';
const reload = 'busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig';
const policy = (user: string, rule: string): string => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><policy user="${user}">${rule}</policy></busconfig>
`;

const buses: readonly (readonly [string, BootOptions])[] = [
  ['dbus-daemon', {}],
  ...dbusBroker().map((options): [string, BootOptions] => ['dbus-broker', options]),
];

describeBooted.each(buses)(`the bus policy of the package, with %s on Debian ${release}`, (bus, options) => {
  let system: System;
  /** a program of somebody else's that has a name of its own */
  let friend: Client;
  const sh = (commands: string): Promise<string> => system.sh(commands);
  const check = async (): Promise<string> =>
    (await sh('network-broker check 2>&1 || true')).split('\n').find(line => line.includes('bus policy')) ?? '';

  /** The strangers that a program of this user hears, while it hears networkd and the bus. */
  const heardBy = async (user: string): Promise<readonly string[]> => {
    const file = `/var/log/heard-by-${user}`;
    await sh(`: >${file}
      systemd-run --quiet --unit=ear -p User=${user} -p StandardOutput=file:${file} dbus-monitor --system "type='signal'"`);
    const heard = (): Promise<string> => system.read(file);
    const name = await system.until('the ear’s name', async () => /string "(:[\d.]+)"/.exec(await heard())?.[1]);
    // The bus keeps the order: a networkd that is heard to come back twice came after what strangers said in between.
    const comesBack = /member=NameOwnerChanged[^)]*network1"\n +string ""\n/g;
    await system.until(
      'networkd to be heard to come',
      async () => {
        for (const to of ['', `--destination=${name}`])
          for (const stranger of ['root', 'nobody'])
            await sh(`setpriv --reuid ${stranger} --clear-groups busctl emit ${to} /x org.example.Stranger Said`);
        const signal = { path: '/x', of: 'org.example.Friend', member: 'Said', signature: '', body: [] };
        await friend.emit(signal);
        await friend.emit(signal, [name]);
        await sh('systemctl restart systemd-networkd');
        return ((await heard()).match(comesBack) ?? []).length >= 2;
      },
      30,
    );
    await sh('ip -n router link set to-eth0 down');
    await system.until('a carrier loss to be heard', async () => (await heard()).includes('"no-carrier"'), 30);
    await sh('ip -n router link set to-eth0 up');
    const text = await heard();
    await sh('systemctl stop ear');
    return [...new Set(text.match(/(?<=interface=org\.example\.)\w+/g))].sort();
  };

  beforeAll(async () => {
    system = await bootSystem(release, options);
    expect(await sh('ps -o comm= -p $(systemctl show -P MainPID dbus)')).toContain(bus);
    for (const deb of debs(release)) copyFileSync(deb, system.path(`/tmp/${basename(deb)}`));
    await system.write(`${directory}/friend.conf`, policy('root', '<allow own="org.example.Friend"/>'));
    await sh(`
      ! id network-broker 2>/dev/null
      ip netns add router
      ip link add eth0 type veth peer name to-eth0 netns router
      ip -n router link set to-eth0 up
      mkdir -p /etc/systemd/network
      printf '[Match]\\nName=eth0\\n[Network]\\nAddress=10.0.0.50/24\\n' >/etc/systemd/network/eth0.network
      mkdir -p /etc/systemd/system/systemd-networkd.service.d
      printf '[Unit]\\nStartLimitIntervalSec=0\\n' >/etc/systemd/system/systemd-networkd.service.d/often.conf
      systemctl daemon-reload
      ${reload}
      systemctl start systemd-networkd
      dpkg --no-triggers -i /tmp/*.deb 2>&1`); // by its trigger the package of dbus would reload the bus as well
    friend = await connectClient(system);
    await friend.own('org.example.Friend');
  });
  afterAll(async () => {
    friend.close();
    await system.close();
  });

  test('holds as soon as the package is installed, which makes the user: check tries it', async () => {
    expect(await check()).toMatch(/^ok .*refuses/);
  });

  test('keeps strangers’ signals away from the user, but neither networkd’s nor the bus’s own', async () => {
    expect(await heardBy('nobody')).toEqual(['Friend', 'Stranger']);
    expect(await heardBy('network-broker')).toEqual([]);
  });

  test('lets the daemon serve a networkd that starts later', async () => {
    await system.write(
      '/etc/network-broker/no-carrier.d/10-record',
      '#!/bin/sh\necho "$LINK" >>/run/network-broker/runs\n',
      0o755,
    );
    await sh('systemctl stop systemd-networkd.socket systemd-networkd');
    await sh('systemctl start network-broker; systemctl start systemd-networkd');
    const state = (): Promise<string> => sh('networkctl --no-legend list eth0');
    await system.until('eth0 to be routable', async () => (await state()).includes('routable'), 20);
    await sh('ip -n router link set to-eth0 down');
    await system.until('no-carrier.d', async () => (await system.read('/run/network-broker/runs')) === 'eth0\n', 20);
    await sh('ip -n router link set to-eth0 up');
  });

  test('can be given one more name by a fragment of one’s own', async () => {
    const fragment = `${directory}/network-broker-local.conf`;
    const rule = '<allow receive_type="signal" receive_sender="org.example.Friend"/>';
    await system.write(fragment, policy('network-broker', rule));
    await sh(reload);
    expect(await heardBy('network-broker')).toEqual(['Friend']);
    await sh(`rm ${fragment}; ${reload}`);
  });

  test('goes with the package', async () => {
    await sh('dpkg -r network-broker 2>&1');
    expect(await heardBy('network-broker')).toEqual(['Friend', 'Stranger']);
  });
});
