import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyFileSync } from 'node:fs';
import { describeBooted, release } from '../lab/systems/booted.js';
import { bundled } from '../lab/packages/bundled.js';
import { installWithLinks } from '../lab/packages/installed.js';
import { bootSystem, type System } from '../lab/systems/system.js';

const SEED = 19;
const REQUESTS = 100_000;
const attacker = '/srv/attacker.mjs';
const socket = '/run/network-broker-root.sock';
const evil = '#!/bin/sh\nid >>/run/evil\n';

describeBooted(`a hostile user network-broker, on Debian ${release} booted by its own systemd`, () => {
  let system: System;
  const sh = (commands: string): Promise<string> => system.sh(commands);
  const asDaemon = (command: string): string =>
    `setpriv --reuid network-broker --regid network-broker --clear-groups --inh-caps=-all ${command}`;
  const unit = async (property: string, name = 'network-broker-root.service'): Promise<string> =>
    (await sh(`systemctl show -P ${property} ${name}`)).trim();
  const happens = (address: string): Promise<string> => sh(`ip address add ${address}/32 dev eth0`);

  beforeAll(async () => {
    system = await bootSystem(release);
    await installWithLinks(system, release, ['10-eth0']);
    copyFileSync(bundled('root/attacker'), system.path(attacker));
    await system.write(
      '/etc/network-broker/network-broker.toml',
      `[System]
Generator = "rtnetlink"
[[Tree]]
Path = "/etc/root-hooks"
User = "root"
[[Tree]]
Path = "/srv/named"
User = "root"
[[Tree]]
Path = "/etc/theirs"
`,
    );
    // What root named, and beside it all that it did not.
    const hooks = '/etc/root-hooks/addresses.d';
    await system.write(
      `${hooks}/10-record`,
      '#!/bin/sh\necho "$ADDRESS" >>/run/answered\nenv -0 >>/run/environments\n',
      0o755,
    );
    await system.write(`${hooks}/20-off`, '', 0o755);
    await system.write(`${hooks}/30-plain`, evil);
    await system.write(`${hooks}/.40-hidden`, evil, 0o755);
    await system.write(`${hooks}/10-record~`, evil, 0o755);
    await system.write(`${hooks}/70-daemons`, evil, 0o755);
    await system.write(
      '/etc/root-hooks/degraded.d/80-talks',
      '#!/bin/sh\nhead -c 3000000 /dev/zero | tr "\\0" "\\n"\n',
      0o755,
    );
    for (const place of [
      '/srv/mine/evil',
      '/srv/mine/addresses.d/evil',
      '/srv/named/addresses.d/evil',
      '/etc/theirs/addresses.d/evil',
    ])
      await system.write(place, evil, 0o755);
    await system.write('/srv/mine/swapped', '#!/bin/sh\ntrue\n', 0o755);
    await sh(`
      chown network-broker ${hooks}/70-daemons
      chown -R network-broker /srv/mine /srv/named
      chmod 0755 /srv /srv/mine
      ln -s /srv/mine/evil ${hooks}/50-linked
      ln -s /srv/mine/swapped ${hooks}/60-swapped
      systemctl enable --now network-broker-root.socket 2>&1
      systemctl start network-broker`);
  });
  afterAll(async () => {
    await system.close();
  });

  const nothingElseRan = async (): Promise<void> => {
    expect(await sh('cat /run/evil 2>/dev/null || true')).toBe('');
    const runs = Number(await sh('wc -l </run/answered'));
    expect(runs).toBeGreaterThan(0); // what root named does run
    const variables = (await sh('cat /run/environments 2>/dev/null || true')).split('\0').filter(Boolean);
    const odd = variables.filter(
      each =>
        !/^(EVENT|EVENT_ID|LINK|LINKINDEX|ACTION|ADDRESS|FAMILY|PATH|PWD|OLDLINK|JSON|STATE|OperationalState|ROUTES|ROUTES_FILE|RULES|RULES_FILE|ADDRESSES|ADDRESSES_FILE|JSON_FILE|DHCP_LEASE|DOMAIN)=[A-Za-z0-9 _.,:/=@+{}"-]*\n?$/.test(
          each,
        ),
    );
    expect(odd).toEqual([]);
  };
  const stillAnswers = async (address: string): Promise<void> => {
    await happens(address);
    await system.until('the script of root', async () => (await system.read('/run/answered')).includes(address), 30);
    expect(await unit('ActiveState', 'network-broker-root.socket')).toBe('active');
    expect(await unit('Result', 'network-broker-root.socket')).toBe('success');
  };

  test('nobody else but root may even connect', async () => {
    await expect(
      sh(`setpriv --reuid nobody --clear-groups node ${attacker} ${socket} 1 1 && stat -c '%a %U' ${socket}`),
    ).resolves.toContain('600 network-broker');
    expect(await unit('ActiveState')).toBe('inactive');
  });

  test('100,000 requests of his, floods, silence, replays and files that are swapped make nothing run that root did not name, and nothing hang', async () => {
    await stillAnswers('192.0.2.1');
    const swapping = `while :; do ln -sfn /bin/true /srv/mine/next; mv -T /srv/mine/next /srv/mine/swapped; ln -sfn /srv/mine/evil /srv/mine/next; mv -T /srv/mine/next /srv/mine/swapped; sleep 0.01; done`;
    await sh(`systemd-run --unit=swapper --uid=network-broker sh -c '${swapping}' 2>&1`);
    const found: unknown = JSON.parse(await sh(asDaemon(`node ${attacker} ${socket} ${SEED} ${REQUESTS}`)));
    expect(found).toMatchObject({ count: REQUESTS });
    const pid = await unit('MainPID');
    const memory = Number(/VmHWM:\s+(\d+)/.exec(await sh(`cat /proc/${pid}/status`))?.[1]);
    process.stderr.write(`${JSON.stringify(found)}, memory ${memory} kB\n`);
    expect(memory).toBeLessThan(150_000);
    await nothingElseRan();
    await stillAnswers('192.0.2.2');
    await sh('systemctl stop swapper');
  }, 300_000);

  test('nor do they from a script of his, in the sandbox and with the capabilities of the service', async () => {
    await system.write(
      '/etc/network-broker/links.d/10-attack',
      `#!/bin/sh\nexec node ${attacker} ${socket} ${SEED + 1} 5000\n`,
      0o755,
    );
    await sh('ip link add other type veth peer name to-other');
    await system.until(
      'the end of the attack',
      async () => (await sh('journalctl -u network-broker -o cat --no-pager')).includes('{"count":5000'),
      80,
    );
    await nothingElseRan();
    await stillAnswers('192.0.2.3');
  });
});
