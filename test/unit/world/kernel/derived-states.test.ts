import { describe, expect, test } from '@jest/globals';
import type { Address } from '../../../../src/model/address.js';
import type { Generator } from '../../../../src/model/config.js';
import type { Input, KernelChange } from '../../../../src/model/input.js';
import type { Link } from '../../../../src/model/link.js';
import type { Turn, World } from '../../../../src/model/world.js';
import type { SourceState } from '../../../../src/model/source-state.js';
import { config, link, inWords } from '../../../../src/testing/builders.js';
import { advance, begin, emptyWorld } from '../../../../src/world/advance.js';

const UP = 0x1;
const off = { flags: 0, operState: 2 };
const noCarrier = { flags: UP, operState: 2 };
const eth0 = link(2, 'eth0');
const eth1 = link(3, 'eth1');
const br0: Link = { ...link(9, 'br0'), kind: 'bridge' };
const address = (ifindex: number, scope = 0): Address => ({
  ifindex,
  family: 'ipv4',
  address: `192.0.2.${ifindex}`,
  prefixLength: 24,
  scope,
  flags: 0x80,
  label: '',
  broadcast: '',
  peer: '',
  preferredLifetime: 0xffffffff,
  validLifetime: 0xffffffff,
});

const generators = (...generator: readonly Generator[]): Input => ({
  kind: 'config',
  config: config({ system: { generator } }),
});
const alone = generators('rtnetlink');
const pair = generators('systemd-networkd', 'rtnetlink');
const dump = (links: readonly Link[], addresses: readonly Address[] = [], afterLoss = false): Input => ({
  kind: 'kernel-dump',
  links,
  addresses,
  afterLoss,
});
const kernel = (...changes: readonly KernelChange[]): Input => ({ kind: 'kernel', changes });
const is = (one: Link, changes: Partial<Link> = {}): KernelChange => ({ what: 'link', link: { ...one, ...changes } });
const has = (one: Address): KernelChange => ({ what: 'address', address: one });
const lacks = (one: Address): KernelChange => ({ what: 'address-gone', address: one });
const networkd = (state: SourceState['is']): Input => ({
  kind: 'source',
  name: 'systemd-networkd',
  state: { is: state, why: '' },
});
const snapshot = (links: Readonly<Record<number, Readonly<Record<string, string>>>>): Input => ({
  kind: 'networkd-snapshot',
  manager: {},
  links: new Map(Object.entries(links).map(([ifindex, states]) => [Number(ifindex), states])),
});

const short: Readonly<Record<string, string>> = {
  CarrierState: 'carrier',
  OperationalState: 'operational',
  AdministrativeState: 'administrative',
};
/** Folds the inputs and tells every state event: `eth0 carrier=carrier operational=routable`; address states are left out. */
const play = (
  inputs: readonly Input[],
  start: World = emptyWorld,
): { readonly lines: string[]; readonly last: Turn } => {
  const lines: string[] = [];
  const last = inputs.reduce<Turn>((turn, input) => {
    const next = advance(turn, input, 0);
    for (const { event } of next.events) {
      if (event.kind !== 'link-state') continue;
      const what = Object.entries(event.changed).flatMap(([key, value]) =>
        short[key] === undefined ? [] : [`${short[key]}=${value}`],
      );
      lines.push([`${event.name}${event.rerun ? ' again' : ''}`, ...what].join(' '));
    }
    return next;
  }, begin(start));
  return { lines, last };
};
const tell = (inputs: readonly Input[], start?: World): readonly string[] => play(inputs, start).lines;
const after = (...inputs: readonly Input[]): World => play(inputs).last.world;

const started = after(alone, dump([eth0, { ...eth1, ...noCarrier }], [address(2)]));

