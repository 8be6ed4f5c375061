import type { Action, Plan } from './day-plan.js';
import { type Random, randomness } from './random.js';

/** What may happen, how often among all else, and how it is worded. */
export type Vocabulary = readonly (readonly [weight: number, draw: (random: Random) => string])[];

const LINKS = ['eth0', 'eth1', 'eth2'] as const;
const OTHERS = ['br0', 'docker0', 'wg0', 'veth1', 'veth2', 'macv0'] as const;
const ADDRESSES = ['203.0.113.5/24', '203.0.113.6/24', '10.1.0.5/16', '2001:db8::5/64', '2001:db8:1::7/64'] as const;
const DESTINATIONS = ['10.9.0.0/16', '10.8.0.0/16', 'default', '172.16.0.0/12'] as const;

const link = (random: Random): string => random.oneOf(random.isOdds(0.8) ? LINKS : OTHERS);
const type = (name: string): string =>
  name === 'wg0' ? 'wireguard' : name === 'macv0' ? 'macvlan' : name.startsWith('veth') ? 'veth' : 'bridge';

/** The kernel's links, addresses, routes and rules, as people and programs change them. */
const ofKernel: Vocabulary = [
  [8, random => `unplug ${random.oneOf(LINKS)}`],
  [8, random => `plug ${random.oneOf(LINKS)}`],
  [4, random => `ip link set ${link(random)} ${random.oneOf(['up', 'down'])}`],
  [
    6,
    random => {
      const name = random.oneOf(OTHERS);
      return `ip link add ${name}${name === 'macv0' ? ' link eth0' : ''} type ${type(name)}`;
    },
  ],
  [3, random => `ip link delete ${random.isOdds(0.9) ? random.oneOf(OTHERS) : 'eth2'}`],
  [1, () => 'ip link add eth2 type veth'],
  [3, random => `ip link set ${random.oneOf(OTHERS)} up`],
  [2, random => `ip link set ${random.oneOf(['veth1', 'veth2', 'eth2'])} master ${random.oneOf(['br0', 'docker0'])}`],
  [1, random => `ip link set ${random.oneOf(['veth1', 'veth2', 'eth2'])} nomaster`],
  [
    1,
    random => `ip link set ${random.oneOf(['eth2', 'veth1', 'lan0'])} name ${random.oneOf(['lan0', 'eth2', 'veth1'])}`,
  ],
  [1, random => `swap eth2 ${random.oneOf(['veth1', 'veth2'])}`],
  [6, random => `ip address add ${random.oneOf(ADDRESSES)} dev ${link(random)}`],
  [4, random => `ip address delete ${random.oneOf(ADDRESSES).split('/')[0] ?? ''} dev ${link(random)}`],
  [
    4,
    random =>
      `ip route add ${random.oneOf(DESTINATIONS)} via ${random.oneOf(['192.0.2.1', '198.51.100.1', '203.0.113.1'])} dev ${random.oneOf(LINKS)}`,
  ],
  [2, random => `ip route delete ${random.oneOf(DESTINATIONS)} dev ${random.oneOf(LINKS)}`],
  [1, random => `ip route add 10.${random.within(1, 9)}.0.0/16 dev ${link(random)}`],
];

/** systemd-networkd, as it comes and goes. */
const ofNetworkd: Vocabulary = [
  [2, () => 'systemctl restart systemd-networkd'],
  [1, () => 'systemctl stop systemd-networkd'],
  [2, () => 'systemctl start systemd-networkd'],
  [2, random => `networkctl reconfigure ${random.oneOf(['eth0', 'eth1'])}`],
];

/** dhclient on eth2, and who is told of its leases. */
const ofDhclient: Vocabulary = [
  [3, random => `dhclient bind eth2 ${random.within(1, 3)}`],
  [1, () => 'dhclient renew'],
  [1, () => 'dhclient release'],
  [1, () => 'dhclient starve'],
  [1, () => 'dhclient rewrite'],
  [1, () => 'systemctl restart systemd-resolved'],
  [1, () => 'systemctl restart systemd-hostnamed'],
];

/** Everything at once: the computer, its clock, its administrator. */
const ofOthers: Vocabulary = [
  [1, random => `suspend ${random.oneOf([600_000, 3_600_000])}`],
  [1, random => `ip rule add from 10.${random.within(1, 3)}.0.0/16 lookup 50 priority 1000`],
  [1, random => `ip rule delete from 10.${random.within(1, 3)}.0.0/16 lookup 50 priority 1000`],
];

const ofDaemon: Vocabulary = [
  [2, () => 'systemctl restart network-broker'],
  [2, () => 'systemctl reload network-broker'],
  [1, () => 'systemctl misconfigure network-broker'],
  [2, () => 'kill -9 network-broker'],
];

