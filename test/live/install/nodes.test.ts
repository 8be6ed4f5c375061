import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { standardDirectories } from '../../../src/model/script-directories.js';
import { configureBroker, launchBroker, recordOf, untilLogged } from '../lab/daemons/broker.js';
import { checkout } from '../lab/checkout.js';
import { openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { nodeLines, nodeOf } from '../lab/packages/nodes.js';
import { installRecorders, started } from '../lab/scripts.js';

const notified = `
  socket(S, AF_UNIX, SOCK_DGRAM, 0) and bind(S, pack_sockaddr_un('/run/notify')) and chmod(0777, '/run/notify') or die;
  $| = 1; print "listening\\n";
  print "$_\\n" while defined(recv(S, $_, 4096, 0))`;

// What the Node of this machine built: bundle, addons, and a code cache that no other Node can use.
describeLive.each(nodeLines)('what was built, by Node %i', line => {
  test('serves, calls its addons, runs scripts, and says how to make the code cache that it lacks', async () => {
    const directory = nodeOf(line);
    const version = execFileSync(join(directory, 'node'), ['--version'], { encoding: 'utf8' }).trim();
    expect(version).toMatch(`v${line}.`);
    const lab = await openLab();
    try {
      await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n[Network]\nRoutingPolicyRules = "eth0"\n');
      await installRecorders(lab);
      await lab.sh(`cd /etc/network-broker; mkdir -p ${standardDirectories.join(' ')}`);
      await lab.sh('ip link add eth0 type veth peer name to-eth0; ip link set to-eth0 up; ip link set eth0 up');
      const manager = await lab.start('a service manager', ['perl', '-MSocket', '-e', notified]);
      await lab.until('it to listen', () => manager.lines.length > 0);
      const broker = await launchBroker(lab, {
        env: { PATH: `${directory}:/usr/sbin:/usr/bin:/sbin:/bin`, NOTIFY_SOCKET: '/run/notify' },
      });
      await untilLogged(lab, broker, 'that it is ready', ({ message }) => message.startsWith('ready'));
      const said = broker.log().filter(({ message }) => message.includes('code cache'));
      expect(said.map(({ level }) => level)).toEqual(['info']);
      expect(said[0]?.message).toContain(`${directory}/node ${join(checkout, 'dist/code-cache.cjs')}`);
      await lab.until('READY', () => manager.lines.some(({ text }) => text === 'READY=1'));
      expect(await lab.sh(`readlink /proc/${broker.pid}/exe`)).toBe(`${directory}/node\n`);
      await lab.sh('ip address add 192.0.2.5/24 dev eth0; ip route add default via 192.0.2.1 dev eth0');
      await lab.until('the script', async () => (await started(lab, 'eth0')).includes('routable.d eth0'));
      await lab.until('the rules', async () => (await lab.sh('ip rule')).includes('from 192.0.2.5 lookup'));
      const ours = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
      const flush = `${join(checkout, 'bin', 'network-broker')} flush 2>&1 || true`;
      expect(await lab.sh(flush, { env: { PATH: ours } })).toMatch(/^network-broker: nothing removed: /); // one lock for all Nodes
      expect(await broker.stop()).toEqual({ code: 0, signal: null });
      expect(broker.lines.map(({ text }) => text).filter(text => recordOf(text).length === 0)).toEqual([]);
      expect(broker.log().filter(({ level }) => ['warn', 'error', 'fatal'].includes(level))).toEqual([]);
    } finally {
      await lab.close();
    }
  });
});
