import { describe, expect, test } from '@jest/globals';
import type { Address, Link, Route } from '@network-stack/netlink';
import { asyncScheduler, defer, map, NEVER, type Observable, of, throwError } from 'rxjs';
import type { LinkJson } from '../../../../src/sinks/link-json/link-json.js';
import type { Step, World } from '../../../../src/model/world.js';
import type { Environment } from '../../../../src/sinks/scripts/environment.js';
import { withLinkJson } from '../../../../src/sinks/link-json/with-link-json.js';
import type { Rtnetlink } from '../../../../src/system/rtnetlink.js';
import {
  bound,
  config,
  lease,
  leaseEvent,
  link,
  linkState,
  managerState,
  step,
  type Slices,
  world,
} from '../../../../src/testing/builders.js';
import { type Answer, fakeBus, fakeConnection } from '../../../../src/fakes/fake-bus.js';
import { fakeFiles } from '../../../../src/fakes/fake-files.js';
import { fakeScriptFiles } from '../../../../src/testing/fake-script-files.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { toAddress } from '../../../../src/model/wire/from-netlink.js';
import type { States } from '../../../../src/model/states.js';

const eth0 = link(2, 'eth0');
const kernelLink: Link = {
  kind: 'link',
  family: 0,
  ifindex: 2,
  name: 'eth0',
  alternativeNames: [],
  hardwareType: 1,
  flags: 0x11043,
  change: 0,
  mtu: 1500,
  operState: 6,
};
const address = (text: string): Address => ({
  kind: 'address',
  family: 2,
  ifindex: 2,
  address: text,
  prefixLength: 24,
  scope: 0,
  flags: 0,
});
const route = (destination: string): Route => ({
  kind: 'route',
  family: 2,
  destination,
  table: 254,
  protocol: 3,
  scope: 0,
  type: 1,
  flags: 0,
  tos: 0,
});

class NoDevice extends Error {
  readonly errno = 19;
}
const gone = (): Observable<never> => throwError(() => new NoDevice('no such device'));
const broken = (): Observable<never> => throwError(() => new Error('broken'));

interface Surroundings {
  readonly link?: () => Observable<Link>;
  readonly addresses?: () => Observable<readonly Address[]>;
  readonly routes?: () => Observable<readonly Route[]>;
  readonly answer?: Answer;
  /** files by path, at the time when they are read */
  readonly texts?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  readonly unwritable?: string;
}

const described = JSON.stringify({ Type: 'ether', NetworkFile: '/described', DNS: [{ Address: [192, 0, 2, 53] }] });
const serving: World['progress']['sources'] = new Map([['systemd-networkd', { is: 'serving', why: '' }]]);
const served = (rest: Slices = {}, settings = config()): World =>
  world([eth0], settings, { ...rest, progress: { sources: serving, ...rest.progress } });
const routable = (inWorld: World = served(), id = 7): Step =>
  step(id, linkState(eth0, { OperationalState: 'routable' }), inWorld);

const enrichment = ({
  link: linkOf = () => of(kernelLink),
  addresses = () => of([address('192.0.2.5')]),
  routes = () => of([route('10.0.0.0/8')]),
  answer = () => [described],
  texts = {},
  unwritable,
}: Surroundings = {}) => {
  const asked: string[] = [];
  const note = <T>(what: string, answer$: () => Observable<T>): Observable<T> =>
    defer(() => {
      asked.push(what);
      return answer$();
    });
  const rtnetlink: Rtnetlink = {
    connect: () => NEVER,
    links: () => NEVER,
    rules: () => NEVER,
    apply: () => NEVER,
    link: ifindex => note(`link ${ifindex}`, linkOf),
    addresses: ifindex => note(`addresses ${ifindex ?? 'all'}`, addresses),
    routes: filter => note(`routes ${JSON.stringify(filter)}`, routes),
  };
  const connection = fakeConnection(NEVER, call => {
    asked.push(`${call.member} ${call.path}${call.autoStart === true ? ' and start it' : ''}`);
    return answer(call);
  });
  const scriptFiles = fakeScriptFiles(unwritable);
  const faults: string[] = [];
  const files = fakeFiles(() => ({ texts: typeof texts === 'function' ? texts() : texts }));
  const enrich = withLinkJson({ rtnetlink, bus: fakeBus(of(connection)), files }, scriptFiles);
  const result = (of_: Step): Observable<Environment> =>
    enrich(of_, ({ code, message }) => faults.push(`${asyncScheduler.now()} ${code}: ${message}`));
  return { result, asked, faults, scriptFiles };
};
const unexpected = (error: unknown): never => {
  throw error;
};
const jsonOf = (variables: Environment | undefined): LinkJson => JSON.parse(variables?.JSON ?? '') as LinkJson;

