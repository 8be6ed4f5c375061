import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Address, Link, Route } from '@network-stack/netlink';
import { link as worldLink } from '../../../../src/testing/builders.js';
import type { LinkJson } from '../../../../src/sinks/link-json/link-json.js';
import { schemaErrors } from '../../../link-schema.js';
import { type LinkIngredients, linkJson } from '../../../../src/sinks/link-json/to-json.js';

const example = JSON.parse(readFileSync('test/fixtures/link-json-example.json', 'utf8')) as LinkJson;

const link: Link = {
  kind: 'link',
  family: 0,
  ifindex: 3,
  name: 'ens37',
  alternativeNames: [],
  hardwareType: 1,
  flags: 69699,
  change: 0,
  hardwareAddress: '00:0c:29:5f:d1:43',
  mtu: 1500,
  txQueueLength: 1000,
  txQueues: 1,
  rxQueues: 1,
  gsoMaxSize: 65536,
  gsoMaxSegments: 65535,
  operState: 6,
  stats: {
    rxPackets: 573564,
    txPackets: 373642,
    rxBytes: 540984229,
    txBytes: 65923722,
    rxErrors: 0,
    txErrors: 0,
    rxDropped: 0,
    txDropped: 0,
    multicast: 0,
    collisions: 0,
    rxLengthErrors: 0,
    rxOverErrors: 0,
    rxCrcErrors: 0,
    rxFrameErrors: 0,
    rxFifoErrors: 0,
    rxMissedErrors: 0,
    txAbortedErrors: 0,
    txCarrierErrors: 0,
    txFifoErrors: 0,
    txHeartbeatErrors: 0,
    txWindowErrors: 0,
    rxCompressed: 0,
    txCompressed: 0,
  },
};
const addresses: readonly Address[] = [
  {
    kind: 'address',
    family: 2,
    ifindex: 3,
    address: '172.16.130.144',
    prefixLength: 24,
    scope: 0,
    flags: 0,
    label: 'ens37',
    broadcast: '172.16.130.255',
    preferredLifetime: 1800,
    validLifetime: 1800,
  },
  {
    kind: 'address',
    family: 10,
    ifindex: 3,
    address: 'fe80::20c:29ff:fe5f:d143',
    prefixLength: 64,
    scope: 253,
    flags: 192,
  },
];
const route = (destination: string, rest: Partial<Route> = {}): Route => ({
  kind: 'route',
  family: destination.includes(':') ? 10 : 2,
  destination,
  table: 254,
  protocol: 16,
  scope: 253,
  type: 1,
  flags: 0,
  tos: 0,
  oif: 3,
  priority: 1024,
  ...rest,
});
const routes: readonly Route[] = [
  route('0.0.0.0/0', { scope: 0, gateway: '172.16.130.2', prefsrc: '172.16.130.144' }),
  route('172.16.130.0/24', { protocol: 2, prefsrc: '172.16.130.144' }),
  route('172.16.130.2/32', { prefsrc: '172.16.130.144' }),
  route('fe80::/64', { scope: 0, protocol: 2, priority: 256 }),
];
const ingredients: LinkIngredients = {
  ifindex: 3,
  name: 'ens37',
  link,
  isPresent: true,
  known: undefined,
  addresses,
  routes,
  states: {
    AddressState: 'routable',
    AdministrativeState: 'configuring',
    CarrierState: 'carrier',
    IPv4AddressState: 'routable',
    IPv6AddressState: 'off',
    OnlineState: 'online',
    OperationalState: 'routable',
  },
  details: [
    {
      driver: 'e1000',
      model: '82545EM Gigabit Ethernet Controller (Copper)',
      path: 'pci-0000:02:05.0',
      vendor: 'Intel Corporation',
      productId: '100f',
    },
    { type: 'ether', driver: '', networkFile: '/etc/systemd/network/10-ens37.network', dns: ['172.16.130.2'] },
  ],
};
const empty: LinkIngredients = {
  ifindex: 7,
  name: 'gone0',
  link: undefined,
  isPresent: false,
  known: undefined,
  addresses: [],
  routes: [],
  states: {},
  details: [],
};
const firstRoute = (rest: Partial<Route>, destination = '10.0.0.0/8') =>
  linkJson({ ...ingredients, routes: [route(destination, rest)] }).Routes[0];

/** Every key with the type of its value, in order; of a list the shapes of its elements, each once. */
const shape = (value: unknown): unknown => {
  if (Array.isArray(value))
    return [...new Set(value.map(each => JSON.stringify(shape(each))))].map(each => JSON.parse(each) as unknown);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.entries(value).map(([key, inner]) => [key, shape(inner)]);
};

const without = (object: object, key: string): object =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
/** What the manual's example does not show is taken away. */
const asInTheManual = (json: LinkJson): object => ({
  ...without(without(json, 'DomainSearch'), 'Present'),
  Address: json.Address.map(address => without(address, 'Family')),
});

