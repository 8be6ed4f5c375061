import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkout } from '../lab/checkout.js';
import type { Lab, Starts } from '../lab/lab.js';
import { openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';

const path = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
const launcher = join(checkout, 'bin', 'network-broker');

const monitor = (lab: Lab, args: readonly string[], starts: Starts = {}) =>
  lab.start('monitor', [launcher, 'monitor', ...args], { as: 'somebody', ...starts, env: { PATH: path } });

describeLive('network-broker monitor', () => {
  test('tells an ordinary user what happens, first what is so, as JSON and for people', () =>
    withNetwork(['static', 'static'], async ({ lab }) => {
      const json = await monitor(lab, ['--json', '--link', 'eth*', '--link', '!eth1']);
      const text = await monitor(lab, ['--kind', 'address', '--kind', 'route']);
      const events = () => json.lines.map(({ text: line }) => JSON.parse(line) as Record<string, unknown>);
      await lab.until('the present state', () => events().find(({ kind }) => kind === 'link-state'));
      expect(events()[0]).toMatchObject({
        kind: 'link-state',
        link: 'eth0',
        changed: { OperationalState: 'routable', AdministrativeState: 'configured' },
        previous: {},
      });

      // Once it tells of this one, it listens.
      await lab.until('a change', async () => {
        await lab.sh('ip address replace 192.0.2.77/32 dev eth1; ip address del 192.0.2.77/32 dev eth1');
        return text.lines.some(({ text: line }) => line.includes('192.0.2.77/32 added'));
      });
      await lab.sh('ip address add 192.0.2.78/32 dev eth0; ip route add 198.51.100.0/24 dev eth0');
      await lab.until('both', () => {
        const lines = text.lines.map(({ text: line }) => line).join('\n');
        return (
          /^\d\d:\d\d:\d\d\.\d{3} eth0 \(\d+\): address 192\.0\.2\.78\/32 added$/m.test(lines) &&
          /^\S+ eth0 \(\d+\): route added 198\.51\.100\.0\/24 table main$/m.test(lines)
        );
      });
      await lab.until('the address', () => events().find(({ address }) => address === '192.0.2.78/32'));
      await lab.until('the route', () => events().find(({ kind }) => kind === 'route'));
      expect(new Set(events().map(({ link }) => link))).toEqual(new Set(['eth0']));
      expect(text.lines.every(({ text: line }) => / (address|route) /.test(line))).toBe(true);
      await json.stop();
      await text.stop('SIGINT');
      expect(await json.ended).toEqual({ code: 0, signal: null });
      expect(await text.ended).toEqual({ code: 0, signal: null });
    }));

  test('without networkd, and without a bus, it says so and takes states from the kernel', async () => {
    const lab = await openLab();
    try {
      await lab.sh('ip link add eth0 type veth peer name cable');
      const { lines, stop } = await monitor(lab, []);
      await lab.until('both', () => {
        const all = lines.map(({ text }) => text);
        return all.some(text => text.includes('eth0')) && all.some(text => text.includes('not connected to'));
      });
      expect(lines.filter(({ text }) => text.startsWith('network-broker:')).map(({ text }) => text)).toEqual([
        expect.stringMatching(/^network-broker: not connected to systemd-networkd \(bus .*\); link states are derived/),
      ]);
      await stop();
    } finally {
      await lab.close();
    }
  });

  test('ends quietly when nobody reads any more', async () => {
    const lab = await openLab();
    try {
      await lab.sh('ip link add eth0 type veth peer name cable');
      const pipe = `${launcher} monitor --kind address 2>/tmp/complaints | head -n 1; echo "status $PIPESTATUS"`;
      const { lines, running } = await lab.start('monitor | head', ['bash', '-c', pipe], {
        as: 'somebody',
        env: { PATH: path },
      });
      await lab.until('the end', async () => {
        if (running()) await lab.sh('ip address replace 192.0.2.78/32 dev eth0; ip address del 192.0.2.78/32 dev eth0');
        return !running();
      });
      expect(lines.map(({ text }) => text)).toEqual([
        expect.stringContaining('address 192.0.2.78/32'), // which of the changes is the first that it hears is open
        'status 0',
      ]);
      expect(await lab.read('/tmp/complaints')).toMatch(/^network-broker: not connected to [^\n]*\n$/);
    } finally {
      await lab.close();
    }
  });
});