describe('with Generator=rtnetlink', () => {
  test('the states that the first dump shows are the state at start, held until the configuration is there', () => {
    const expected = ['eth0 carrier=carrier operational=routable', 'eth1 carrier=no-carrier operational=no-carrier'];
    const first = dump([{ ...eth1, ...noCarrier }, eth0], [address(2)]);
    expect(tell([alone, first])).toEqual(expected);
    expect(tell([first])).toEqual([]);
    expect(tell([first, alone])).toEqual(expected);
  });

  test('an event holds every property that changed, and what it was before', () => {
    const { last } = play([kernel(lacks(address(2)))], started);
    expect(last.events.filter(({ event }) => event.kind === 'link-state').map(({ event }) => event)).toEqual([
      {
        kind: 'link-state',
        ifindex: 2,
        name: 'eth0',
        changed: { AddressState: 'off', IPv4AddressState: 'off', OperationalState: 'carrier' },
        previous: { AddressState: 'routable', IPv4AddressState: 'routable', OperationalState: 'routable' },
        rerun: false,
        since: {
          had: new Map([['192.0.2.2/24', true]]),
          carrier: false,
          went: new Map([['192.0.2.2/24', true]]),
          lease: false,
        },
      },
    ]);
  });

  test('the states of a link that comes, gets carrier, then an address, follow the kernel’s words one by one', () => {
    const veth = link(7, 'veth0');
    expect(
      tell([kernel(is(veth, off), is(veth, noCarrier), is(veth), has(address(7, 253)), has(address(7)))], started),
    ).toEqual([
      'veth0 carrier=off operational=off',
      'veth0 carrier=no-carrier operational=no-carrier',
      'veth0 carrier=carrier operational=carrier',
      'veth0 operational=routable',
    ]);
  });

  test('a carrier that goes and comes back within one batch is two events', () => {
    expect(tell([kernel(is(eth0, noCarrier), is(eth0))], started)).toEqual([
      'eth0 carrier=no-carrier operational=no-carrier',
      'eth0 carrier=carrier operational=routable',
    ]);
  });

  test('so is an address that goes and comes back, or makes room for another, unless the state stays for others that are there', () => {
    const twice = ['eth0 operational=carrier', 'eth0 operational=routable'];
    expect(tell([kernel(lacks(address(2)), has(address(2)))], started)).toEqual(twice);
    expect(tell([kernel(lacks(address(2)), has({ ...address(2), address: '192.0.2.77' }))], started)).toEqual(twice);
    const other = { ...address(2), address: '198.51.100.2' };
    expect(tell([kernel(has(other), lacks(address(2)), has(address(2)))], started)).toEqual([]);
    expect(tell([kernel(lacks(address(2)), has({ ...address(3), ifindex: 3 }))], started)).toEqual([twice[0], 'eth1']);
  });

  test('a renamed link keeps its states and has its new name in later events', () => {
    const lan0 = link(2, 'lan0');
    expect(tell([kernel(is(lan0)), kernel(is(lan0, noCarrier))], started)).toEqual([
      'lan0 carrier=no-carrier operational=no-carrier',
    ]);
  });

  test('what changes a port changes its bridge, and the bridge’s bridge', () => {
    const start = after(alone, dump([{ ...eth0, master: 9 }, eth1, br0]));
    expect(tell([kernel(is(eth0, { master: 9, ...noCarrier }))], start)).toEqual([
      'eth0 carrier=no-carrier operational=no-carrier',
      'br0 carrier=degraded-carrier operational=degraded-carrier',
    ]);
    const degraded = after(alone, dump([{ ...eth0, master: 9, ...noCarrier }, br0]));
    expect(tell([kernel(is(eth0, noCarrier))], degraded)).toEqual(['br0 carrier=carrier operational=carrier']);
    expect(tell([kernel({ what: 'link-gone', ifindex: 2 })], degraded)).toEqual([
      'br0 carrier=carrier operational=carrier',
    ]);
  });

  test('a link that comes back under its old ifindex and name is a new one', () => {
    expect(tell([kernel({ what: 'link-gone', ifindex: 2 }), kernel(is(eth0))], started)).toEqual([
      'eth0 carrier=carrier operational=carrier',
    ]);
  });

  test('a dump after a loss tells the differences and nothing else', () => {
    expect(tell([dump([eth0, eth1], [address(2)], true)], started)).toEqual([
      'eth1 carrier=carrier operational=carrier',
    ]);
  });

  test('what the last run acted on is no event, and what it was in the midst of runs again', () => {
    const states = started.networkd.states.get(2) ?? {};
    const acted: World = { ...emptyWorld, networkd: { ...emptyWorld.networkd, states: new Map([[2, states]]) } };
    const first = dump([eth0], [address(2)]);
    expect(tell([alone, first], acted)).toEqual([]);
    const { CarrierState = 'off', ...rest } = states;
    const killed: World = {
      ...acted,
      networkd: {
        ...acted.networkd,
        states: new Map([[2, rest]]),
        interrupted: new Map([[2, inWords({ CarrierState })]]),
      },
    };
    expect(tell([alone, first, kernel(is(eth0, noCarrier)), kernel(is(eth0))], killed)).toEqual([
      'eth0 again carrier=carrier',
      'eth0 carrier=no-carrier operational=no-carrier',
      'eth0 carrier=carrier operational=routable',
    ]);
  });

  test('only touched links are looked at: a message about one of 2,000 makes nobody look at the others’ addresses', () => {
    const many = Array.from({ length: 2000 }, (_, n) => link(n + 10, `veth${n}`));
    const start = after(alone, dump(many));
    class Untouchable extends Map<string, Address> {
      override values = (): never => {
        throw new Error('looked at');
      };
    }
    const addresses = new Map(many.slice(1).map(({ ifindex }) => [ifindex, new Untouchable()]));
    const { lines } = play([kernel(has(address(10))), kernel(is(link(10, 'veth0'), noCarrier))], {
      ...start,
      kernel: { ...start.kernel, addresses },
    });
    expect(lines).toEqual(['veth0 operational=routable', 'veth0 carrier=no-carrier operational=no-carrier']);
    expect(() =>
      tell([kernel(is(link(11, 'veth1'), noCarrier))], { ...start, kernel: { ...start.kernel, addresses } }),
    ).toThrow('looked at');
  });
});

