import { describe, expect, test } from '@jest/globals';
import type { Address } from '../../../src/model/address.js';
import type { Config } from '../../../src/model/config.js';
import type { Input, KernelChange } from '../../../src/model/input.js';
import type { Link } from '../../../src/model/link.js';
import type { States } from '../../../src/model/states.js';
import type { Step, Turn, World } from '../../../src/model/world.js';
import { address, config, lease, link } from '../../../src/testing/builders.js';
import { advance, begin, emptyWorld } from '../../../src/world/advance.js';
import { joinWaiting } from '../../../src/world/join.js';

const eth0 = link(2, 'eth0');
const unplugged: Link = { ...eth0, flags: 0x1003, operState: 2 };
const ours = address(2, '192.0.2.5/24');
const temporary: Address = { ...address(2, '2001:db8::5/64'), flags: 0x1 };
const secondary: Address = { ...address(2, '192.0.2.6/24'), flags: 0x1 };
const up: States = { CarrierState: 'carrier', OperationalState: 'routable', AdministrativeState: 'configured' };
const down: States = { ...up, CarrierState: 'no-carrier', OperationalState: 'no-carrier' };

const settings = (generator: Config['system']['generator'] = ['systemd-networkd']): Input => ({
  kind: 'config',
  config: config({ system: { generator } }),
});
const dump = (addresses: readonly Address[] = [ours], links = [eth0]): Input => ({
  kind: 'kernel-dump',
  links,
  addresses,
  afterLoss: false,
});
const kernel = (...changes: readonly KernelChange[]): Input => ({ kind: 'kernel', changes });
const gone = (one: Address): KernelChange => ({ what: 'address-gone', address: one });
const back = (one: Address): KernelChange => ({ what: 'address', address: one });
const flapped = (one: Address): readonly Input[] => [kernel(gone(one)), kernel(back(one))];
const cable = (to: Link): Input => kernel({ what: 'link', link: to });
const said = (changed: States): Input => ({ kind: 'networkd-link', ifindex: 2, changed });
const snapshot = (states: States = up): Input => ({
  kind: 'networkd-snapshot',
  manager: {},
  links: new Map([[2, states]]),
});
const leases = (...held: readonly string[]): Input => ({
  kind: 'networkd-leases',
  ifindex: 2,
  leases: held.map(one => lease(one)),
  now: 1000,
});

const turnsOf = (inputs: readonly Input[], start: World = emptyWorld): readonly Turn[] => {
  const turns: Turn[] = [];
  inputs.reduce((turn, input) => {
    const next = advance(turn, input, 0);
    turns.push(next);
    return next;
  }, begin(start));
  return turns;
};
const ofStates = ({ event }: Step): boolean => event.kind === 'link-state';
const words = ({ event }: Step): string =>
  event.kind === 'link-state'
    ? Object.entries(event.changed)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')
    : event.kind;

/** What the last input told of the link's states. */
const toldLast = (...inputs: readonly Input[]): readonly string[] =>
  (turnsOf(inputs).at(-1)?.events ?? []).filter(ofStates).map(words);

/** All that is told of the link's states after the first time, joined into one as in a lane that is full. */
const joined = (...inputs: readonly Input[]): string => {
  const [, ...rest] = turnsOf(inputs)
    .flatMap(({ events }) => events)
    .filter(ofStates);
  const [first, ...more] = rest;
  return first === undefined ? 'nothing' : words(more.reduce(joinWaiting, first));
};

const begun = [settings(), dump(), snapshot()];