describe('link JSON', () => {
  test('the example of the manual comes out as it stands there, but for what is new', () => {
    const json = linkJson(ingredients);
    expect(schemaErrors(json)).toEqual([]);
    expect(asInTheManual(json)).toEqual(example);
    expect(json.DomainSearch).toEqual([]);
    expect(json.Address.map(({ Family }) => Family)).toEqual(['IPv4', 'IPv6']);
  });

  test('every key has its place and its type, also of a link of which nothing is known', () => {
    expect(shape(asInTheManual(linkJson(ingredients)))).toEqual(shape(example));
    const filled = { DNS: example.DNS, Address: example.Address, Routes: example.Routes };
    expect(shape({ ...asInTheManual(linkJson(empty)), ...filled })).toEqual(shape(example));
  });

  test('of a link that has gone, name and ifindex are what the event said', () => {
    expect(linkJson(empty)).toMatchObject({
      Index: 7,
      Name: 'gone0',
      Flags: '',
      OperState: '',
      EncapType: '',
      Address: [],
      Routes: [],
    });
  });

  test('of a link that has gone, what the World last knew', () => {
    const known = {
      ...worldLink(7, 'eth7', 'uplink'),
      mtu: 1400,
      hardwareAddress: '00:00:5e:00:53:07',
      txQueueLength: 1000,
      alias: 'to the roof',
      parent: 3,
      group: 5,
      master: 4,
    };
    expect(linkJson({ ...empty, known, states: { OperationalState: 'routable' } })).toMatchObject({
      Present: false,
      Index: 7,
      Name: 'eth7',
      AlternativeNames: 'uplink',
      MTU: 1400,
      TxQLen: 1000,
      HardwareAddr: '00:00:5e:00:53:07',
      Alias: 'to the roof',
      ParentIndex: 3,
      MasterIndex: 4,
      Group: 5,
      Flags: 'up|broadcast|multicast',
      OperState: 'up',
      EncapType: 'ether',
      OperationalState: 'routable',
    });
    expect(linkJson({ ...ingredients, known }).Present).toBe(true);
    expect(linkJson({ ...ingredients, known }).MTU).toBe(link.mtu);
  });

  test("the kernel's own name counts, and alternative names are separated by spaces", () => {
    const named = { ...link, name: 'wan0', alternativeNames: ['enp1s0', 'uplink'] };
    expect(linkJson({ ...ingredients, link: named })).toMatchObject({
      Name: 'wan0',
      AlternativeNames: 'enp1s0 uplink',
    });
  });

  test('flags have words, in a fixed order', () => {
    const flagsOf = (flags: number): string => linkJson({ ...ingredients, link: { ...link, flags } }).Flags;
    expect(flagsOf(0x1 | 0x8 | 0x40 | 0x10000)).toBe('up|loopback');
    expect(flagsOf(0x10d1)).toBe('up|pointtopoint|multicast');
    expect(flagsOf(0xffffffff)).toBe('up|broadcast|loopback|pointtopoint|multicast');
  });

  test('states and types that have no word show their number', () => {
    const odd = { ...link, operState: 99, hardwareType: 4242 };
    expect(linkJson({ ...ingredients, link: odd })).toMatchObject({ OperState: '[99]', EncapType: '[4242]' });
  });

  test('ip-link and networkctl spell the same state differently', () => {
    const lower = { ...link, operState: 3 };
    expect(linkJson({ ...ingredients, link: lower })).toMatchObject({
      OperState: 'lowerlayerdown',
      KernelOperState: 'lower-layer-down',
    });
  });

  test('domains to search in, and domains that only choose the server', () => {
    const details = [{ searchDomains: ['lab.example'], routeDomains: ['corp.example'] }];
    expect(linkJson({ ...ingredients, details })).toMatchObject({
      Domains: ['lab.example', '~corp.example'],
      DomainSearch: ['lab.example'],
    });
  });

  test('of several accounts the first that knows something counts, for each field', () => {
    const details = [
      { driver: '', dns: [] },
      { driver: 'a', ntp: ['n1'] },
      { driver: 'b', dns: ['d2'], ntp: ['n2'] },
    ];
    expect(linkJson({ ...ingredients, details })).toMatchObject({ Driver: 'a', DNS: ['d2'], NTP: ['n1'] });
  });

  test('a port of a bridge in another namespace, with a program on it', () => {
    const port: Link = {
      ...link,
      master: 9,
      slaveKind: 'bridge',
      parent: 4,
      parentNetnsId: 2,
      xdp: { attached: 2, flags: 0, programId: 77 },
    };
    expect(linkJson({ ...ingredients, link: port })).toMatchObject({
      MasterIndex: 9,
      Slave: 'bridge',
      ParentIndex: 4,
      NetNsID: 2,
      Xdp: { Fd: 0, Attached: true, Flags: 0, ProgId: 77 },
    });
  });

  test('a route with several next hops', () => {
    const multipath = [
      { oif: 3, weight: 1, flags: 0, gateway: '192.0.2.1' },
      { oif: 4, weight: 10, flags: 0 },
    ];
    expect(firstRoute({ multipath })?.MultiPath).toBe(
      'nexthop via 192.0.2.1 ifindex 3 weight 1 nexthop ifindex 4 weight 10',
    );
  });

  test('a gateway of another family, metrics, flags, an encapsulation', () => {
    expect(
      firstRoute({
        via: { family: 10, address: 'fe80::1' },
        metrics: { mtu: 1400, advmss: 1360, hoplimit: 30 },
        flags: 0x4 | 0x10,
        encap: { type: 1, bytes: new Uint8Array() },
      }),
    ).toMatchObject({
      Gw: 'fe80::1',
      MTU: 1400,
      AdvMSS: 1360,
      Hoplimit: 30,
      Flags: ['onlink', 'linkdown'],
      Encap: 'mpls',
    });
  });

  test('the IPv6 default route, too, has an empty destination', () => {
    expect(firstRoute({}, '::/0')?.Dst).toEqual({ IP: '', Mask: 0 });
  });

  test('flags that have no word are no flags', () => {
    expect(firstRoute({ flags: 0x200 })?.Flags).toBeNull();
  });
});
