import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describeBooted, release } from '../lab/systems/booted.js';
import { replayedLog } from '../lab/traces.js';
import { installWithLinks } from '../lab/packages/installed.js';
import { bootSystem, type System } from '../lab/systems/system.js';

/** The files that docs/units.md shows, by their paths. */
const recipes = new Map(
  [...readFileSync('docs/units.md', 'utf8').matchAll(/^```\w+\n# (\/\S+)\n(.*?)^```$/gms)].map(
    ([, path = '', text = '']) => [path, text] as const,
  ),
);
/** Says in the journal that it was called, and how. */
const recorder = '#!/bin/sh\necho "called: $(basename "$0") $*"\n';
const programs = ['/usr/local/bin/ddns', '/usr/local/bin/backup', '/usr/bin/chronyc', '/usr/sbin/nft'];

describeBooted(`the recipes of docs/units.md, on Debian ${release} booted by its own systemd`, () => {
  let system: System;
  const sh = (commands: string): Promise<string> => system.sh(commands);
  let forgotten = 0;
  const allCalls = async (): Promise<readonly string[]> =>
    (await sh('journalctl -o cat --no-pager'))
      .split('\n')
      .flatMap(line => (line.startsWith('called: ') ? [line.slice('called: '.length).trim()] : []));
  const calls = async (): Promise<readonly string[]> => (await allCalls()).slice(forgotten);
  const forget = async (): Promise<void> => {
    forgotten = (await allCalls()).length;
  };
  const untilCalled = (call: string): Promise<boolean> =>
    system.until(call, async () => (await calls()).includes(call), 20);
  const untilState = (unit: string, state: string): Promise<boolean> =>
    system.until(
      `${unit} to be ${state}`,
      async () => (await sh(`systemctl is-active ${unit} || true`)).trim() === state,
      20,
    );

  beforeAll(async () => {
    system = await bootSystem(release);
    for (const program of programs) await system.write(program, recorder, 0o755);
    await system.write('/usr/local/bin/vpn', `${recorder}exec sleep infinity\n`, 0o755);
    await installWithLinks(system, release, ['10-eth0', '10-home']);
    for (const [path, text] of recipes) await system.write(path, text);
    await sh(`
      network-broker polkit >/etc/polkit-1/rules.d/60-network-broker-units.rules
      systemctl daemon-reload
      systemctl enable vpn.service chrony-online@eth0.service firewall-home.service backup.timer 2>&1
      systemctl start network-broker`);
    await untilState('network-profile@10-home.target', 'active');
    await untilState('link-online@eth0.target', 'active');
  });
  afterAll(async () => {
    await system.close();
  });

  test('there are five', () => {
    expect([...recipes.keys()].map(path => basename(path))).toEqual([
      'vpn.service',
      'network-broker.toml',
      'ddns@.service',
      'chrony-online@.service',
      'firewall-home.service',
      'backup.timer',
      'backup.service',
    ]);
  });

  test('a VPN runs while its link is routable', async () => {
    await untilCalled('vpn eth0');
    await sh('ip -n router link set to-eth0 down');
    await untilState('vpn.service', 'inactive');
    await sh('ip -n router link set to-eth0 up');
    await untilState('vpn.service', 'active');
  });

  test('a new address starts dynamic DNS, which polkit allows, and the log has the result of its job', async () => {
    await forget();
    await sh('ip address add 10.0.0.51/24 dev eth0');
    await untilCalled('ddns eth0');
    await system.until('the result', async () =>
      (await sh('journalctl -u network-broker -o cat --no-pager')).includes('start of ddns@eth0.service: done'),
    );
  });

  test('it is started after the scripts of its event, and a trace of it replays to the same, with a row in diagrams', async () => {
    const file = '/etc/network-broker/network-broker.toml';
    const before = await system.read(file);
    await system.write(file, `${before}[System]\nTrace = 4\n`);
    const script = '#!/bin/sh\nsleep 0.5\necho "the script of $ADDRESS has ended"\n';
    await system.write('/etc/network-broker/addresses.d/10-slow', script, 0o755);
    await sh('systemctl reload network-broker');
    await forget();
    const journal = async (): Promise<string> => sh('journalctl -o cat --no-pager');
    const began = (await journal()).length;
    await sh('ip address add 10.0.0.53/24 dev eth0');
    const result = /^.*event \d+: start of ddns@eth0\.service: done after \d+ ms$/gm;
    await system.until('the result', async () => (await journal()).slice(began).search(result) >= 0);
    const said = (await journal()).slice(began);
    expect(said.search(/the script of 10\.0\.0\.53\S* has ended/)).toBeGreaterThanOrEqual(0);
    expect(said.indexOf('called: ddns eth0')).toBeGreaterThan(said.search(/the script of \S+ has ended/));
    const trace = (await sh('network-broker record')).split('\n').filter(line => line !== '');
    const replays = (await replayedLog(trace)).filter(line => line.includes('ddns@eth0.service'));
    expect(replays).toEqual(said.match(result));
    expect(await sh('network-broker record >/tmp/trace; network-broker diagram /tmp/trace')).toMatch(
      /eth0 units[^]*start ddns@eth0\.service done/,
    );
    await sh('rm /etc/network-broker/addresses.d/10-slow');
    await system.write(file, before);
    await sh('systemctl reload network-broker');
  });

  test('a unit that polkit does not allow, or that is not there, is refused, in the log', async () => {
    const file = '/etc/network-broker/network-broker.toml';
    const before = await system.read(file);
    await system.write(file, `${before}[[Start]]\nOn = "addresses:added"\nUnit = "vpn.service"\nJob = "stop"\n`);
    await sh('systemctl reload network-broker; ip address add 10.0.0.52/24 dev eth0');
    await system.until('the refusal', async () =>
      /stop of vpn.service: refused: .*network-broker polkit/.test(
        await sh('journalctl -u network-broker -o cat --no-pager'),
      ),
    );
    await untilState('vpn.service', 'active');
    await system.write(file, `${before}[[Start]]\nOn = "resume"\nUnit = "missing.service"\n`);
    expect(await sh('network-broker check || true')).toMatch(/warn +units +systemd has no unit missing.service/);
    await system.write(file, before);
    await sh('systemctl reload network-broker');
  });

  test('check, run by root, names what polkit refuses of units, and the rule that is missing', async () => {
    const file = '/etc/network-broker/network-broker.toml';
    const rules = '/etc/polkit-1/rules.d/60-network-broker-units.rules';
    const before = await system.read(file);
    const check = async (by = ''): Promise<string> =>
      (await sh(`${by} network-broker check || true`))
        .split('\n')
        .filter(line => line.split(/\s+/)[1] === 'units')
        .join('\n');
    const polkitIs = (word: 'start' | 'stop'): Promise<string> => sh(`systemctl ${word} polkit`);
    const refusal =
      /^warn +units +polkit does not allow user \d+ to (.*); install the rule that `network-broker polkit`/m;

    await polkitIs('start');
    expect(await check()).toMatch(/^ok +units +polkit allows .*start ddns@eth0\.service/m);
    expect(await check()).not.toContain('warn');
    await system.write(file, `${before}[[Start]]\nOn = "resume"\nUnit = "vpn.service"\nJob = "stop"\n`);
    expect((refusal.exec(await check()) ?? [])[1]).toBe('stop vpn.service');
    expect(await check('setpriv --reuid nobody --clear-groups')).toMatch(/^ok +units .*polkit tells only root/m);
    await sh(`network-broker polkit >${rules}`);
    await system.until('polkit to read its rules', async () => !refusal.test(await check()));

    const packaged = '/usr/share/polkit-1/rules.d/network-broker.rules';
    await sh(`mv ${packaged} /root`);
    await system.until('the targets to be refused', async () =>
      /^warn +units .* to start link-carrier@i\.target, stop link-carrier@i\.target, .*; install network-broker\.rules/m.test(
        await check(),
      ),
    );
    await sh(`mv /root/network-broker.rules ${packaged}`);

    await polkitIs('stop');
    expect(await check()).toMatch(/^warn +units +polkit could not be asked .*: .*PolicyKit1/m);
    expect((await sh('systemctl is-active polkit || true')).trim()).toBe('inactive');
    await polkitIs('start');
    await system.write(file, before);
    await sh(`network-broker polkit >${rules}`);
  });

  test('chrony goes offline and online with its link', async () => {
    await forget();
    await sh('ip -n router link set to-eth0 down');
    await untilCalled('chronyc offline');
    await sh('ip -n router link set to-eth0 up');
    await untilCalled('chronyc online');
  });

  test('the firewall of a profile is loaded while its file configures a link, and backups run only then', async () => {
    await system.until('a backup', async () => (await allCalls()).includes('backup'), 20);
    await forget();
    await sh('ip -n router link set to-eth1 down; ip link set eth1 down; ip link del eth1');
    await untilCalled('nft delete table inet home');
    await untilState('backup.timer', 'inactive');
    await sh('ip link add eth1 type veth peer name to-eth1 netns router; ip -n router link set to-eth1 up');
    await untilCalled('nft -f /etc/nftables-home.nft');
    await untilState('backup.timer', 'active');
    await untilCalled('backup');
  });
});
