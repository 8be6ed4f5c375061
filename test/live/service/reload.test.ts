import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Broker, configureBroker, startBroker, untilLogged } from '../lab/daemons/broker.js';
import { checkout } from '../lab/checkout.js';
import { describeLive } from '../lab/live.js';
import { withNetwork } from '../lab/network.js';
import { installScript } from '../lab/scripts.js';

const said = (broker: Broker): readonly string[] =>
  broker.log().flatMap(({ kind, line }) => (kind === 'output' ? [String(line)] : []));
const configuration = (links: string, rest = ''): string =>
  `[Network]\nRoutingPolicyRules = "eth*"\nLinks = "${links}"\n${rest}`;

describeLive('reloads', () => {
  test('lose no event, no lease and no rule, and act on nothing twice', () =>
    withNetwork(['dhcp', 'static'], async ({ lab }) => {
      await configureBroker(lab, configuration('eth*'));
      await installScript(lab, 'addresses.d', '10-say', '#!/bin/sh\necho "$LINK $ACTION $ADDRESS"\n');
      await installScript(lab, 'leases.d', '10-say', '#!/bin/sh\necho "$LINK lease $ACTION"\n');
      await installScript(lab, 'routable.d', '10-say', '#!/bin/sh\necho "$LINK routable"\n');
      const broker = await startBroker(lab);
      const rules = (): Promise<string> => lab.sh('ip rule | grep lookup.100 || true');
      await lab.until(
        'scripts and rules',
        async () => said(broker).length === 3 && (await rules()).split('\n').length === 5,
      );
      expect([...said(broker)].sort()).toEqual(['eth0 lease bound', 'eth0 routable', 'eth1 routable']);
      const before = await rules();
      const watch = await lab.start('ip monitor', ['ip', 'monitor', 'rule']);

      const addresses = Array.from({ length: 20 }, (_, nth) => `192.0.2.${nth + 1}/24`);
      for (const [nth, address] of addresses.entries()) {
        const next = configuration(nth % 2 === 0 ? 'eth0 eth1' : 'eth*', `[Events]\nDebounceSec = 0.00${nth % 5}\n`);
        // In one step: a reload may be under way, and half a file is another configuration.
        await lab.write('/etc/network-broker/next', next);
        await lab.sh('mv /etc/network-broker/next /etc/network-broker/network-broker.toml');
        await lab.sh(`ip address add ${address} dev eth1 noprefixroute & kill -HUP ${broker.pid}; wait
          ip address del ${address} dev eth1 & kill -HUP ${broker.pid}; wait`);
      }
      await lab.until('the last event', () => said(broker).includes('eth1 removed 192.0.2.20/24'));
      expect(said(broker).slice(3)).toEqual(
        addresses.flatMap(address => [`eth1 added ${address}`, `eth1 removed ${address}`]),
      );

      // Everything that is left shows that nothing else was touched: a mark that comes last of all.
      await lab.sh('ip rule add from 198.51.100.1 lookup main');
      await lab.until('the mark', () => watch.lines.some(({ text }) => text.includes('198.51.100.1')));
      const deleted = watch.lines.flatMap(({ text }) => (text.startsWith('Deleted') ? [text] : []));
      expect(deleted.filter(text => !text.includes('192.0.2.'))).toEqual([]);
      await lab.until('the rules of old', async () => (await rules()) === before);
      await broker.stop();
    }));

  test('a wrong one is refused with all that is wrong, and the old configuration stays in force', () =>
    withNetwork(['static'], async ({ lab }) => {
      await configureBroker(lab, '[Network]\nLinks = "eth0"\n');
      await installScript(lab, 'addresses.d', '10-say', '#!/bin/sh\necho "$LINK $ACTION"\n');
      const broker = await startBroker(lab);
      await configureBroker(
        lab,
        '[System]\nLogLevel = "loud"\nGenerator = "networkd"\n[Network]\nLinks = "none"\nRulePriority = 0\n[Scripts]\nTimeoutSec = "soon"\n',
      );
      await lab.sh(`kill -HUP ${broker.pid}`);
      await untilLogged(lab, broker, 'the refusal', ({ code }) => code === 'config-kept');
      const errors = broker.log().flatMap(({ level, message }) => (level === 'error' ? [message] : []));
      for (const key of [
        '2: [System] LogLevel',
        '3: [System] Generator',
        '6: [Network] RulePriority',
        '8: [Scripts] TimeoutSec',
      ])
        expect(errors.some(message => message.includes(key))).toBe(true);
      await lab.sh('ip address add 192.0.2.1/24 dev eth0');
      await lab.until('its event', () => said(broker).includes('eth0 added'));
      await broker.stop();
    }));

  test('one that somebody else may write is refused, the old one stays, and check says so', () =>
    withNetwork(['static'], async ({ lab }) => {
      const file = '/etc/network-broker/network-broker.toml';
      await configureBroker(lab, '[Network]\nLinks = "eth0"\n');
      await installScript(lab, 'addresses.d', '10-say', '#!/bin/sh\necho "$LINK $ACTION"\n');
      const broker = await startBroker(lab);
      await configureBroker(lab, '[Network]\nLinks = "none"\n');
      await lab.sh(`chown somebody ${file}; kill -HUP ${broker.pid}`);
      const { message } = await untilLogged(lab, broker, 'the refusal', ({ code }) => code === 'config-unsafe');
      expect(message).toBe(`${file} is refused: ${file} belongs to user 1000, expected root: chown it`);
      await untilLogged(lab, broker, 'the old one to be kept', ({ code }) => code === 'config-kept');
      const path = `${join(process.execPath, '..')}:/usr/sbin:/usr/bin:/sbin:/bin`;
      expect(await lab.sh(`${join(checkout, 'bin/network-broker')} check || true`, { env: { PATH: path } })).toContain(
        `error  configuration  ${message}`,
      );
      await lab.sh('ip address add 192.0.2.1/24 dev eth0');
      await lab.until('its event', () => said(broker).includes('eth0 added'));
      await broker.stop();
    }));

  test('while an editor writes the file in place, the rules stay', () =>
    withNetwork(['static'], async ({ lab }) => {
      const file = '/etc/network-broker/network-broker.toml';
      const rules = (): Promise<string> => lab.sh('ip rule | grep lookup.100 || true');
      const refused = (): number => broker.log().filter(({ code }) => code === 'config-kept').length;
      await configureBroker(lab, configuration('eth*'));
      const broker = await startBroker(lab);
      await lab.until('the rules', async () => (await rules()).split('\n').length === 3);
      const before = await rules();
      const watch = await lab.start('ip monitor', ['ip', 'monitor', 'rule']);
      await lab.sh(`: >${file}; kill -HUP ${broker.pid}`);
      await lab.until('the empty file to be refused', () => refused() === 1);
      await lab.sh(`rm ${file}; kill -HUP ${broker.pid}`);
      await lab.until('the missing file to be refused', () => refused() === 2);
      await configureBroker(lab, configuration('eth*', '[Scripts]\nMaxParallel = 3\n'));
      await lab.sh(`kill -HUP ${broker.pid}; ip rule add from 198.51.100.1 lookup main`);
      await lab.until('the mark', () => watch.lines.some(({ text }) => text.includes('198.51.100.1')));
      expect(await rules()).toBe(before);
      expect(watch.lines.filter(({ text }) => text.includes('lookup 100'))).toEqual([]);

      // What the administrator means, though it is as short: there is something in it.
      await configureBroker(lab, '# nothing\n');
      await lab.sh(`kill -HUP ${broker.pid}`);
      await lab.until('no rules', async () => (await rules()) === '');
      await broker.stop();
    }));
});
