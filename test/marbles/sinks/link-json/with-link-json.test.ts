import { describe, expect, test } from '@jest/globals';
import { asyncScheduler, map, of } from 'rxjs';
import type { LinkJson } from '../../../../src/sinks/link-json/link-json.js';
import type { Environment } from '../../../../src/sinks/scripts/environment.js';
import {
  bound,
  config,
  lease,
  leaseEvent,
  linkState,
  managerState,
  step,
  world,
} from '../../../../src/testing/builders.js';
import { type Answer } from '../../../../src/fakes/fake-bus.js';
import { marbles } from '../../../../src/testing/marbles.js';
import { toAddress } from '../../../../src/model/wire/from-netlink.js';
import type { States } from '../../../../src/model/states.js';
import {
  address,
  broken,
  described,
  enrichment,
  eth0,
  given,
  gone,
  jsonOf,
  kernelLink,
  routable,
  route,
  served,
  unexpected,
} from './surroundings.js';

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
      ['link', "the kernel's description", { MTU: 0, Name: 'eth0', Index: 2 }],
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
        "500 json-incomplete: event 7: the JSON of link 'eth0' lacks networkd's description: no answer within 500 ms",
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
