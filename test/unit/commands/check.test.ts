import { describe, expect, test } from '@jest/globals';
import { lastValueFrom, NEVER, of, throwError, toArray } from 'rxjs';
import { shown } from '../../../src/commands/check.js';
import { bus } from '../../../src/commands/checks/bus-reached.js';
import { generator } from '../../../src/commands/checks/generator.js';
import { configuration } from '../../../src/commands/checks/configuration.js';
import type { Check, Circumstances } from '../../../src/commands/checks/finding.js';
import { scriptDirectories } from '../../../src/commands/checks/runnable-scripts.js';
import { defaults } from '../../../src/config/schema.js';
import { generatorSources } from '../../../src/commands/checks/generator-sources.js';
import { linkPatterns } from '../../../src/commands/checks/unmatched-patterns.js';
import type { Config, Generator } from '../../../src/model/config.js';
import { customFault } from '../../../src/model/fault.js';
import type { BusConnection } from '../../../src/system/bus/bus.js';
import type { Files } from '../../../src/system/files/files.js';
import { fakeFiles } from '../../../src/fakes/fake-files.js';
import { netlinkLink } from '../../support/fake-rtnetlink.js';

const circumstances: Circumstances = {
  options: { config: '/etc/b/broker.toml', scriptDirectory: '/etc/b', system: {} },
  config: defaults,
  faults: [],
};
const findings = async (check: Check, more: Partial<Circumstances> = {}) =>
  (await lastValueFrom(check({ ...circumstances, ...more }).pipe(toArray()), { defaultValue: [] })).map(
    ({ severity, about, message }) => `${severity} ${about}: ${message}`,
  );

describe('what is shown', () => {
  const some = [
    { severity: 'ok', about: 'bus', message: 'there' },
    { severity: 'error', about: 'configuration', message: 'a\nb' },
  ] as const;

  test('is one line a finding, in columns', () => {
    expect(shown(some, false)).toBe('ok     bus            there\nerror  configuration  a\\x0ab\n');
  });

  test('is coloured only if asked for', () => {
    expect(shown(some, true).split('\n')[0]).toBe('\u001b[32mok   \u001b[0m  bus            there');
  });
});

describe('the configuration', () => {
  test('without faults is ok', async () => {
    expect(await findings(configuration)).toEqual(['ok configuration: /etc/b/broker.toml']);
  });

  test('shows every fault', async () => {
    const faults = [customFault('error', 'x', 'one'), customFault('warn', 'y', 'two')];
    expect(await findings(configuration, { faults })).toEqual(['error configuration: one', 'warn configuration: two']);
  });
});

describe('the bus', () => {
  const answering = (owned: boolean) => {
    const calls: string[] = [];
    const connection: BusConnection = {
      signal$: NEVER,
      match: () => NEVER,
      call: call => {
        calls.push(`${call.destination} ${call.member} ${String(call.body)} ${String(call.autoStart)}`);
        return of([owned]);
      },
    };
    return { calls, system: () => ({ connection$: of(connection) }) };
  };

  test('is asked for networkd without starting it', async () => {
    const { calls, system } = answering(true);
    expect(await findings(bus(system))).toEqual([
      'ok bus: the system bus answers',
      'ok networkd: org.freedesktop.network1 is on the bus',
    ]);
    expect(calls).toEqual(['org.freedesktop.DBus NameHasOwner org.freedesktop.network1 undefined']);
  });

  test('without networkd is a warning: the daemon waits', async () => {
    expect((await findings(bus(answering(false).system)))[1]).toMatch(
      /^warn networkd: .* is not on the bus: the daemon will wait/,
    );
  });

  test('that cannot be reached is an error', async () => {
    const system = () => ({ connection$: throwError(() => new Error('ENOENT')) });
    expect(await findings(bus(system))).toEqual([
      'error bus: expected the system bus, found: ENOENT; is dbus running?',
    ]);
  });

  test('is not looked for where no Generator needs it', async () => {
    const config = { ...defaults, system: { ...defaults.system, generator: ['dhclient'] as const } };
    expect(await findings(bus(), { config })).toEqual(['ok bus: skipped: Generator does not include systemd-networkd']);
  });
});

