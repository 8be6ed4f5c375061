import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { States } from '../../../../src/model/states.js';
import type { Step } from '../../../../src/model/world.js';
import {
  directoryVariables,
  type Environment,
  environmentOf,
  fileLeaseVariables,
  leaseFileOf,
  leaseLine,
} from '../../../../src/sinks/scripts/environment.js';
import {
  config,
  world,
  link,
  linkState,
  managerState,
  step,
  lease,
  leaseEvent,
  inWords,
} from '../../../../src/testing/builders.js';
import { address } from '../../../../src/testing/events.js';

const eth0 = link(2, 'eth0');
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const lines = (of: Step, more: Environment = {}): readonly string[] =>
  Object.entries(environmentOf(of, more).environment)
    .map(([name, value]) => `${name}=${value}`)
    .sort();
const said = (changed: States): readonly string[] =>
  environmentOf(step(1, linkState(eth0, changed)), {}).faults.map(({ message }) => message);

describe('environmentOf', () => {
  test('a link state: the link, all its states and which of them changed, the event, PATH, and nothing else', () => {
    const event = linkState(
      eth0,
      { OperationalState: 'routable', IPv4AddressState: 'routable' },
      inWords({ OnlineState: 'x' }),
    );
    const states = new Map<number, States>([[2, { OperationalState: 'carrier', OnlineState: 'partial' }]]);
    const here = world([eth0], config(), { networkd: { states } });
    expect(lines(step(7, event, here), { DHCP_LEASE: 'ADDRESS=192.0.2.5' })).toEqual([
      'CHANGED=OperationalState IPv4AddressState',
      'DHCP_LEASE=ADDRESS=192.0.2.5',
      'EVENT=link-state',
      'EVENT_ID=7',
      'IPv4AddressState=routable',
      'LINK=eth0',
      'LINKINDEX=2',
      'OnlineState=partial',
      'OperationalState=routable',
      PATH,
    ]);
  });

  test('only the scripts of a link’s state are told which word chose their directory', () => {
    const event = linkState(eth0, { CarrierState: 'no-carrier' });
    expect(directoryVariables(event, 'no-carrier.d')).toEqual({ STATE: 'no-carrier' });
    expect(directoryVariables(managerState({}), 'manager.d')).toEqual({});
  });

  test("networkd's own state: all its properties and which of them changed, and no link", () => {
    const here = world([], config(), { networkd: { manager: { CarrierState: 'carrier' } } });
    expect(lines(step(8, managerState({ OnlineState: 'online' }), here))).toEqual([
      'CHANGED=OnlineState',
      'CarrierState=carrier',
      'EVENT=manager-state',
      'EVENT_ID=8',
      'OnlineState=online',
      PATH,
    ]);
  });

  test('a lease: what happened, its family, its values and those before', () => {
    const old = lease('192.0.2.5', { dns: ['192.0.2.1'], domain: 'lab.example' });
    const now = { ...old, dns: ['192.0.2.1', '192.0.2.2'] };
    expect(lines(step(9, leaseEvent(eth0, 'changed', now, { previous: old })))).toEqual([
      'ACTION=changed',
      'DHCP_ADDRESS=192.0.2.5',
      'DHCP_DNS=192.0.2.1 192.0.2.2',
      'DHCP_DOMAIN=lab.example',
      'DHCP_LEASE=ADDRESS=192.0.2.5,DNS=192.0.2.1,192.0.2.2,DOMAIN=lab.example',
      'DHCP_LIFETIME=4294967295',
      'DNS=192.0.2.1,192.0.2.2',
      'DOMAIN=lab.example',
      'EVENT=lease',
      'EVENT_ID=9',
      'FAMILY=ipv4',
      'LINK=eth0',
      'LINKINDEX=2',
      'OLD_DHCP_ADDRESS=192.0.2.5',
      'OLD_DHCP_DNS=192.0.2.1',
      'OLD_DHCP_DOMAIN=lab.example',
      'OLD_DHCP_LEASE=ADDRESS=192.0.2.5,DNS=192.0.2.1,DOMAIN=lab.example',
      'OLD_DHCP_LIFETIME=4294967295',
      PATH,
    ]);
  });

  test('an address: what became of it; of several, only that they are several', () => {
    const [one, other] = [address('eth0', '192.0.2.5/24', 'removed'), address('eth0', '2001:db8::5/64')];
    const about = (id: number) => ['EVENT=address', `EVENT_ID=${id}`];
    const link_ = ['LINK=eth0', 'LINKINDEX=2', PATH];
    expect(lines(step(3, one))).toEqual(
      ['ACTION=removed', 'ADDRESS=192.0.2.5/24', ...about(3), 'FAMILY=ipv4', ...link_], // prettier-ignore
    );
    expect(lines(step(4, { ...other, earlier: [one] }))).toEqual(['ACTION=several', ...about(4), ...link_]);
  });

  test('an event that runs again says so', () => {
    expect(lines(step(1, linkState(eth0, {}, {}, true)))).toContain('RERUN=1');
  });

  test.each(['PATH', 'LD_PRELOAD', 'IFS', 'LINK', 'EVENT', 'A=B', 'Some-Thing', 'bash_env', '', 'BASH_FUNC_x%%', 'Ä'])(
    'a property cannot take the name %j; it is left out and reported',
    name => {
      expect(lines(step(1, linkState(eth0, { [name]: 'evil', CarrierState: 'carrier' })))).toEqual([
        'CHANGED=CarrierState',
        'CarrierState=carrier',
        'EVENT=link-state',
        'EVENT_ID=1',
        'LINK=eth0',
        'LINKINDEX=2',
        PATH,
      ]);
      expect(said({ [name]: 'evil' })).toEqual([
        `${JSON.stringify(name)} is withheld from scripts: a property is named in letters and digits, like OperationalState`,
      ]);
    },
  );

  test('a value with a NUL character is left out and reported', () => {
    expect(said(inWords({ OnlineState: 'a\0b' }))).toEqual([
      '"OnlineState" is withheld from scripts: its value holds a NUL character',
    ]);
  });

  test('a value stays what it is, with spaces, quotes and line ends', () => {
    const value = 'a "b" $(c)\n\'d\'';
    expect(lines(step(1, linkState(eth0, inWords({ OnlineState: value }))))).toContain(`OnlineState=${value}`);
  });

  test('what fits the kernel to the byte is given, what is a byte longer is left out and reported', () => {
    const fits = 131_072 - 'JSON='.length - 1;
    expect(lines(step(1, linkState(eth0, {})), { JSON: 'x'.repeat(fits) })).toContain(`JSON=${'x'.repeat(fits)}`);
    const { environment, faults } = environmentOf(step(1, linkState(eth0, {})), { JSON: 'x'.repeat(fits - 1) + 'é' });
    expect(environment).not.toHaveProperty('JSON');
    expect(faults.map(({ message }) => message)).toEqual([
      '"JSON" is withheld from scripts: it needs 131073 bytes, the kernel takes 131072',
    ]);
  });
});

