import { expect, test } from '@jest/globals';
import { startBroker } from '../lab/daemons/broker.js';
import { describeLive } from '../lab/live.js';
import { type Configuration, withNetwork } from '../lab/network.js';
import { installScript } from '../lab/scripts.js';

/** The environment that a script of routable.d gets for eth0, when the daemon itself was started with more. */
const environmentOf = async (how: Configuration): Promise<Readonly<Record<string, string>>> => {
  let found: Record<string, string> = {};
  await withNetwork([how], async ({ lab }) => {
    await lab.write('/var/log/environment', '', 0o666);
    await installScript(
      lab,
      'routable.d',
      '10-env',
      '#!/bin/sh\ncat /proc/$$/environ >/var/log/environment\necho done\n',
    );
    const broker = await startBroker(lab, { env: { SECRET: 'of the daemon', LD_DEBUG_OUTPUT: '/tmp/x' } });
    await lab.until('the script', () => broker.log().some(({ kind, line }) => kind === 'output' && line === 'done'));
    await broker.stop();
    const variables = (await lab.read('/var/log/environment')).split('\0').filter(Boolean);
    found = Object.fromEntries(
      variables.map(each => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
    );
  });
  return found;
};

const states = {
  AddressState: 'routable',
  AdministrativeState: 'configured',
  CarrierState: 'carrier',
  IPv4AddressState: 'routable',
  IPv6AddressState: 'off',
  OnlineState: 'online',
  OperationalState: 'routable',
};
const about = {
  STATE: 'routable',
  CHANGED: expect.stringContaining('OperationalState'),
  EVENT: 'link-state',
  EVENT_ID: expect.stringMatching(/^\d+$/),
  LINK: 'eth0',
  LINKINDEX: expect.stringMatching(/^\d+$/),
};

const lease = {
  DHCP_LEASE: expect.stringMatching(/(^| )ADDRESS=10\.0\.0\.\d+( |$)/),
  DHCP_ADDRESS: expect.stringMatching(/^10\.0\.0\.\d+$/),
  DHCP_BROADCAST: '10.0.0.255',
  DHCP_DNS: '192.0.2.53',
  DHCP_HOSTNAME: expect.any(String),
  DHCP_LIFETIME: '120',
  DHCP_NETMASK: '255.255.255.0',
  DHCP_ROUTER: '10.0.0.1',
  DHCP_SERVER: '10.0.0.1',
};

describeLive('a script', () => {
  test('of a link with a lease is given the link, all its states, why it runs, the lease, and nothing of the daemon', async () => {
    const { PATH, JSON: json, JSON_FILE: file, ...rest } = await environmentOf('dhcp');
    expect(PATH).toMatch(/\/usr\/bin/);
    expect(rest).toEqual({ ...about, ...states, ...lease });
    expect([json, file].every(each => each === undefined) || [json, file].every(each => each !== undefined)).toBe(true);
  });

  test('of a link with a static address is given the same, but no lease', async () => {
    const { PATH, JSON: json, JSON_FILE: file, ...rest } = await environmentOf('static');
    expect(PATH).toMatch(/\/usr\/bin/);
    expect(rest).toEqual({ ...about, ...states });
    expect([json, file].every(each => each === undefined) || [json, file].every(each => each !== undefined)).toBe(true);
  });
});
