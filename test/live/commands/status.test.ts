import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { StatusReport } from '../../../src/text/status-report.js';
import { configureBroker, startBroker } from '../lab/daemons/broker.js';
import { unplug } from '../lab/cables.js';
import { checkout } from '../lab/checkout.js';
import type { Lab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { installScript } from '../lab/scripts.js';

const env = { PATH: `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin` };
const launcher = join(checkout, 'bin', 'network-broker');
/** Any user may ask. */
const ask = (lab: Lab, options = ''): Promise<string> =>
  lab.sh(`${launcher} status ${options} 2>&1 || echo "status $?"`, { as: 'somebody', env });
const report = async (lab: Lab): Promise<StatusReport> => JSON.parse(await ask(lab, '--json')) as StatusReport;

describeLive('network-broker status', () => {
  test('tells any user of links, states, leases, policy rules, scripts and what waits', () =>
    withNetwork(['dhcp', 'static'], async ({ lab }) => {
      await configureBroker(lab, '[Network]\nRoutingPolicyRules = "eth*"\nLinks = "eth0"\n');
      const ifindex = (await lab.sh('cat /sys/class/net/eth1/ifindex')).trim();
      const table = 9999 + Number(ifindex);
      await lab.sh(`ip route add 10.0.1.0/24 dev eth0 table ${table} protocol static`);
      await installScript(lab, 'routable.d', '10-good', '#!/bin/sh\nexit 0\n');
      await installScript(lab, 'routable.d', '20-bad', '#!/bin/sh\nexit 3\n');
      await installScript(lab, 'no-carrier.d', '10-long', '#!/bin/sh\nread line </tmp/go\n');
      await lab.sh('mkfifo -m 666 /tmp/go');
      const broker = await startBroker(lab);
      const settled = await lab.until('scripts, rules and the lease', async () => {
        const now = await report(lab);
        return now.runs.length === 2 && now.policyRules.tables.length === 2 && now.leases.length === 1 && now;
      });

      expect(settled).toMatchObject({
        pid: broker.pid,
        status: 'watching 1 link, 1 routable',
        backlog: 0,
        counters: { scripts: 2, failed: 1 },
        manager: { OperationalState: 'routable' },
      });
      expect(settled.sources).toContainEqual({ name: 'systemd-networkd', state: 'serving', why: '' });
      expect(settled.links.map(({ name, watched }) => `${name} ${watched}`)).toEqual(
        expect.arrayContaining(['lo false', 'eth0 true', 'eth1 false']),
      );
      expect(settled.links.find(({ name }) => name === 'eth0')).toMatchObject({
        states: { OperationalState: 'routable', AdministrativeState: 'configured' },
        addresses: [expect.stringMatching(/^10\.0\.0\.\d+\/24$/)],
      });
      expect(settled.leases).toMatchObject([{ link: 'eth0', client: 'systemd-networkd', family: 'ipv4' }]);
      expect(settled.runs.map(({ script, status, link }) => [script.slice(-7), status, link])).toEqual([
        ['10-good', 0, 'eth0'],
        ['/20-bad', 3, 'eth0'],
      ]);
      expect(settled.policyRules).toMatchObject({
        by: 'this',
        conflicts: [
          expect.stringMatching(/10\.0\.1\.0\/24 .* blocked by existing route .*protocol 4/),
          expect.stringMatching(/of eth1 has no IPv4 default/), // there is no router behind it
        ],
        failures: [],
      });
      expect(settled.policyRules.tables.find(({ link }) => link === 'eth1')).toMatchObject({
        table,
        addresses: ['10.0.1.50'],
        rules: 2,
      });
      expect(await lab.sh(`ip rule show table ${table} | wc -l`)).toBe('2\n');

      const text = await ask(lab);
      expect(text).toMatch(/^Policy rules$/m);
      expect(text).toMatch(/^ {2}\d+ {2}eth0 {2}\/etc\/network-broker\/routable\.d\/20-bad +status 3 after \d+ ms$/m);

      await unplug(lab, ['eth0']);
      const waiting = await lab.until('an event whose script runs', async () => {
        const now = await report(lab);
        return now.running.length > 0 && now;
      });
      expect(waiting.runs).toHaveLength(2);
      expect(waiting.backlog).toBeGreaterThan(0);
      expect(waiting.running).toMatchObject([
        { script: '/etc/network-broker/no-carrier.d/10-long', link: 'eth0', event: 'link-state' },
      ]);
      expect(Math.abs(Date.now() - (waiting.running[0]?.since ?? 0))).toBeLessThan(60_000);
      expect(waiting.waiting).toContainEqual(expect.objectContaining({ link: 'eth0' }));
      expect(await ask(lab)).toMatch(/^ {2}\d+ {2}eth0 {2}\S+10-long {2}for \d+ s, of link-state$/m);
      await lab.sh('echo >/tmp/go');
      await lab.until('its end', async () => {
        const now = await report(lab);
        return now.backlog === 0 && now.running.length === 0 && now.waiting.length === 0;
      });

      await configureBroker(
        lab,
        '[Network]\nRoutingPolicyRules = "eth*"\nLinks = "eth9*"\n[Scripts]\nMaxParallel = 2\n',
      );
      await lab.sh(`kill -HUP ${broker.pid}`);
      await lab.until('what the reload changed', async () => (await report(lab)).configuration.changed.length > 0);
      expect((await report(lab)).configuration.changed).toEqual(['[Network] Links', '[Scripts] MaxParallel']);
      await configureBroker(lab, '[Network]\nLinks = 7\n');
      await lab.sh(`kill -HUP ${broker.pid}`);
      const refused = await lab.until('the fault of the one that is wrong', async () => {
        const now = await report(lab);
        return now.lastFaults.some(({ code }) => code === 'config-kept') && now;
      });
      expect(refused.configuration).toMatchObject({
        inForce: 'last',
        errors: [expect.stringContaining('[Network] Links')],
      });
      expect(await ask(lab)).toMatch(/^ {2}\S+Z {2}config-kept: .*\n {4}Correct the errors and reload\.$/m);
      await broker.stop();
      expect(await ask(lab)).toMatch(
        /^network-broker: no daemon is listening at .*systemctl start network-broker\nstatus 1\n$/,
      );
    }));

  test('a second broker says that another one looks after the policy rules', () =>
    withNetwork(['static'], async ({ lab }) => {
      await configureBroker(lab, '[Network]\nRoutingPolicyRules = "eth*"\n');
      const first = await startBroker(lab);
      await lab.until('the rules', async () => (await report(lab)).policyRules.tables.length === 1);
      await lab.sh('mkdir -m 777 /run/second');
      const second = await startBroker(lab, { env: { RUNTIME_DIRECTORY: '/run/second' } });
      await lab.until('its status', async () => {
        const text = await lab.sh(`RUNTIME_DIRECTORY=/run/second ${launcher} status --json`, { as: 'somebody', env });
        return (JSON.parse(text) as StatusReport).policyRules.by === 'another';
      });
      await second.stop();
      await first.stop();
    }));
});
