import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { configureBroker, startBroker } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { startNetworkd } from '../lab/daemons/networkd.js';
import { dnsmasq } from '../lab/daemons/router.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { debianRoot } from '../lab/systems/root.js';

/** systemd's, which the real dispatcher gets from it. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const dispatched = '/etc/NetworkManager/dispatcher.d';

/** What a laboratory needs, and NetworkManager. */
const contents = ['dbus', 'systemd', 'iproute2', 'procps', 'dnsmasq-base', 'libstdc++6', 'network-manager'];

/** A script that writes down its arguments and all that it was told. */
const recorder = `#!/bin/sh
{ printf '%s\\0' "$1" "$2"; env -0; } >/tmp/runs/$(date +%s%N)-$$
`;

interface Run {
  /** `eth0 up` */
  readonly args: string;
  readonly variables: Readonly<Record<string, string>>;
}

const runs = async (lab: Lab): Promise<readonly Run[]> => {
  const files = (await lab.sh('ls /tmp/runs')).split('\n').filter(Boolean).toSorted();
  return Promise.all(
    files.map(async file => {
      const [link = '', action = '', ...variables] = (await lab.read(`/tmp/runs/${file}`))
        .split('\0')
        .filter((text, nth) => nth < 2 || text !== '');
      return {
        args: `${link} ${action}`.trim(),
        variables: Object.fromEntries(
          variables.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
        ),
      };
    }),
  );
};

/** A run with these arguments, the n-th of them. */
const untilRun = (lab: Lab, args: string, nth = 0): Promise<Run> =>
  lab.until(`${args} (${nth})`, async () => (await runs(lab)).filter(run => run.args === args)[nth], 40);

/** eth0 at a router that gives addresses, eth1 at one that gives none; the same in each laboratory. */
const layNetwork = async (lab: Lab): Promise<void> => {
  await lab.sh(`ip netns add router
    mkdir -p -m 755 ${dispatched} /var/lib/NetworkManager /run/NetworkManager; mkdir -m 1777 /tmp/runs
    ip link add eth0 address 02:00:00:00:00:10 type veth peer name to-eth0 address 02:00:00:00:01:10 netns router
    ip link add eth1 address 02:00:00:00:00:11 type veth peer name to-eth1 address 02:00:00:00:01:11 netns router`);
  await lab.sh(
    `ip address add 10.0.0.1/24 dev to-eth0; ip address add 2001:db8::1/64 dev to-eth0 nodad; ip link set to-eth0 up; ip link set to-eth1 up`,
    { netns: 'router' },
  );
  const options = [
    ...['--dhcp-range=10.0.0.5,10.0.0.5,255.255.255.0,2m', '--dhcp-range=2001:db8::5,2001:db8::5,64,2m', '--enable-ra'],
    ...[
      'dns-server,192.0.2.53',
      'domain-name,lab.example',
      'domain-search,lab.example,corp.example',
      'ntp-server,192.0.2.9',
    ].map(option => `--dhcp-option=option:${option}`),
    ...['dns-server,[2001:db8::53]', 'domain-search,six.example'].map(option => `--dhcp-option=option6:${option}`),
    '--dhcp-option=option:classless-static-route,0.0.0.0/0,10.0.0.1,198.51.100.0/24,10.0.0.2',
  ];
  await lab.start('dnsmasq', [...dnsmasq, ...options], { netns: 'router' });
  await startBus(lab);
  await lab.write(`${dispatched}/10-record`, recorder, 0o755);
};

const connection = (link: string, name: string, ...lines: readonly string[]): string =>
  ['[connection]', `id=${name}`, 'type=ethernet', `interface-name=${link}`, ...lines, ''].join('\n');

/** The real NetworkManager and its dispatcher. */
const startNetworkManager = async (lab: Lab): Promise<void> => {
  const connections = '/etc/NetworkManager/system-connections';
  await lab.write('/etc/NetworkManager/NetworkManager.conf', '[main]\nplugins=keyfile\nno-auto-default=*\ndns=none\n');
  const auto = ['[ipv4]', 'method=auto', '[ipv6]', 'method=auto', 'addr-gen-mode=0'];
  await lab.write(`${connections}/leased.nmconnection`, connection('eth0', 'leased', ...auto), 0o600);
  const fixed = [
    ...['[ipv4]', 'method=manual', 'address1=10.0.1.50/24,10.0.1.1', 'dns=192.0.2.54'],
    ...['[ipv6]', 'method=manual', 'address1=2001:db8:1::50/64,2001:db8:1::1', 'dns=2001:db8::54', 'addr-gen-mode=0'],
  ];
  await lab.write(`${connections}/fixed.nmconnection`, connection('eth1', 'fixed', ...fixed), 0o600);
  await lab.start('nm-dispatcher', ['/usr/lib/NetworkManager/nm-dispatcher', '--persist'], { env: { PATH } });
  await lab.until('the dispatcher on the bus', async () =>
    (await lab.sh('busctl list')).includes('org.freedesktop.nm_dispatcher '),
  );
  await lab.start('NetworkManager', ['/usr/sbin/NetworkManager', '--no-daemon']);
};

