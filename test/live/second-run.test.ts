import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { configureBroker, launchBroker, startBroker, untilLogged } from './lab/broker.js';
import { checkout } from './lab/checkout.js';
import { type Lab, openLab } from './lab/lab.js';
import { describeLive } from './lab/live.js';
import { installScript } from './lab/scripts.js';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab({ programs: ['/usr/sbin/ip'] });
  await lab.sh('ip link add eth0 type veth peer name peer0; mkfifo -m 666 /tmp/go');
  await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\nTrace = 1\n');
  await installScript(lab, 'links.d', '10-long', '#!/bin/sh\necho "$LINK"\nread line </tmp/go\n');
});
afterEach(() => lab.close());

const PATH = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
const launcher = join(checkout, 'bin', 'network-broker');
/** Everything that is there, by inode, size and time; not the trace, to which the daemon itself may append. */
const files = (): Promise<string> =>
  lab.sh(`cd /run/network-broker; find . -path ./trace -prune -o -printf '%p %i %s %u %m %T@\\n' | sort`);

describeLive('beside a daemon', () => {
  test('a second one refuses, says which process is there and how to see its log, and takes nothing', async () => {
    const first = await startBroker(lab);
    await lab.sh('ip link add eth1 type veth peer name peer1');
    await untilLogged(lab, first, 'what its script says', ({ message }) => message === 'eth1');
    await lab.sh('echo kept >/run/network-broker/script-files/probe'); // stands for a file of a script that runs
    const before = await files();
    const second = await launchBroker(lab);
    expect(await second.ended).toMatchObject({ code: 1 });
    const said = second.lines.map(({ text }) => text).join('\n');
    expect(said).toContain(`process ${first.pid}`);
    expect(said).toContain('journalctl -u network-broker -f');
    expect(await files()).toBe(before);
    expect(await lab.sh(`${launcher} status --json`, { env: { PATH } })).toContain(`"pid":${first.pid}`);

    await first.stop('SIGKILL');
    const third = await startBroker(lab);
    expect(await lab.sh(`${launcher} status --json`, { env: { PATH } })).toContain(`"pid":${third.pid}`);
  });

  test('record, monitor, check, explain and run-scripts take nothing of it', async () => {
    const first = await startBroker(lab);
    await lab.sh('ip link add eth1 type veth peer name peer1');
    await untilLogged(lab, first, 'what its script says', ({ message }) => message === 'eth1');
    await lab.sh('echo kept >/run/network-broker/script-files/probe');
    const before = await files();
    for (const command of [
      'record',
      'record --follow',
      'monitor',
      'check',
      'explain eth0 routable',
      'run-scripts eth0 routable',
    ])
      await lab.sh(`timeout -s INT 2 ${launcher} ${command} >/dev/null 2>&1 || true`, { env: { PATH } });
    expect(await files()).toBe(before);
    expect(await lab.sh(`${launcher} status --json`, { env: { PATH } })).toContain(`"pid":${first.pid}`);
  });
});
