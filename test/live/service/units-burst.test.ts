import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { installWithLinks } from '../lab/packages/installed.js';
import { describeBooted, release } from '../lab/systems/booted.js';
import { bootSystem, type System } from '../lab/systems/system.js';

const links = 300;
const files = Array.from({ length: links }, (_, n) => `10-eth${n}`);

describeBooted(`${links} links that come at once, on Debian ${release} booted by its own systemd`, () => {
  let system: System;
  const sh = (commands: string): Promise<string> => system.sh(commands);
  const all = (state: 'up' | 'down'): Promise<string> => sh(`ip -n router -batch /tmp/${state}`);
  const active = async (): Promise<number> =>
    Number(await sh("systemctl list-units --plain --no-legend --state=active 'link-routable@eth*.target' | wc -l"));
  const came = async (): Promise<number> =>
    Number(
      await sh("journalctl -u network-broker -o cat --no-pager | grep -o 'has come: eth[0-9]*' | sort -u | wc -l"),
    );

  beforeAll(async () => {
    system = await bootSystem(release);
    await installWithLinks(system, release, files);
    for (const state of ['up', 'down'])
      await system.write(`/tmp/${state}`, files.map((_, n) => `link set to-eth${n} ${state}\n`).join(''));
    await system.write('/etc/network-broker/routable.d/10-say', '#!/bin/sh\necho "has come: $LINK"\n', 0o755);
    await system.write('/etc/network-broker/network-broker.toml', '[Units]\nLinks = "eth*"\n');
    await system.write('/etc/systemd/journald.conf.d/all.conf', '[Journal]\nRateLimitBurst=0\n');
    await sh('systemctl restart systemd-journald');
    const are = (state: string): Promise<boolean> =>
      system.until(
        `all links to be ${state}`,
        async () => Number(await sh(`networkctl --no-legend list 'eth*' | grep -c ' ${state} ' || true`)) === links,
        60,
      );
    await are('routable'); // or networkd would still tell of it after they have gone down
    await all('down');
    await are('no-carrier');
    await sh('systemctl start network-broker');
    await system.until('all to be told', async () =>
      /watching 300 links, 0 routable\n.* 0 waiting;/.test(await sh('network-broker status')),
    );
    expect(await came()).toBe(0);
  });
  afterAll(async () => {
    await system.close();
  });

  test('their scripts run while systemd answers nothing; their targets start when it does', async () => {
    process.kill(system.pid, 'SIGSTOP');
    try {
      await all('up');
      await system.until('all scripts', async () => (await came()) === links, 60);
      expect(await sh('ps -o stat= -p 1')).toMatch(/^T/);
    } finally {
      process.kill(system.pid, 'SIGCONT');
    }
    await system.until('all targets', async () => (await active()) === links, 60);
  });
});
