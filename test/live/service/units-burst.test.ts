import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { installWithLinks } from '../lab/packages/installed.js';
import { describeBooted, release } from '../lab/systems/booted.js';
import { bootSystem, type System } from '../lab/systems/system.js';

const links = 300;
const files = Array.from({ length: links }, (_, n) => `10-eth${n}`);

/** A line of `busctl monitor --json=short`. */
interface Message {
  readonly type: string;
  readonly member?: string;
  readonly sender?: string;
  readonly destination?: string;
  readonly cookie?: number;
  readonly reply_cookie?: number;
}

/** How many of these calls waited for an answer at once, at most. */
const mostAtOnce = (messages: readonly Message[], member: string): number => {
  const waiting = new Set<string>();
  let most = 0;
  for (const { type, member: called, sender, destination, cookie, reply_cookie: answered } of messages) {
    if (type === 'method_call' && called === member) waiting.add(`${sender} ${cookie}`);
    if (type === 'method_return' || type === 'error') waiting.delete(`${destination} ${answered}`);
    most = Math.max(most, waiting.size);
  }
  return most;
};

describeBooted(`${links} links that come at once, on Debian ${release} booted by its own systemd`, () => {
  let system: System;
  const sh = (commands: string): Promise<string> => system.sh(commands);
  const all = (state: 'up' | 'down'): Promise<string> => sh(`ip -n router -batch /tmp/${state}`);
  const active = async (): Promise<number> =>
    Number(await sh("systemctl list-units --plain --no-legend --state=active 'link-routable@eth*.target' | wc -l"));
  const came = async (): Promise<number> =>
    Number(await sh("journalctl -u network-broker -o cat --no-pager | grep -c 'has come: eth' || true"));

  beforeAll(async () => {
    system = await bootSystem(release);
    await installWithLinks(system, release, files);
    for (const state of ['up', 'down'])
      await system.write(`/tmp/${state}`, files.map((_, n) => `link set to-eth${n} ${state}\n`).join(''));
    await system.write('/etc/network-broker/routable.d/10-say', '#!/bin/sh\necho "has come: $LINK"\n', 0o755);
    await system.write('/etc/network-broker/network-broker.toml', '[Units]\nLinks = "eth*"\n');
    await system.write('/etc/systemd/journald.conf.d/all.conf', '[Journal]\nRateLimitBurst=0\n');
    await all('down');
    await sh('systemctl restart systemd-journald; systemctl start network-broker');
    await system.until(
      'no link to be routable',
      async () => !(await sh('networkctl list')).includes(' routable'),
    );
  });
  afterAll(async () => {
    await system.close();
  });

  test('their scripts run while systemd answers nothing; their targets start when it does, at most 32 at once', async () => {
    await sh('busctl monitor --json=short org.freedesktop.systemd1 >/tmp/bus 2>/dev/null </dev/null &');
    await system.until('the monitor', async () => (await sh('busctl list --no-legend')).includes('busctl'));
    process.kill(system.pid, 'SIGSTOP');
    try {
      await all('up');
      await system.until('all scripts', async () => (await came()) === links, 60);
      expect(await sh('ps -o stat= -p 1')).toMatch(/^T/);
    } finally {
      process.kill(system.pid, 'SIGCONT');
    }
    await system.until('all targets', async () => (await active()) === links, 60);
    const messages = (await system.read('/tmp/bus'))
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as Message);
    expect(messages.filter(({ member }) => member === 'StartUnit').length).toBeGreaterThanOrEqual(links);
    const most = mostAtOnce(messages, 'StartUnit');
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(32);
  });
});