/** Ours, beside networkd, which configures the links in the same way. */
const startOurs = async (lab: Lab): Promise<void> => {
  const metric = 'RouteMetric=100';
  const network = (link: string, ...lines: readonly string[]): string =>
    ['[Match]', `Name=${link}`, ...lines, ''].join('\n');
  await lab.write(
    '/etc/systemd/network/leased.network',
    network(
      'eth0',
      '[Network]',
      'DHCP=yes',
      '[DHCPv4]',
      metric,
      'UseDomains=yes',
      'SendHostname=no',
      '[IPv6AcceptRA]',
      metric,
      'UseDomains=yes',
      '[DHCPv6]',
      'UseDomains=yes',
    ),
  );
  const fixed = [
    ...['[Network]', 'IPv6AcceptRA=no', 'DNS=192.0.2.54', 'DNS=2001:db8::54'],
    ...['[Address]', 'Address=10.0.1.50/24', metric, '[Route]', 'Gateway=10.0.1.1', 'Metric=100'],
    ...['[Address]', 'Address=2001:db8:1::50/64', metric, '[Route]', 'Gateway=2001:db8:1::1', 'Metric=100'],
  ];
  await lab.write('/etc/systemd/network/fixed.network', network('eth1', ...fixed));
  await startNetworkd(lab);
  await configureBroker(lab, '[[Tree]]\nStyle = "NetworkManager"\n');
  await lab.write('/opt/node', await readFile(process.execPath), 0o755);
  await startBroker(lab, { env: { PATH: `/opt:${PATH}` } });
};

interface Recorded {
  readonly up: Run;
  readonly down: Run;
  readonly fixed: Run;
  readonly dhcp4: Run;
  readonly dhcp6: Run;
  readonly full: Run;
  readonly none: Run;
  readonly order: readonly string[];
}

/** Both links come, then eth0 and eth1 lose their carriers. */
const record = async (base: string, start: (lab: Lab) => Promise<void>): Promise<Recorded> => {
  const lab = await openLab({ base });
  try {
    await layNetwork(lab);
    await start(lab);
    const up = await untilRun(lab, 'eth0 up');
    const fixed = await untilRun(lab, 'eth1 up');
    const dhcp4 = await untilRun(lab, 'eth0 dhcp4-change');
    const dhcp6 = await untilRun(lab, 'eth0 dhcp6-change');
    const full = await lab.until('connectivity', async () =>
      (await runs(lab)).find(({ variables }) => variables.CONNECTIVITY_STATE === 'FULL'),
    );
    await lab.sh('ip link set to-eth0 down; ip link set to-eth1 down', { netns: 'router' });
    const down = await untilRun(lab, 'eth0 down');
    await untilRun(lab, 'eth1 down');
    const none = await lab.until('no connectivity', async () =>
      (await runs(lab)).findLast(({ variables }) => variables.CONNECTIVITY_STATE === 'NONE'),
    );
    const order = (await runs(lab)).map(({ args }) => args);
    return { up, down, fixed, dhcp4, dhcp6, full, none, order };
  } finally {
    await lab.close();
  }
};

/** Values that are other ones in each laboratory. */
const changing = /^(CONNECTION_UUID|CONNECTION_DBUS_PATH|DHCP._(EXPIRY|IAID|DHCP6?_CLIENT_ID(ENTIFIER)?))=.*/;
/** Routes have no order. */
const lines = ({ variables }: Run): ReadonlySet<string> =>
  new Set(
    Object.entries(variables).map(([name, value]) =>
      `${name.replace(/(_ROUTE)_\d+$/, '$1')}=${value}`.replace(changing, '$1=…'),
    ),
  );

/** What only NetworkManager tells (-), and what only we do (+). */
const differences = (theirs: Run, ours: Run): readonly string[] => {
  const [before, now] = [lines(theirs), lines(ours)];
  const only = (sign: string, one: ReadonlySet<string>, other: ReadonlySet<string>): readonly string[] =>
    [...one].filter(line => !other.has(line)).map(line => `${sign} ${line}`);
  return [...only('-', before, now), ...only('+', now, before)].toSorted();
};

