import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { type Broker, configureBroker, launchBroker, startBroker } from '../lab/daemons/broker.js';
import { checkout } from '../lab/checkout.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { installScript } from '../lab/scripts.js';

let lab: Lab;
let first: Broker;
let before = '';

const PATH = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
const command = (words: string): Promise<string> =>
  lab.sh(`timeout -s INT 2 ${join(checkout, 'bin', 'network-broker')} ${words} 2>&1 || true`, { env: { PATH } });
/** Everything that is there, by inode, size and time; not the trace, to which the daemon itself may append. */
const files = (): Promise<string> =>
  lab.sh(`cd /run/network-broker; find . -path ./trace -prune -o -printf '%p %i %s %u %m %T@\\n' | sort`);

beforeEach(async () => {
  lab = await openLab();
  await lab.sh('mkfifo -m 666 /tmp/go; chmod 1777 /tmp');
  await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\nTrace = 1\n');
  await installScript(lab, 'links.d', '10-long', '#!/bin/sh\n>/tmp/began.$LINK\nread line </tmp/go\n');
  first = await startBroker(lab);
  await lab.sh('ip link add eth1 type veth peer name peer1');
  await lab.until('scripts to run', async () => /began.eth1[^]*began.peer1/.test(await lab.sh('ls /tmp')));
  await lab.sh('mkdir -p /run/network-broker/script-files; >/run/network-broker/script-files/of-a-script-that-runs');
  before = await files();
});
afterEach(() => lab.close());

describeLive('beside a daemon', () => {
  test('a second one refuses, says which process is there and how to see its log, and takes nothing', async () => {
    const second = await launchBroker(lab);
    expect(await second.ended).toMatchObject({ code: 1 });
    const said = second.lines.map(({ text }) => text).join('\n');
    expect(said).toContain(`process ${first.pid}`);
    expect(said).toContain('journalctl -u network-broker -f');
    expect(await files()).toBe(before);
    expect(await command('status --json')).toContain(`"pid":${first.pid}`);

    await first.stop('SIGKILL');
    const third = await startBroker(lab);
    expect(await command('status --json')).toContain(`"pid":${third.pid}`);
  });

  test('record, monitor, check, explain and run-scripts take nothing of it', async () => {
    const commands = [
      'record',
      'record --follow',
      'monitor',
      'check',
      'explain eth1 routable',
      'run-scripts eth1 routable',
    ];
    for (const words of commands) await command(words);
    expect(await files()).toBe(before);
    expect(await command('status --json')).toContain(`"pid":${first.pid}`);
  });
});