describe('a snapshot that says what was said before', () => {
  test('is no news if nothing went', () => {
    expect(toldLast(...begun, kernel(back({ ...ours, validLifetime: 60 })), snapshot())).toEqual([]);
  });

  test('is told as the state at start if the carrier went and came back', () => {
    expect(toldLast(...begun, cable(unplugged), cable(eth0), snapshot())).toEqual([
      'CarrierState=carrier OperationalState=routable AdministrativeState=configured',
    ]);
  });

  test('also if both were told in one go', () => {
    const flap = kernel({ what: 'link', link: unplugged }, { what: 'link', link: eth0 });
    expect(toldLast(...begun, flap, snapshot())).toEqual([
      'CarrierState=carrier OperationalState=routable AdministrativeState=configured',
    ]);
  });

  test.each([
    ['came back', flapped(ours)],
    ['did not', [kernel(back(secondary)), kernel(gone(ours))]],
  ])('tells the operational state if an address went and %s', (_, changes) => {
    expect(toldLast(...begun, ...changes, snapshot())).toEqual(['OperationalState=routable']);
  });

  test('tells it once', () => {
    expect(toldLast(...begun, ...flapped(ours), snapshot(), snapshot())).toEqual([]);
  });

  test('tells it beside what differs', () => {
    expect(toldLast(...begun, ...flapped(ours), snapshot({ ...up, AdministrativeState: 'failed' }))).toEqual([
      'AdministrativeState=failed OperationalState=routable',
    ]);
  });

  test.each([
    ['a temporary IPv6 address', temporary],
    ['one that was not there when the states were told', address(2, '192.0.2.7/24')],
  ])('is no news if what went is %s', (_, one) => {
    const inputs = [settings(), dump([ours, temporary]), snapshot(), kernel(back(one)), kernel(gone(one)), snapshot()];
    expect(toldLast(...inputs)).toEqual([]);
  });

  test('tells it for a secondary IPv4 address, whose flag is that of temporary ones', () => {
    expect(toldLast(settings(), dump([ours, secondary]), snapshot(), ...flapped(secondary), snapshot())).toEqual([
      'OperationalState=routable',
    ]);
  });

  test('tells it if a lease went and came back', () => {
    const inputs = [...begun, leases('192.0.2.5'), leases(), leases('192.0.2.5'), snapshot()];
    expect(toldLast(...inputs)).toEqual(['OperationalState=routable']);
  });

  test('is no news of a link without carrier, whose addresses go because of that', () => {
    expect(toldLast(...begun, cable(unplugged), said(down), kernel(gone(ours)), snapshot(down))).toEqual([]);
  });

  test('waits for networkd to see what the kernel has told: an address that went, and is the only one', () => {
    const carrier: States = { ...up, OperationalState: 'carrier' };
    const late = [...begun, kernel(gone(ours)), snapshot()];
    expect(toldLast(...late)).toEqual([]);
    expect(toldLast(...late, said(carrier))).toEqual(['OperationalState=carrier']);
    expect(toldLast(...late, kernel(back(ours)), snapshot())).toEqual(['OperationalState=routable']);
  });

  test('is no news of a link without addresses, whichever of networkd and the kernel told first that the last one went', () => {
    const carrier: States = { ...up, OperationalState: 'carrier' };
    expect(toldLast(...begun, said(carrier), kernel(gone(ours)), snapshot(carrier))).toEqual([]);
    expect(toldLast(...begun, kernel(gone(ours)), said(carrier), snapshot(carrier))).toEqual([]);
  });

  test('waits for networkd to see that the carrier went', () => {
    const late = [...begun, cable(unplugged), snapshot()];
    expect(toldLast(...late)).toEqual([]);
    expect(toldLast(...late, said(down))).toEqual(['CarrierState=no-carrier OperationalState=no-carrier']);
    expect(toldLast(...late, cable(eth0), snapshot())).toEqual([
      'CarrierState=carrier OperationalState=routable AdministrativeState=configured',
    ]);
  });

  test('compares what the kernel lists anew as well', () => {
    expect(toldLast(...begun, dump([secondary]), snapshot())).toEqual(['OperationalState=routable']);
    expect(toldLast(...begun, dump([ours], [unplugged]), dump(), snapshot())).toEqual([
      'CarrierState=carrier OperationalState=routable AdministrativeState=configured',
    ]);
  });
});

