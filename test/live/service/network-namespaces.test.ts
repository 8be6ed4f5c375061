import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describeBooted, release } from '../lab/systems/booted.js';
import { debs } from '../lab/packages/debs.js';
import { bootSystem, type System } from '../lab/systems/system.js';

const namespaces = ['blue', 'green'];
/** The namespace that it runs in, by its own sight, and its configuration's; the directory; the link. */
const recorder = (name: string): string =>
  `#!/bin/sh\necho "$(readlink /proc/self/ns/net) ${name} $(basename "$(dirname "$0")") $LINK" >>/run/network-broker${name === 'host' ? '' : `@${name}`}/runs\n`;

describeBooted(`the service in network namespaces, on Debian ${release}`, () => {
  let system: System;
  const sh = (commands: string): Promise<string> => system.sh(commands);
  const show = async (name: string, property: string): Promise<string> =>
    (await sh(`systemctl show -P ${property} network-broker@${name}`)).trim();
  const runs = async (directory: string): Promise<readonly string[]> =>
    (await system.read(`${directory}/runs`)).split('\n').filter(Boolean);
  const untilActive = (name: string): Promise<boolean> =>
    system.until(`network-broker@${name}`, async () => (await show(name, 'ActiveState')) === 'active', 20);
  const rules = (name: string): Promise<string> => sh(`ip -n ${name} rule`);

  beforeAll(async () => {
    system = await bootSystem(release);
    for (const deb of debs(release)) copyFileSync(deb, system.path(`/tmp/${basename(deb)}`));
    await sh('systemctl start systemd-networkd; dpkg -i /tmp/*.deb 2>&1');
    await system.write('/etc/network-broker/routable.d/10-record', recorder('host'), 0o755);
    await system.write('/etc/network-broker/network-broker.toml', '[System]\nGenerator = "rtnetlink"\n');
    for (const [n, name] of namespaces.entries()) {
      await system.write(
        `/etc/network-broker/${name}/network-broker.toml`,
        `[System]\nGenerator = "rtnetlink"\n[Network]\nRoutingPolicyRules = "eth0"\n`,
      );
      await system.write(`/etc/network-broker/${name}/routable.d/10-record`, recorder(name), 0o755);
      await sh(`ip netns add ${name}
        ip link add to-${name} type veth peer name eth0 netns ${name}
        ip link set to-${name} up
        ip -n ${name} link set lo up
        ip -n ${name} link set eth0 up
        ip -n ${name} address add 192.0.2.${n + 1}/24 dev eth0`);
    }
    await sh(`systemctl start network-broker ${namespaces.map(name => `network-broker@${name}`).join(' ')}`);
  });
  afterAll(() => system.close());

  test.each(namespaces)('in %s, its scripts run for its own links, and there', async name => {
    const place = (await sh(`ip netns exec ${name} readlink /proc/self/ns/net`)).trim();
    await system.until('the script', async () => (await runs(`/run/network-broker@${name}`)).length > 0);
    expect(await runs(`/run/network-broker@${name}`)).toEqual([`${place} ${name} routable.d eth0`]);
    expect(await sh(`ps -o user= -p ${await show(name, 'MainPID')}`)).toMatch(/^network\S+\n$/);
  });

  test.each(namespaces)('in %s, it has a state, a lock, a socket and rules of its own', async name => {
    await system.until('the rules', async () => (await rules(name)).includes('from 192.0.2.'));
    expect(await sh(`cd /run/network-broker@${name}; ls state.json lock control.sock`)).toBe(
      'control.sock\nlock\nstate.json\n',
    );
    await sh(`ls /var/lib/network-broker@${name}/last-configuration.json`);
    const status = `setpriv --reuid 65534 --clear-groups network-broker --namespace ${name} status --json`;
    expect(JSON.parse(await sh(status))).toMatchObject({ pid: Number(await show(name, 'MainPID')) });
    expect(await sh(`network-broker --namespace ${name} check || true`)).not.toMatch(/^error|strangers reach/m);
  });

  test('what the host’s systemd-networkd says of another link with the same ifindex is not heard', async () => {
    const file = '/etc/network-broker/blue/network-broker.toml';
    const good = await system.read(file);
    await system.write(file, good.replace('rtnetlink', 'systemd-networkd'));
    await sh('systemctl restart network-broker@blue');
    const status = JSON.parse(await sh('network-broker --namespace blue status --json')) as { status: string };
    expect(status.status).toContain('speaks of the links of another network namespace');
    expect(await sh('network-broker --namespace blue check || true')).toMatch(/^warn +generator .*another network/m);
    await system.write(file, good);
    await sh('systemctl restart network-broker@blue');
  });

  test('of one, the configuration is reloaded, or refused, without the others', async () => {
    const file = '/etc/network-broker/blue/network-broker.toml';
    const good = await system.read(file);
    await system.write(file, '[System]\nLogLevel = "loud"\n');
    expect(await sh('systemctl reload network-broker@blue 2>&1 || echo refused')).toMatch(/refused\n$/);
    await system.write(file, good.replace('"eth0"', '""'));
    await sh('systemctl reload network-broker@blue');
    await system.until('its rules to go', async () => !(await rules('blue')).includes('from 192.0.2.'));
    expect(await rules('green')).toContain('from 192.0.2.2');
  });

  test('flush is done in the namespace that it is asked for, and refused while its daemon runs', async () => {
    expect(await sh('network-broker --namespace green flush 2>&1 || true')).toContain('nothing removed');
    await sh('systemctl stop network-broker@green');
    expect(await sh('network-broker --namespace green flush')).toMatch(/^removed +rule +from 192\.0\.2\.2/m);
    await sh('systemctl start network-broker@green');
  });

  test('nobody but root is taken into another one, and a name that is none is told', async () => {
    const nobody = 'setpriv --reuid 65534 --clear-groups network-broker';
    expect(await sh(`${nobody} --namespace blue monitor 2>&1 || true`)).toContain('only root can enter');
    expect(await sh('network-broker --namespace red check 2>&1 || true')).toContain('ip netns add red');
    expect(await sh('network-broker --namespace ../x check 2>&1 || true')).toContain(
      'expected a name of ip netns list',
    );
  });

  test('stops with its namespace, which is gone then, and waits for one that is not there', async () => {
    await sh('ip netns delete green');
    await system.until('the end', async () => (await show('green', 'ActiveState')) === 'inactive');
    await system.until('the link to go', async () => !(await sh('ip link')).includes('to-green'));
    await sh('systemctl start network-broker@green || true; ip netns add green');
    await untilActive('green');
  });

  test('is stopped with the package, and what it has left goes with it', async () => {
    await sh('dpkg -r network-broker 2>&1; rm -r /etc/network-broker/*; dpkg -P network-broker 2>&1');
    expect(await sh('systemctl list-units --plain --no-legend "network-broker*"')).toBe('');
    expect(await sh('ls -d /run/network-broker* /var/lib/network-broker* 2>/dev/null || true')).toBe('');
  });
});