describe('leaseLine', () => {
  test('drops comments and joins the lines by spaces', () => {
    expect(leaseLine('# This is private data. Do not parse.\nADDRESS=192.0.2.5\nROUTER=192.0.2.1\n\nT1=60\n')).toBe(
      'ADDRESS=192.0.2.5 ROUTER=192.0.2.1 T1=60',
    );
  });

  test('reads a captured lease of systemd 257', () => {
    const text = readFileSync(new URL('../../../fixtures/lease-257', import.meta.url), 'utf8');
    expect(leaseLine(text)).toMatch(/^ADDRESS=\S+ NETMASK=\S+ .*T1=1min/);
    expect(leaseLine(text)).not.toMatch(/[#\n]/);
  });

  test('drops control characters, which a DHCP server may have put there', () => {
    expect(leaseLine('HOSTNAME=a\u001b[31mb\rc\u0000\n')).toBe('HOSTNAME=a[31mbc');
  });

  test('an empty file is an empty lease', () => {
    expect(leaseLine('')).toBe('');
  });
});

describe('fileLeaseVariables', () => {
  test('are DHCP_LEASE and one variable a value of the lease that the file tells of', () => {
    const text = readFileSync(new URL('../../../fixtures/lease-257', import.meta.url), 'utf8');
    expect(fileLeaseVariables(text)).toMatchObject({
      DHCP_LEASE: leaseLine(text),
      DHCP_ADDRESS: '10.77.1.138',
      DHCP_ROUTER: '10.77.1.1',
      DHCP_LIFETIME: '120',
    });
    expect(fileLeaseVariables('')).toEqual({ DHCP_LEASE: '' });
  });
});

describe('leaseFileOf', () => {
  test('is named by the ifindex, and only for links', () => {
    expect(leaseFileOf(linkState(eth0, {}))).toBe('/run/systemd/netif/leases/2');
    expect(leaseFileOf(managerState({}))).toBeUndefined();
  });
});