describe('the Generator', () => {
  const files = (scripts: readonly string[]) => fakeFiles({ directories: { '/etc/b/configured.d': scripts } });
  const chosen = (...names: readonly Generator[]) => ({
    config: { ...defaults, system: { ...defaults.system, generator: names } },
  });

  test('is named', async () => {
    expect(await findings(generator(files(['10-a'])))).toEqual(['ok generator: systemd-networkd']);
    const both = chosen('systemd-networkd', 'rtnetlink');
    expect(await findings(generator(files(['10-a'])), both)).toEqual(['ok generator: systemd-networkd rtnetlink']);
  });

  test('rtnetlink alone has no administrative states: a warning if there are scripts for them', async () => {
    expect(await findings(generator(files([])), chosen('rtnetlink'))).toEqual([
      expect.stringMatching(/^ok generator: rtnetlink: .* configured\.d never runs$/),
    ]);
    expect(await findings(generator(files(['10-a'])), chosen('rtnetlink', 'dhclient'))).toEqual([
      expect.stringMatching(/^warn generator: rtnetlink dhclient: .* configured\.d never runs; move its scripts/),
    ]);
  });

  test('rtnetlink beside systemd-networkd serves hosts without networkd, and without a bus', async () => {
    const both = chosen('systemd-networkd', 'rtnetlink');
    const connection: BusConnection = { signal$: NEVER, match: () => NEVER, call: () => of([false]) };
    expect(
      await findings(
        bus(() => ({ connection$: of(connection) })),
        both,
      ),
    ).toContainEqual(expect.stringMatching(/^ok networkd: .* is not on the bus: link states come from the kernel/));
    expect(
      await findings(
        bus(() => ({ connection$: throwError(() => new Error('ENOENT')) })),
        both,
      ),
    ).toEqual([
      expect.stringMatching(/^warn bus: expected the system bus, found: ENOENT; link states come from the kernel/),
    ]);
  });
});

describe('those whom Generator names', () => {
  const host = (...paths: readonly string[]) => {
    const directories = new Map<string, string[]>();
    for (const path of paths) {
      const [directory, name] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];
      directories.set(directory, [...(directories.get(directory) ?? []), name]);
    }
    return fakeFiles({ directories: Object.fromEntries(directories) });
  };
  const networkd = '/usr/lib/systemd/systemd-networkd';
  const lease = '/var/lib/dhcp/dhclient.eth0.leases';
  const chosen = (generator: readonly Generator[], network: Partial<Config['network']> = {}) => ({
    config: { ...defaults, system: { ...defaults.system, generator }, network: { ...defaults.network, ...network } },
  });

  test('are there: nothing is said', async () => {
    expect(await findings(generatorSources(host(networkd)))).toEqual([]);
    expect(await findings(generatorSources(host(lease)), chosen(['dhclient'], { useDns: true }))).toEqual([]);
    expect(await findings(generatorSources(host()), chosen(['systemd-networkd', 'rtnetlink']))).toEqual([]);
  });

  test('systemd-networkd that is not installed: a better Generator is named', async () => {
    expect(await findings(generatorSources(host(lease)))).toEqual([
      'warn generator: systemd-networkd is not installed; choose Generator="dhclient rtnetlink"',
    ]);
    expect(await findings(generatorSources(host()))).toEqual([
      'warn generator: systemd-networkd is not installed; choose Generator="rtnetlink"',
    ]);
  });

  test('systemd-networkd of another network namespace is as good as none', async () => {
    expect(await findings(generatorSources(host(networkd), false))).toEqual([
      'warn generator: systemd-networkd speaks of the links of another network namespace; choose Generator="rtnetlink"',
    ]);
  });

  test('dhclient without a lease file: where it was looked for, and a better Generator if there is one', async () => {
    const files = '/var/lib/dhclient/dhclient*.lease* /var/lib/dhcp/dhclient*.leases';
    expect(await findings(generatorSources(host(networkd)), chosen(['dhclient']))).toEqual([
      `warn generator: dhclient has no lease file that matches ${files}; systemd-networkd is installed: choose Generator="systemd-networkd"`,
    ]);
    expect(await findings(generatorSources(host()), chosen(['dhclient', 'rtnetlink']))).toEqual([
      `warn generator: dhclient has no lease file that matches ${files}`,
    ]);
  });

  test('settings that wait for leases of dhclient, without dhclient: they do nothing', async () => {
    expect(
      await findings(generatorSources(host(networkd)), chosen(['systemd-networkd'], { useDns: true, useDomain: true })),
    ).toEqual([
      'warn generator: UseDNS, UseDomain do nothing: they pass on what leases of dhclient say, and dhclient is not in Generator',
    ]);
  });
});