describe('without rtnetlink in Generator', () => {
  test('nothing is derived', () => {
    const inputs = [generators('systemd-networkd'), networkd('waiting'), dump([eth0]), kernel(is(eth0, noCarrier))];
    expect(tell(inputs)).toEqual([]);
  });
});

describe('beside systemd-networkd', () => {
  const routable = {
    CarrierState: 'carrier',
    AddressState: 'routable',
    IPv4AddressState: 'routable',
    IPv6AddressState: 'off',
    OperationalState: 'routable',
    AdministrativeState: 'configured',
  };
  const first = dump([eth0], [address(2)]);
  const served = after(pair, first, networkd('serving'), snapshot({ 2: routable }));

  test('nobody tells before it is known whether networkd is there; then networkd does', () => {
    expect(tell([pair, first, networkd('serving'), snapshot({ 2: routable })])).toEqual([
      'eth0 carrier=carrier operational=routable administrative=configured',
    ]);
  });

  test.each(['waiting', 'lost'] as const)('the kernel tells at start if networkd is %s', state => {
    expect(tell([pair, first, networkd(state)])).toEqual(['eth0 carrier=carrier operational=routable']);
  });

  test('the kernel’s words are networkd’s to judge while it serves', () => {
    expect(tell([kernel(is(eth0, noCarrier))], served)).toEqual([]);
  });

  test.each(['waiting', 'lost'] as const)(
    'networkd goes (%s): nothing differs, nothing is told, then the kernel tells',
    state => {
      expect(tell([networkd(state)], served)).toEqual([]);
      expect(tell([networkd(state), kernel(is(eth0, noCarrier))], served)).toEqual([
        'eth0 carrier=no-carrier operational=no-carrier',
      ]);
    },
  );

  test('what networkd had not told when it went, the kernel does', () => {
    expect(tell([kernel(lacks(address(2))), networkd('waiting')], served)).toEqual(['eth0 operational=carrier']);
  });

  test('networkd comes: only what it says otherwise is told, and what the kernel does not know', () => {
    const start = after(pair, first, networkd('waiting'));
    expect(tell([networkd('serving'), snapshot({ 2: routable })], start)).toEqual(['eth0 administrative=configured']);
    expect(tell([networkd('serving'), snapshot({ 2: { ...routable, OperationalState: 'degraded' } })], start)).toEqual([
      'eth0 operational=degraded administrative=configured',
    ]);
  });

  test('a reload of Generator hands over as well, in both directions', () => {
    expect(tell([alone, kernel(is(eth0, noCarrier))], served)).toEqual([
      'eth0 carrier=no-carrier operational=no-carrier',
    ]);
    const kernels = after(alone, first);
    expect(tell([generators('systemd-networkd'), kernel(is(eth0, noCarrier))], kernels)).toEqual([]);
    expect(tell([generators('systemd-networkd'), networkd('serving'), snapshot({ 2: routable })], kernels)).toEqual([
      'eth0 administrative=configured',
    ]);
  });
});
