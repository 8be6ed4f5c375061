import { expect, test } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { networkdSettings } from '../../../../../src/commands/checks/networkd-conf/networkd-conf.js';
import type { Config } from '../../../../../src/model/config.js';
import { readFileSync } from 'node:fs';
import { config } from '../../../../../src/testing/builders.js';
import { fakeFiles, type FakeTree } from '../../../../../src/fakes/fake-files.js';

const withRules = config({ network: { routingPolicyRules: ['eth1'] } });
const said = async (tree: FakeTree, settings: Config = withRules) => {
  const circumstances = { options: { config: '', scriptDirectory: '', system: {} }, config: settings, faults: [] };
  const findings = await lastValueFrom(networkdSettings(fakeFiles(tree))(circumstances).pipe(toArray()), {
    defaultValue: [],
  });
  return findings.map(({ severity, message }) => `${severity} ${message}`);
};
const dropIns = '/etc/systemd/networkd.conf.d';
const shipped = readFileSync('config/networkd.conf.d/10-network-broker.conf', 'utf8');
const keeps = 'ok systemd-networkd leaves our rules and routes alone';

test('as it comes, systemd-networkd deletes our rules and routes, and the drop-in of the package is named', async () => {
  const [found, ...more] = await said({});
  expect(found).toMatch(
    /^warn expected ManageForeignRoutingPolicyRules=no and ManageForeignRoutes=no, found ManageForeignRoutingPolicyRules unset and ManageForeignRoutes unset: systemd-networkd deletes our rules and routes .*networkd\.conf\.d\/10-network-broker\.conf/,
  );
  expect(more).toEqual([]);
});

test('with the drop-in of the package it does not', async () => {
  const path = `${dropIns}/10-network-broker.conf`;
  expect(await said({ directories: { [dropIns]: ['10-network-broker.conf'] }, texts: { [path]: shipped } })).toEqual([
    keeps,
  ]);
});

test('a later file that says otherwise is named', async () => {
  const [found] = await said({
    directories: { [dropIns]: ['10-network-broker.conf', '50-site.conf'] },
    texts: {
      [`${dropIns}/10-network-broker.conf`]: shipped,
      [`${dropIns}/50-site.conf`]: '[Network]\nManageForeignRoutes=yes\n',
    },
  });
  expect(found).toMatch(
    /^warn expected ManageForeignRoutes=no, found yes in \/etc\/systemd\/networkd\.conf\.d\/50-site\.conf: systemd-networkd deletes our routes /,
  );
});

test('a file that cannot be read is told: what it says is not known', async () => {
  const refused = { [`${dropIns}/50-site.conf`]: '50-site.conf: expected a regular file, found a FIFO' };
  expect((await said({ directories: { [dropIns]: ['50-site.conf'] }, refused }))[0]).toMatch(
    /50-site\.conf: expected a regular file, found a FIFO: its settings are unknown$/,
  );
});

test('nobody asks where there are no rules, or where systemd-networkd does not run, installed or not', async () => {
  expect(await said({}, config())).toEqual(['ok skipped: RoutingPolicyRules is not set']);
  const kernelOnly = config({ system: { generator: ['rtnetlink'] }, network: { routingPolicyRules: ['eth1'] } });
  expect(await said({}, kernelOnly)).toEqual(['ok systemd-networkd does not run here']);
  const installed = { directories: { '/usr/lib/systemd': ['systemd-networkd'] } };
  expect(await said(installed, kernelOnly)).toEqual(['ok systemd-networkd does not run here']);
  const running = { ...installed, texts: { '/run/systemd/netif/state': 'OPER_STATE=routable\n' } };
  expect((await said(running, kernelOnly))[0]).toMatch(/^warn /);
});