/** What goes wrong. */
const ofFaults: Vocabulary = [
  [2, () => 'overrun'],
  [2, random => `fault signal ${random.oneOf(['lose', 'double', 'late'])} ${random.within(1, 2)}`],
  [1, random => `bus die ${random.oneOf([10, 1000, 20000])}`],
  [1, random => `bus silence ${random.oneOf([1000, 15000])}`],
  [1, random => `fault state ${random.oneOf(['ENOSPC', 'EIO', 'short'])} ${random.within(1, 3)}`],
  [1, random => `fault spawn ${random.oneOf(['EMFILE', 'ENOMEM', 'EAGAIN'])} ${random.within(1, 3)}`],
  [1, random => `fault rtnetlink ${random.oneOf(['ENOBUFS', 'ENOMEM'])} 1`],
  [1, () => 'fault script-file ENOSPC 1'],
  [1, random => `fault read ${random.oneOf(['EIO', 'EMFILE', 'EACCES'])} ${random.within(1, 3)}`],
  [1, random => `fault networkd late ${random.within(1, 4)}`],
];

const vocabulary: Vocabulary = [...ofKernel, ...ofNetworkd, ...ofDhclient, ...ofOthers, ...ofDaemon, ...ofFaults];

const drawn = (random: Random, words: Vocabulary): string => {
  let left = random.next() * words.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, draw] of words) {
    left -= weight;
    if (left < 0) return draw(random);
  }
  return '';
};

const DIRECTORIES = [
  'carrier.d', 'no-carrier.d', 'off.d', 'degraded.d', 'routable.d', 'configured.d', 'configuring.d', 'manager.d',
  'links.d', 'addresses.d', 'routes.d', 'leases.d', 'enslaved.d', 'unmanaged.d', 'linger.d', 'degraded-carrier.d', 'initialized.d',
  'suspend.d', 'resume.d',
]; // prettier-ignore

const drawConfig = (random: Random): string => {
  const generator = random.oneOf([
    'systemd-networkd',
    'systemd-networkd dhclient',
    'systemd-networkd rtnetlink',
    'rtnetlink',
    'dhclient rtnetlink',
  ]);
  const lines = [
    '[System]',
    `Generator="${generator}"`,
    '[Network]',
    ...(random.isOdds(0.2) ? ['Links="eth* br0"'] : []),
    ...(random.isOdds(0.6) ? [`RoutingPolicyRules="${random.oneOf(['eth0', 'eth0 eth1', 'eth*'])}"`] : []),
    ...(random.isOdds(0.3) ? ['EmitJSON=false'] : []),
    ...(random.isOdds(0.5) ? ['UseDNS=true'] : []),
    ...(random.isOdds(0.5) ? ['UseDomain=true'] : []),
    ...(random.isOdds(0.5) ? ['UseHostname=true'] : []),
    '[Scripts]',
    `MaxParallel=${random.oneOf([1, 2, 8])}`,
    ...(random.isOdds(0.3) ? ['TimeoutSec=5'] : []),
    '[Events]',
    `DebounceSec=${random.oneOf([0, 0, 0, 1, 3])}`,
  ];
  return `${lines.join('\n')}\n`;
};

const drawScripts = (random: Random): readonly string[] =>
  DIRECTORIES.flatMap(directory => {
    const all = [`${directory}/10-note`];
    if (random.isOdds(0.1)) all.push(`${directory}/20-fail`);
    if (random.isOdds(0.05)) all.push(`${directory}/30-slow`);
    if (random.isOdds(0.03)) all.push(`${directory}/40-hang`);
    return all;
  });

const DAY_MS = 86_400_000;
/** So quiet it is between two episodes, in milliseconds. */
const QUIET_MS = [60_000, 60_000, 120_000, 400_000] as const;

/** The plan of a seed: episodes, in which much happens within seconds, and the quiet after each. */
export const drawPlan = (seed: number, length = DAY_MS): Plan => {
  const random = randomness(seed);
  const actions: Action[] = [{ at: 1000, do: 'systemctl start network-broker' }];
  const chance = random('plan');
  // Many seeds go without what others are full of: a fault that hides behind another is found by these.
  const words = chance.isOdds(0.3) ? [...ofKernel, ...ofNetworkd, ...ofDhclient] : vocabulary;
  for (let at = 61_000; at < length;) {
    const most = chance.oneOf([1, 3, 6, 12] as const);
    for (let nth = chance.within(1, most); nth > 0; nth -= 1) {
      actions.push({ at, do: drawn(chance, words) });
      at += chance.isOdds(0.5) ? chance.within(0, 20) : chance.within(100, 3000);
    }
    at += chance.oneOf(QUIET_MS);
  }
  return {
    seed,
    length,
    release: chance.oneOf([252, 257]),
    config: drawConfig(random('config')),
    scripts: drawScripts(random('scripts there')),
    actions,
  };
};