/** A connection is a .network file, and has no identity but its name. */
const ofConnection = (name: string): readonly string[] => [
  `+ CONNECTION_FILENAME=/etc/systemd/network/${name}.network`,
  '- CONNECTION_DBUS_PATH=…',
  `- CONNECTION_FILENAME=/etc/NetworkManager/system-connections/${name}.nmconnection`,
  '- CONNECTION_UUID=…',
];

/** What was asked for without success: nobody says so but NetworkManager. */
const askedInVain = [
  ...['HOST_NAME', 'INTERFACE_MTU', 'MS_CLASSLESS_STATIC_ROUTES', 'NIS_DOMAIN', 'NIS_SERVERS', 'ROOT_PATH'],
  ...['STATIC_ROUTES', 'TIME_OFFSET', 'WPAD'],
].map(option => `- DHCP4_REQUESTED_${option}=1`);

/** networkd has routes of its own to the servers and routers that DHCP names, and another metric for link-local addresses. */
const networkdsRoutes = [
  ...['+ IP4_NUM_ROUTES=6', '+ IP4_ROUTE=10.0.0.1/32 0.0.0.0 100', '+ IP4_ROUTE=10.0.0.2/32 0.0.0.0 100'],
  ...['+ IP4_ROUTE=192.0.2.53/32 10.0.0.1 100', '+ IP4_ROUTE=192.0.2.9/32 10.0.0.1 100', '- IP4_NUM_ROUTES=2'],
];
const linkLocalMetric = ['+ IP6_ROUTE=fe80::/64 :: 256', '- IP6_ROUTE=fe80::/64 :: 1024'];

describeLive('NetworkManager’s scripts', () => {
  test.each([12, 13] as const)(
    'are told the same by NetworkManager of Debian %i and by us, but for what is listed',
    async release => {
      const base = debianRoot(release, contents);
      const theirs = await record(base, startNetworkManager);
      const ours = await record(base, startOurs);
      const between = (one: keyof Omit<Recorded, 'order'>): readonly string[] =>
        differences(theirs[one], ours[one]).filter(line => line !== untold);
      // That of Debian 13 hands on no PATH.
      const untold = release === 13 ? `+ PATH=${PATH}` : undefined;
      expect(theirs.up.variables.PATH).toBe(release === 13 ? undefined : PATH);

      expect(between('up')).toEqual(
        [...ofConnection('leased'), ...askedInVain, ...networkdsRoutes, ...linkLocalMetric].toSorted(),
      );
      expect(between('fixed')).toEqual(
        [
          ...[...ofConnection('fixed'), ...linkLocalMetric],
          // NetworkManager takes the next metric for each link.
          ...['- IP4_ROUTE=10.0.1.0/24 0.0.0.0 101', '+ IP4_ROUTE=10.0.1.0/24 0.0.0.0 100'],
          ...['- IP6_ROUTE=2001:db8:1::/64 :: 101', '+ IP6_ROUTE=2001:db8:1::/64 :: 100'],
        ].toSorted(),
      );
      expect(between('down')).toEqual(ofConnection('leased').toSorted());
      expect(between('dhcp6')).toEqual(
        [
          ...[...ofConnection('leased'), ...askedInVain, ...networkdsRoutes, ...linkLocalMetric],
          // A route of NetworkManager's own to its address.
          ...['- IP6_ROUTE=2001:db8::5/128 :: 100', '- IP6_NUM_ROUTES=3', '+ IP6_NUM_ROUTES=2'],
          ...['- DHCP6_DHCP6_CLIENT_ID=…', '- DHCP6_IAID=…'],
        ].toSorted(),
      );
      expect(between('full')).toEqual([]);
      expect(between('none')).toEqual([]);

      // NetworkManager has no variables of a link that is not up yet; ours are there as soon as the lease is.
      expect(Object.keys(theirs.dhcp4.variables).filter(name => /^(IP|DHCP)/.test(name))).toEqual([]);
      expect(between('dhcp4').filter(line => line.startsWith('-'))).toEqual(
        ofConnection('leased')
          .filter(line => line.startsWith('-'))
          .toSorted(),
      );
      expect(ours.dhcp4.variables).toMatchObject({
        IP4_ADDRESS_0: '10.0.0.5/24 10.0.0.1',
        DHCP4_NTP_SERVERS: '192.0.2.9',
      });

      // Each happened once, but for the host name, of which we hear nothing, and lo, which nobody but NetworkManager manages.
      const [of, ofOurs] = [theirs.order, ours.order].map(order =>
        order.filter(run => run !== 'connectivity-change').toSorted(),
      );
      expect(of?.filter(run => !/ hostname$|^lo /.test(run))).toEqual(ofOurs);
    },
    240_000,
  );
});