describe('the patterns of links', () => {
  const kernel = { links: () => of([netlinkLink(1, 'lo'), netlinkLink(2, 'eth0', { alternativeNames: ['uplink'] })]) };
  const patterns = (links: readonly string[], rules: readonly string[] = []) => ({
    config: { ...defaults, network: { ...defaults.network, links, routingPolicyRules: rules } },
  });

  test('each of which chooses a link, by its name or an alternative one: ok', async () => {
    expect(await findings(linkPatterns(kernel), patterns(['eth*', '!eth7'], ['uplink']))).toEqual([
      'ok links: each pattern chooses a link',
    ]);
  });

  test('that choose no link now are named, and the links that there are', async () => {
    expect(await findings(linkPatterns(kernel), patterns(['eth0', 'wlan*'], ['eth1']))).toEqual([
      'warn links: Links: no link is called wlan*; present are lo eth0',
      'warn links: RoutingPolicyRules: no link is called eth1; present are lo eth0',
    ]);
  });

  test('cannot be looked at without the kernel', async () => {
    const broken = { links: () => throwError(() => new Error('EPERM')) };
    expect(await findings(linkPatterns(broken), patterns(['eth0']))).toEqual([
      'warn links: the kernel could not be queried: EPERM',
    ]);
  });
});

describe('the script directories', () => {
  const place = (path: string, mode: number, kind: 'file' | 'directory' = 'directory') => ({
    path,
    kind,
    uid: 0,
    mode,
    size: 1,
  });
  const files = (present: Readonly<Record<string, number>>): Files => ({
    owners: [0],
    read: () => of(undefined),
    ensureDirectory: () => of(true),
    list: directories =>
      of(
        directories.map(directory => {
          const there = place(directory, 0o755);
          const script = place(`${directory}/10-x`, present[directory] ?? 0, 'file');
          return directory in present || directory === '/etc/b'
            ? {
                directory,
                way: { places: [there], end: there },
                entries: [{ name: '10-x', places: [script], end: script }],
              }
            : { directory, way: { places: [], end: undefined }, entries: [] };
        }),
      ),
  });

  test('say how many scripts run, and why others do not', async () => {
    expect(await findings(scriptDirectories(files({ '/etc/b/carrier.d': 0o755, '/etc/b/routable.d': 0o777 })))).toEqual(
      [
        expect.stringMatching(/^warn scripts: .*routable\.d\/10-x.* writable/),
        'ok scripts: /etc/b: 1 scripts in 2 directories',
      ],
    );
  });

  test('a script that changes what its own directory watches triggers itself, which is said where there are such', async () => {
    const some = { '/etc/b/addresses.d': 0o755, '/etc/b/carrier.d': 0o755, '/etc/b/routes.d': 0o644 };
    expect(await findings(scriptDirectories(files(some)))).toContain(
      'ok scripts: a script of addresses.d that changes addresses triggers itself: make it check before it acts',
    );
    const both = { '/etc/b/links.d': 0o755, '/etc/b/routes.d': 0o755 };
    expect(await findings(scriptDirectories(files(both)))).toContain(
      'ok scripts: a script of links.d, routes.d that changes links, routes triggers itself: make it check before it acts',
    );
  });

  test('that are missing altogether are a warning', async () => {
    const none: Files = {
      ...files({}),
      list: paths => of(paths.map(directory => ({ directory, way: { places: [], end: undefined }, entries: [] }))),
    };
    expect(await findings(scriptDirectories(none))).toEqual([
      'warn scripts: /etc/b does not exist: no scripts will run',
    ]);
  });
});