describe('states that are derived from the kernel', () => {
  const derived = settings(['rtnetlink']);

  test('are told again after a loss, if an address went', () => {
    expect(toldLast(derived, dump(), dump([secondary]))).toEqual(['OperationalState=routable']);
  });

  test('are told when networkd leaves them to the kernel, if an address went', () => {
    const pair = settings(['systemd-networkd', 'rtnetlink']);
    const source = (is: 'serving' | 'waiting'): Input => ({
      kind: 'source',
      name: 'systemd-networkd',
      state: { is, why: '' },
    });
    const states: States = {
      CarrierState: 'carrier',
      AddressState: 'routable',
      IPv4AddressState: 'routable',
      IPv6AddressState: 'off',
      OperationalState: 'routable',
    };
    const before = [pair, source('serving'), dump(), snapshot(states)];
    expect(toldLast(...before, source('waiting'))).toEqual([]);
    expect(toldLast(...before, ...flapped(ours), source('waiting'))).toEqual(['OperationalState=routable']);
  });
});

describe('the daemon’s own restart', () => {
  const acted = (addresses: readonly string[]): World => ({
    ...emptyWorld,
    networkd: { ...emptyWorld.networkd, states: new Map([[2, up]]) },
    progress: {
      ...emptyWorld.progress,
      since: new Map([
        [2, { had: new Map(addresses.map(one => [one, true])), carrier: false, went: new Map(), lease: false }],
      ]),
    },
  });
  const toldAtStart = (start: World): readonly string[] =>
    turnsOf([settings(), dump(), snapshot()], start)
      .flatMap(({ events }) => events)
      .filter(ofStates)
      .map(words);

  test('tells the operational state of a link that lost an address meanwhile', () => {
    expect(toldAtStart(acted(['192.0.2.5/24', '192.0.2.9/24']))).toEqual(['OperationalState=routable']);
  });

  test('tells nothing of one that has all its addresses', () => {
    expect(toldAtStart(acted(['192.0.2.5/24']))).toEqual([]);
  });
});

describe('states that were told while scripts ran, joined', () => {
  const flap = [cable(unplugged), said(down), cable(eth0), said({ ...up, OperationalState: 'carrier' }), said(up)];

  test('are those at start if the carrier went and came back', () => {
    expect(joined(...begun, ...flap)).toBe(
      'CarrierState=carrier OperationalState=routable AdministrativeState=configured',
    );
  });

  test('are the difference if the carrier did not come back', () => {
    expect(joined(...begun, ...flap, cable(unplugged), said(down))).toBe(
      'CarrierState=no-carrier OperationalState=no-carrier',
    );
  });

  test('are nothing if the carrier came and went', () => {
    const inputs = [settings(), dump([], [unplugged]), snapshot(down)];
    expect(joined(...inputs, cable(eth0), said(up), cable(unplugged), said(down))).toBe('');
  });

  test('are the operational state if an address went and came back', () => {
    const carrier: States = { ...up, OperationalState: 'carrier' };
    expect(joined(...begun, kernel(gone(ours)), said(carrier), kernel(back(ours)), said(up))).toBe(
      'OperationalState=routable',
    );
  });

  test('are nothing if an address came and went', () => {
    const carrier: States = { ...up, OperationalState: 'carrier' };
    const inputs = [settings(), dump([]), snapshot(carrier)];
    expect(joined(...inputs, kernel(back(ours)), said(up), kernel(gone(ours)), said(carrier))).toBe('');
  });

  test('are the same however they are joined', () => {
    const turns = turnsOf([
      ...begun,
      ...flap,
      kernel(gone(ours)),
      said({ ...up, OperationalState: 'carrier' }),
      said(up),
    ]);
    const [, a, b, c, d, e] = turns.flatMap(({ events }) => events).filter(ofStates);
    if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined)
      throw new Error('expected five events');
    const leftFirst = [b, c, d, e].reduce(joinWaiting, a);
    expect(words(joinWaiting(joinWaiting(a, b), joinWaiting(c, joinWaiting(d, e))))).toBe(words(leftFirst));
    expect(words(leftFirst)).toBe('CarrierState=carrier OperationalState=routable AdministrativeState=configured');
  });
});