/** The variables that one event gets at once. */
const given = (surroundings: Surroundings = {}, of_ = routable()) => {
  const made = enrichment(surroundings);
  const found: Environment[] = [];
  made.result(of_).subscribe({ next: variables => found.push(variables), error: unexpected });
  return { ...made, variables: found[0], found };
};

describe('withLinkJson', () => {
  test(
    'gives the JSON once, and the file is there until the scripts have ended',
    marbles(({ expectObservable, flush }) => {
      const { result, scriptFiles } = enrichment();
      expectObservable(result(routable()).pipe(map(variables => Object.keys(variables).join(' '))), '^---!').toBe('v', {
        v: 'JSON JSON_FILE',
      });
      flush();
      expect(scriptFiles.log).toEqual(['0 write /files/link-7.json', '4 remove /files/link-7.json']);
    }),
  );

  test('the file says what the variable says', () => {
    const { variables, scriptFiles } = given();
    expect(scriptFiles.texts.get(variables?.JSON_FILE ?? '')).toBe(variables?.JSON);
    expect(jsonOf(variables)).toMatchObject({
      Name: 'eth0',
      MTU: 1500,
      Address: [{ IP: '192.0.2.5' }],
      Routes: [{ Dst: { IP: '10.0.0.0', Mask: 8 } }],
      NetworkFile: '/described',
      DNS: ['192.0.2.53'],
    });
  });

  test("asks for this link only: its routes of the main table, its own object of networkd's, which is not started for it", () => {
    expect(given().asked).toEqual([
      'Describe /org/freedesktop/network1/link/_32',
      'link 2',
      'addresses 2',
      'routes {"oif":2,"table":254}',
    ]);
  });

  test('states are those of the event, not of the time when its turn comes', () => {
    const states = new Map<number, States>([[2, { OperationalState: 'routable', AdministrativeState: 'configured' }]]);
    expect(jsonOf(given({}, routable(served({ networkd: { states } }))).variables)).toMatchObject({
      OperationalState: 'routable',
      SetupState: 'configured',
    });
  });

  test('nothing with EmitJSON=false, and nobody is asked', () => {
    const { found, asked } = given({}, routable(served({}, config({ network: { emitJson: false } }))));
    expect([found, asked]).toEqual([[], []]);
  });

  test.each([
    ['networkd itself', managerState({ OperationalState: 'routable' })],
    ['a lease of networkd', leaseEvent(eth0, 'bound', lease('192.0.2.5'), { origin: 'systemd-networkd' })],
    ['a link that came', { kind: 'link', action: 'added', ifindex: 2, name: 'eth0', oldName: '' }],
  ] as const)('nothing for events of %s', (_, event) => {
    expect(given({}, step(1, event, served())).found).toEqual([]);
  });

  test("a lease of dhclient's: the servers and domains are the lease's", () => {
    const one = lease('192.0.2.5', {
      dns: ['192.0.2.1'],
      domain: 'lab.example',
      options: new Map([['ntp-servers', '192.0.2.9, 192.0.2.10']]),
    });
    const inWorld = world([eth0], config(), {
      leases: { bound: bound([2, one], [3, lease('198.51.100.7', { dns: ['203.0.113.1'] })]) },
    });
    const { variables, asked } = given({}, step(1, leaseEvent(eth0, 'bound', one), inWorld));
    expect(jsonOf(variables)).toMatchObject({
      DNS: ['192.0.2.1'],
      NTP: ['192.0.2.9', '192.0.2.10'],
      Domains: ['lab.example'],
      DomainSearch: ['lab.example'],
    });
    expect(asked.some(what => what.startsWith('Describe'))).toBe(false);
  });

  test("udev's names of the hardware come before networkd's", () => {
    const texts = { '/run/udev/data/n2': 'E:ID_NET_DRIVER=e1000\nE:ID_MODEL_ID=0x100f\n' };
    const answer: Answer = () => [JSON.stringify({ Driver: 'veth', Vendor: 'Acme' })];
    expect(jsonOf(given({ texts, answer }).variables)).toMatchObject({
      Driver: 'e1000',
      ProductID: '100f',
      Vendor: 'Acme',
    });
  });

  describe('what cannot be had is left empty, and a fault names it', () => {
    test.each([
      ['link', 'what the kernel says of the link', { MTU: 0, Name: 'eth0', Index: 2 }],
      ['addresses', 'its addresses', { MTU: 1500, Address: [] }],
      ['routes', 'its routes', { MTU: 1500, Routes: [] }],
    ] as const)('%s', (what, words, expected) => {
      const { variables, faults } = given({ [what]: broken });
      expect(jsonOf(variables)).toMatchObject({ ...expected, NetworkFile: '/described' });
      expect(faults.map(fault => fault.replace(/^\d+ /, ''))).toEqual([
        `json-incomplete: event 7: the JSON of link 'eth0' lacks ${words}: broken`,
      ]);
    });

    test("networkd's account: its state file says the most of it", () => {
      const texts = { '/run/systemd/netif/links/2': 'NETWORK_FILE=/written\nDNS=192.0.2.54\n' };
      const answer: Answer = () => ({ errorName: 'org.freedesktop.DBus.Error.NoReply' });
      const { variables, faults } = given({ texts, answer });
      expect(jsonOf(variables)).toMatchObject({ NetworkFile: '/written', DNS: ['192.0.2.54'] });
      expect(faults).toHaveLength(1);
    });

    test('all of it at once', () => {
      const answer: Answer = () => ({ errorName: 'org.freedesktop.DBus.Error.NoReply' });
      const { variables, faults } = given({ link: broken, addresses: broken, routes: broken, answer });
      expect(jsonOf(variables)).toMatchObject({ Name: 'eth0', Address: [], Routes: [], DNS: [] });
      expect(faults).toHaveLength(4);
    });
  });

  test.each([
    ["networkd's silence to an older version's question", 'org.freedesktop.DBus.Error.UnknownMethod'],
    ['a link that networkd does not know any more', 'org.freedesktop.DBus.Error.UnknownObject'],
  ])('%s is no fault: the state file is read', (_, errorName) => {
    const texts = { '/run/systemd/netif/links/2': 'NETWORK_FILE=/written\n' };
    const { variables, faults } = given({ texts, answer: () => ({ errorName }) });
    expect(jsonOf(variables).NetworkFile).toBe('/written');
    expect(faults).toEqual([]);
  });

  test("the first time the state file is not read beside networkd's account", () => {
    const texts = { '/run/systemd/netif/links/2': 'NTP=192.0.2.99\n' };
    expect(jsonOf(given({ texts }).variables).NTP).toBeNull();
  });

  test('while networkd does not own its name it is not asked', () => {
    const { asked, faults } = given({}, routable(world([eth0])));
    expect(asked.some(what => what.startsWith('Describe'))).toBe(false);
    expect(faults).toEqual([]);
  });

  test("a link of many routes: networkd's account would be as long, from the second time on its state file is read", () => {
    const texts = { '/run/systemd/netif/links/2': 'NETWORK_FILE=/written\n' };
    const many = Array.from({ length: 500 }, (_, n) => route(`10.0.${n}.0/24`));
    const { result, asked } = enrichment({ texts, routes: () => of(many) });
    const found: string[] = [];
    for (const id of [1, 2, 3])
      result(routable(served(), id)).subscribe({
        next: given_ => found.push(jsonOf(given_).NetworkFile),
        error: unexpected,
      });
    expect(found).toEqual(['/described', '/written', '/written']);
    expect(asked.filter(what => what.startsWith('Describe'))).toHaveLength(1);
  });

  test("a link of many addresses: networkd's account would be as long, its state file is read", () => {
    const texts = { '/run/systemd/netif/links/2': 'NETWORK_FILE=/written\n' };
    const many = Array.from({ length: 101 }, (_, n) => toAddress(address(`10.0.0.${n}`)));
    const addresses = new Map([[2, new Map(many.map(one => [one.address, one]))]]);
    expect(jsonOf(given({ texts }, routable(served({ kernel: { addresses } }))).variables).NetworkFile).toBe(
      '/written',
    );
  });

  test('a link that has gone: what the event says of it, and no fault', () => {
    const answer: Answer = () => ({ errorName: 'org.freedesktop.DBus.Error.UnknownObject' });
    const { variables, faults } = given({ link: gone, addresses: gone, routes: gone, answer });
    expect(jsonOf(variables)).toMatchObject({ Index: 2, Name: 'eth0', Address: [], Routes: [] });
    expect(faults).toEqual([]);
  });

  test(
    'a networkd that does not answer is waited for half a second, then the scripts run without its account',
    marbles(({ expectObservable, flush }) => {
      const { result, faults } = enrichment({ answer: () => undefined });
      const name$ = result(routable()).pipe(map(variables => jsonOf(variables).NetworkFile));
      expectObservable(name$, '^ 600ms !').toBe('500ms v', { v: '' });
      flush();
      expect(faults).toEqual([
        "500 json-incomplete: event 7: the JSON of link 'eth0' lacks networkd's account: no answer within 500 ms",
      ]);
    }),
  );

  describe('a link that networkd has described before', () => {
    const path = '/run/systemd/netif/links/2';
    const written = (state: string, dns: string): string => `OPER_STATE=${state}\nNETWORK_FILE=/written\nDNS=${dns}\n`;
    const down = step(
      2,
      linkState(eth0, { OperationalState: 'no-carrier' }, { OperationalState: 'routable' }),
      served(),
    );
    /** It answers the first question at once, and no other. */
    const firstOnly = (): Answer => {
      let questions = 0;
      return () => ((questions += 1) === 1 ? [described] : undefined);
    };
    const shown = (variables: Environment): string => {
      const { NetworkFile, Type, DNS } = jsonOf(variables);
      return [NetworkFile, Type, ...DNS].join(' ');
    };
    const first = { a: '/described ether 192.0.2.53' };

    test(
      'what it is stays true, and its state file says the rest at once: networkd is not asked',
      marbles(({ expectObservable, flush }) => {
        const texts = { [path]: written('no-carrier', '192.0.2.7') };
        const { result, asked, faults } = enrichment({ answer: firstOnly(), texts });
        expectObservable(result(routable()).pipe(map(shown)), '^!').toBe('a', first);
        expectObservable(result(down).pipe(map(shown)), '^!').toBe('b', { b: '/written ether 192.0.2.7' });
        flush();
        expect(asked.filter(what => what.startsWith('Describe'))).toHaveLength(1);
        expect(faults).toEqual([]);
      }),
    );

    test(
      'the file still has what the event took away: it is looked at until networkd has written it',
      marbles(({ expectObservable }) => {
        const texts = () => ({
          [path]: asyncScheduler.now() < 5 ? written('routable', '192.0.2.7') : written('no-carrier', '192.0.2.8'),
        });
        const { result } = enrichment({ answer: firstOnly(), texts });
        expectObservable(result(routable()).pipe(map(shown)), '^!').toBe('a', first);
        expectObservable(result(down).pipe(map(shown)), '^-------!').toBe('------b', { b: '/written ether 192.0.2.8' });
      }),
    );

    test(
      'the file still has what the event took away: or until networkd has answered',
      marbles(({ expectObservable }) => {
        const texts = { [path]: written('routable', '192.0.2.7') };
        const { result } = enrichment({ texts });
        expectObservable(result(routable()).pipe(map(shown)), '^!').toBe('a', first);
        expectObservable(result(down).pipe(map(shown)), '^!').toBe('b', { b: first.a });
      }),
    );

    test(
      'the file lacks what is only coming: it is not waited for, as that has an event of its own',
      marbles(({ expectObservable }) => {
        const up = step(
          2,
          linkState(eth0, { OperationalState: 'carrier' }, { OperationalState: 'no-carrier' }),
          served(),
        );
        const { result } = enrichment({ answer: firstOnly(), texts: { [path]: written('no-carrier', '192.0.2.7') } });
        expectObservable(result(routable()).pipe(map(shown)), '^!').toBe('a', first);
        expectObservable(result(up).pipe(map(shown)), '^!').toBe('b', { b: '/written ether 192.0.2.7' });
      }),
    );

    test(
      'there is no file: networkd is waited for',
      marbles(({ expectObservable, flush }) => {
        const { result, faults } = enrichment({ answer: firstOnly() });
        expectObservable(result(routable()).pipe(map(shown)), '^!').toBe('a', first);
        expectObservable(result(down).pipe(map(shown)), '^ 600ms !').toBe('500ms b', { b: ' ether' });
        flush();
        expect(faults).toHaveLength(1);
      }),
    );
  });

  test(
    'an event that is cancelled while the kernel is asked leaves nothing behind',
    marbles(({ expectObservable, expectSubscriptions, cold, flush }) => {
      const links = cold('-----k|', { k: kernelLink });
      const { result, scriptFiles, faults } = enrichment({ link: () => links });
      expectObservable(result(routable()), '^--!').toBe('----');
      expectSubscriptions(links.subscriptions).toBe('^--!');
      flush();
      expect([scriptFiles.log, faults]).toEqual([[], []]);
    }),
  );

  test('what does not fit into a variable is in the file only', () => {
    const many = Array.from({ length: 1000 }, (_, n) => route(`10.0.${n}.0/24`));
    const { variables, scriptFiles } = given({ routes: () => of(many) });
    expect(Object.keys(variables ?? {})).toEqual(['JSON_FILE']);
    const text = scriptFiles.texts.get('/files/link-7.json') ?? '';
    expect((JSON.parse(text) as LinkJson).Routes).toHaveLength(1000);
  });

  test('a file that cannot be written: the variable alone, and a fault', () => {
    const { variables, faults } = given({ unwritable: 'no space left' });
    expect(Object.keys(variables ?? {})).toEqual(['JSON']);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('JSON_FILE');
    expect(faults[0]).toContain('no space left');
  });
});

