import { describe, expect, test } from '@jest/globals';
import { lastValueFrom, throwError, toArray } from 'rxjs';
import { policyTables } from '../../../../src/commands/checks/foreign-tables.js';
import { config } from '../../../../src/testing/builders.js';
import { fakeKernel } from '../../../../src/testing/fake-kernel.js';
import { theLink } from '../../../../src/testing/events.js';

const findings = async (kernel = fakeKernel(), chosen: readonly string[] | undefined = ['eth*']) => {
  const options = { config: '/etc/b/broker.toml', scriptDirectory: '/etc/b', system: {} };
  const circumstances = { options, config: config({ network: { routingPolicyRules: chosen } }), faults: [] };
  const all = await lastValueFrom(policyTables(kernel)(circumstances).pipe(toArray()), { defaultValue: [] });
  return all.map(({ severity, message }) => `${severity}: ${message}`);
};

describe('the tables of policy rules', () => {
  test('are not looked at where no link is chosen', async () => {
    expect(await findings(fakeKernel(), [])).toEqual(['ok: skipped: RoutingPolicyRules is not set']);
  });

  test('are all right if nobody else uses them, and are named if somebody does', async () => {
    const kernel = fakeKernel();
    const table = 9999 + theLink('eth1').ifindex;
    kernel.ip('link add eth1', 'link set eth1 up', 'address add 192.0.2.5/24 dev eth1');
    kernel.ip('route add default via 192.0.2.1 dev eth1');
    expect(await findings(kernel)).toEqual(['ok: no one else uses them']);
    kernel.ip(`rule add fwmark 7 lookup ${table} priority 50 proto static`);
    expect(await findings(kernel)).toEqual([
      `warn: table ${table} of eth1 is left empty: it is used by rule from all fwmark 0x7 lookup ${table} priority 50 (protocol 4), which is not ours and stays: delete it, give it another table, or move ours with TableBase=`,
    ]);
  });

  test('no default in one, and rules of others that are asked before, are said', async () => {
    const kernel = fakeKernel();
    kernel.ip('link add eth1', 'link set eth1 up', 'address add 192.0.2.5/24 dev eth1');
    kernel.ip('rule add not fwmark 51820 lookup 51820 priority 9998');
    expect(await findings(kernel)).toEqual([
      expect.stringMatching(/^warn: table \d+ of eth1 has no IPv4 default: .*Gateway= in \[Link\."eth1"\]/),
      expect.stringMatching(/^warn: rule not from all fwmark 0xca6c lookup 51820 priority 9998 .* before ours/),
    ]);
  });

  test('a kernel that cannot be asked is said', async () => {
    const kernel = { ...fakeKernel(), rules: () => throwError(() => new Error('EPERM')) };
    expect(await findings(kernel)).toEqual(['warn: the kernel could not be queried: EPERM']);
  });
});
