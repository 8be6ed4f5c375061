import { describe, expect, test } from '@jest/globals';
import type { NetworkEvent } from '../../../../../src/model/event.js';
import { networkdDispatcher } from '../../../../../src/sinks/scripts/styles/networkd-dispatcher.js';
import { linkJson } from '../../../../../src/sinks/link-json/to-json.js';
import type { AddressJson, LinkJson, RouteJson } from '../../../../../src/sinks/link-json/link-json.js';
import type { States } from '../../../../../src/model/states.js';
import { inWords, link, linkState, managerState, step, tree, world } from '../../../../../src/testing/builders.js';

const eth0 = link(2, 'eth0');
const runs = (event: NetworkEvent, startup = false) =>
  networkdDispatcher.runsOf(step(1, event, world([eth0])), tree({ startup })).map(({ directory }) => directory);

describe('which directories run', () => {
  test('that of the administrative state, then that of the operational one, each when it changes', () => {
    const both: States = {
      CarrierState: 'carrier',
      OperationalState: 'routable',
      OnlineState: 'online',
      AdministrativeState: 'configured',
    };
    expect(runs(linkState(eth0, both))).toEqual(['configured.d', 'routable.d']);
    expect(runs(linkState(eth0, { OperationalState: 'degraded' }))).toEqual(['degraded.d']);
    expect(runs(linkState(eth0, { CarrierState: 'carrier', OnlineState: 'online' }))).toEqual([]);
  });

  test('no state that is not on networkd’s list, and no other event', () => {
    expect(
      runs(linkState(eth0, inWords({ OperationalState: '../../tmp/evil', AdministrativeState: 'configured' }))),
    ).toEqual(['configured.d']);
    expect(runs(managerState({ OperationalState: 'routable' }))).toEqual([]);
    expect(runs({ kind: 'link', action: 'added', ifindex: 2, name: 'eth0', oldName: '' })).toEqual([]);
  });

  test('of the states at start none, except with StartupTriggers, or when the last run was killed while they ran', () => {
    const event = { ...linkState(eth0, { OperationalState: 'routable' }), atStart: true } as const;
    expect(runs(event)).toEqual([]);
    expect(runs(event, true)).toEqual(['routable.d']);
    expect(runs({ ...event, rerun: true })).toEqual(['routable.d']);
  });
});

const address = (IP: string, more: Partial<AddressJson> = {}): AddressJson => ({
  ...{ IP, Family: IP.includes(':') ? 'IPv6' : 'IPv4', Mask: 24, Label: '', Flags: 0, Scope: 0 },
  ...{ Peer: '', Broadcast: '', PreferedLft: 9, ValidLft: 9, ...more },
});
const plain = linkJson({
  ...{ ifindex: 2, name: 'eth0', link: undefined, isPresent: true, known: undefined, addresses: [], routes: [] },
  ...{ states: {}, details: [] },
});
const facts = (more: Partial<LinkJson>): LinkJson => ({
  ...plain,
  Type: 'ether',
  HardwareAddr: '02:00:00:00:00:01',
  MTU: 1500,
  ...more,
});
const told = (
  more: Partial<LinkJson> | undefined,
  event = linkState(eth0, { OperationalState: 'routable' }),
  directory = 'routable.d',
) =>
  networkdDispatcher.variables?.(
    {
      step: step(
        1,
        event,
        world([eth0], undefined, { networkd: { states: new Map([[2, { AdministrativeState: 'configured' }]]) } }),
      ),
      link: more && facts(more),
      lease4: undefined,
    },
    { directory, args: [] },
  ) ?? {};

describe('what its scripts are told', () => {
  test('exactly its variables, all addresses in the order of networkctl, those of this host only and link-local ones apart', () => {
    const Address = [
      address('fe80::1', { Scope: 253 }),
      address('2001:db8::5'),
      address('192.0.2.7'),
      address('169.254.1.1', { Scope: 253 }),
      address('192.0.2.3'),
      address('2001:db8::1', { Flags: 0x20 }),
      address('2001:db8::2', { Flags: 0x40 }),
    ];
    const { json, ...variables } = told({ Address });
    expect(variables).toEqual({
      ADDR: '192.0.2.3',
      AdministrativeState: 'configured',
      ESSID: '',
      IFACE: 'eth0',
      IP_ADDRS: '192.0.2.3 192.0.2.7 169.254.1.1',
      IP6_ADDRS: '2001:db8::5',
      OperationalState: 'routable',
      STATE: 'routable',
    });
    expect(JSON.parse(json ?? '')).toMatchObject({
      Address: ['192.0.2.3', '192.0.2.7', '169.254.1.1', '2001:db8::5', 'fe80::1'],
    });
  });

  test('json is written as Python writes it', () => {
    const Routes: readonly RouteJson[] = [];
    expect(
      told({
        Routes,
        DNS: ['192.0.2.53'],
        Domains: ['example.com', '~corp.example'],
        DomainSearch: ['example.com'],
        Vendor: 'Zürich "Z"',
      }).json,
    ).toBe(
      '{"AdministrativeState": "configured", "DNS": ["192.0.2.53"], "Hardware Address": ["02:00:00:00:00:01"], "InterfaceName": "eth0", ' +
        '"Link File": ["n/a"], "MTU": ["1500"], "Network File": ["n/a"], "Online state": ["unknown"], "OperationalState": "routable", ' +
        '"Route Domains": ["corp.example"], "Search Domains": ["example.com"], "State": "routable (configured)", "Type": "ether", ' +
        '"Vendor": ["Z\\u00fcrich \\"Z\\""]}',
    );
  });

  test('of a link that has gone no addresses', () => {
    expect(told({ Address: [address('192.0.2.3')], Present: false })).toMatchObject({
      ADDR: '',
      IP_ADDRS: '',
      IFACE: 'eth0',
    });
    expect(told(undefined).json).toBe(
      '{"AdministrativeState": "configured", "InterfaceName": "eth0", "OperationalState": "routable", "State": "routable (configured)"}',
    );
  });

  test('while it acts on the first of two states, the second is still what it was', () => {
    const event = linkState(
      eth0,
      { AdministrativeState: 'configuring', OperationalState: 'carrier' },
      { OperationalState: 'no-carrier' },
    );
    expect(told({}, event, 'configuring.d')).toMatchObject({
      AdministrativeState: 'configuring',
      OperationalState: 'no-carrier',
    });
    expect(told({}, event, 'carrier.d')).toMatchObject({
      AdministrativeState: 'configuring',
      OperationalState: 'carrier',
    });
  });
});