describe('routes of the link', () => {
  const listening = new Map([['routes.d', 1]]);
  const settings = config();
  const links = new Map([[2, eth0]]);
  const routeChanges = new Map([[2, 1]]);
  const now = (rest: Slices = {}, inForce = settings): World =>
    world([], inForce, {
      ...rest,
      kernel: { links, routeChanges, ...rest.kernel },
      progress: { sources: serving, scripts: listening, ...rest.progress },
    });
  const dumpsFor = (...worlds: readonly World[]): number => {
    const { result, asked } = enrichment();
    worlds.forEach((one, nth) => result(routable(one, nth)).subscribe().unsubscribe());
    return asked.filter(what => what.startsWith('routes')).length;
  };

  test('are dumped once while the kernel tells of changes and there are none', () => {
    expect(dumpsFor(now(), now(), now({ networkd: { states: new Map() } }))).toBe(1);
  });

  test('are dumped for each event while nobody asked the kernel to tell', () => {
    expect(dumpsFor(now({ progress: { scripts: new Map() } }), now({ progress: { scripts: new Map() } }))).toBe(2);
  });

  test.each<[string, Slices, World['config']?]>([
    ['a route of the link changed', { kernel: { routeChanges: new Map([[2, 2]]) } }],
    [
      'a route over several links changed',
      {
        kernel: {
          routeChanges: new Map([
            [2, 1],
            [0, 1],
          ]),
        },
      },
    ],
    [
      'the link changed: the kernel does not tell of the routes that go with it',
      { kernel: { links: new Map([[2, link(2, 'eth0')]]) } },
    ],
    ['an address changed: nor of those that go with it', { kernel: { addresses: new Map([[2, new Map()]]) } }],
    ['somebody stopped and began to listen', { progress: { scripts: new Map(listening) } }],
    ['the configuration was read anew', {}, config()],
  ])('are dumped anew when %s', (_, change, inForce = settings) => {
    const addresses: World['kernel']['addresses'] = new Map();
    expect(
      dumpsFor(now({ kernel: { addresses } }), now({ ...change, kernel: { addresses, ...change.kernel } }, inForce)),
    ).toBe(2);
  });

  test('of a dump that failed are asked for again', () => {
    let isBroken = true;
    const { result } = enrichment({ routes: () => (isBroken ? broken() : of([route('10.0.0.0/8')])) });
    const seen: number[] = [];
    const count = (one: Step): void =>
      result(one)
        .subscribe({ next: variables => seen.push(jsonOf(variables).Routes.length), error: unexpected })
        .unsubscribe();
    count(routable(now(), 1));
    isBroken = false;
    count(routable(now(), 2));
    expect(seen).toEqual([0, 1]);
  });
});
