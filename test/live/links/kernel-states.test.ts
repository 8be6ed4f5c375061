import { test } from '@jest/globals';
import { type Broker, configureBroker, startBroker } from '../lab/daemons/broker.js';
import { startBus } from '../lab/daemons/bus.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { startNetworkd } from '../lab/daemons/networkd.js';

const names = ['CarrierState', 'AddressState', 'IPv4AddressState', 'IPv6AddressState', 'OperationalState'] as const;
type Told = Readonly<Record<string, string>>;

/** What the daemon, with the kernel alone, makes of each link: the newest value of each state in its log, by ifindex. */
const derived = (broker: Broker): ReadonlyMap<number, Told> => {
  const links = new Map<number, Record<string, string>>();
  for (const { kind, ifindex, property, value } of broker.log()) {
    if (kind !== 'state' || typeof ifindex !== 'number') continue;
    const told = links.get(ifindex) ?? {};
    told[String(property)] = String(value);
    links.set(ifindex, told);
  }
  return links;
};

/** What the real networkd says of a link. */
const original = async (lab: Lab, ifindex: number): Promise<Told> => {
  const path = `/org/freedesktop/network1/link/_3${ifindex}`;
  const values = await lab.sh(
    `busctl --json=short get-property org.freedesktop.network1 ${path} org.freedesktop.network1.Link ${names.join(' ')}`,
  );
  return Object.fromEntries(
    values
      .trim()
      .split('\n')
      .map((line, nth) => [names[nth] ?? '', (JSON.parse(line) as { data: string }).data]),
  );
};

interface Listed {
  readonly ifindex: number;
  readonly ifname: string;
}
const list = async (lab: Lab): Promise<readonly Listed[]> => JSON.parse(await lab.sh('ip -json link')) as Listed[];

/** Waits until both have settled on the same, and on what the situation is meant to be; fails with what each of them says. */
const agree = async (
  lab: Lab,
  broker: Broker,
  situation: string,
  isSo: (states: Readonly<Record<string, Told>>) => boolean,
): Promise<void> => {
  let last = '';
  const both = async () => {
    const ours = derived(broker);
    const links = await list(lab);
    const theirs = await Promise.all(links.map(async ({ ifindex }) => original(lab, ifindex)));
    const found = links.map(({ ifname, ifindex }, nth) => ({
      ifname,
      ours: ours.get(ifindex) ?? {},
      theirs: theirs[nth] ?? {},
    }));
    last = JSON.stringify(found, undefined, 1);
    const same = found.every(link => names.every(name => link.ours[name] === link.theirs[name]));
    return same && isSo(Object.fromEntries(found.map(({ ifname, theirs: states }) => [ifname, states])));
  };
  try {
    await lab.until(`networkd and the daemon to agree on: ${situation}`, both, 8);
  } catch (error) {
    throw new Error(`${situation}: they do not agree\n${last}`, { cause: error });
  }
};

/** What is done, to which link, and what must come of it: the last holds the test itself to what it is meant to be. */
const situations: readonly (readonly [string, string, string, string])[] = [
  [
    'no address',
    'ip link add eth0 type veth peer name to-eth0; ip link set to-eth0 up; ip link set eth0 addrgenmode none up',
    'eth0',
    'carrier',
  ],
  ['link-local only, IPv6', 'ip -6 address add fe80::5/64 dev eth0 nodad', 'eth0', 'degraded'],
  [
    'link-local only, IPv4',
    'ip address flush dev eth0; ip address add 169.254.1.5/16 dev eth0 scope link',
    'eth0',
    'degraded',
  ],
  ['one global address', 'ip address add 10.0.0.5/24 dev eth0', 'eth0', 'routable'],
  ['host scope only', 'ip address flush dev eth0; ip address add 10.0.0.6/32 dev eth0 scope host', 'eth0', 'carrier'],
  ['down', 'ip link set eth0 down', 'eth0', 'off'],
  ['no carrier', 'ip link set to-eth0 down; ip link set eth0 up', 'eth0', 'no-carrier'],
  ['no carrier, with an address', 'ip address add 10.0.0.5/24 dev eth0', 'eth0', 'no-carrier'],
  ['carrier again', 'ip link set to-eth0 up', 'eth0', 'routable'],
  ['IPv6 only', 'ip address flush dev eth0; ip -6 address add 2001:db8::5/64 dev eth0 nodad', 'eth0', 'routable'],
  ['deprecated', 'ip -6 address change 2001:db8::5/64 dev eth0 preferred_lft 0 valid_lft 1000', 'eth0', 'routable'],
  [
    'tentative',
    'ip address flush dev eth0; echo 30 >/proc/sys/net/ipv6/conf/eth0/dad_transmits; ip -6 address add 2001:db8::6/64 dev eth0',
    'eth0',
    'carrier',
  ],
  [
    'duplicate',
    'ip address flush dev eth0; echo 1 >/proc/sys/net/ipv6/conf/eth0/dad_transmits; ip -6 address add 2001:db8::7/64 dev to-eth0 nodad; ip -6 address add 2001:db8::7/64 dev eth0; sleep 1.5',
    'eth0',
    'carrier',
  ],
  [
    'a second link',
    'ip link add eth1 type veth peer name to-eth1; ip link set to-eth1 up; ip link set eth1 up; ip address add 10.0.1.5/24 dev eth1',
    'eth1',
    'routable',
  ],
  ['renamed', 'ip link set eth1 down; ip link set eth1 name lan1; ip link set lan1 up', 'lan1', 'routable'],
  ['bridge without ports', 'ip link add br0 type bridge; ip link set br0 addrgenmode none up', 'br0', 'carrier'],
  ['bridge port', 'ip address flush dev eth0; ip link set eth0 master br0', 'eth0', 'enslaved'],
  ['bridge with a port', 'ip address add 169.254.3.5/16 dev br0 scope link', 'br0', 'degraded'],
  ['bridge port with an address', 'ip address add 10.0.0.9/24 dev eth0', 'eth0', 'routable'],
  // networkd 252 does not look at the bridge again when the carrier of a port goes later, as it does on a busy machine.
  ['bridge with a second port', 'ip link set lan1 master br0', 'lan1', 'routable'],
  ['of which one has no carrier', 'ip link set to-eth1 down', 'lan1', 'no-carrier'],
  ['and with no address itself', 'ip address flush dev br0', 'br0', 'degraded-carrier'],
  ['and with an address', 'ip address add 10.0.3.5/24 dev br0', 'br0', 'routable'],
  // networkd 252 forgets the addresses of a port that leaves, and looks at the bridge only when something is said of it.
  [
    'a port leaves',
    'ip link set lan1 nomaster; ip address flush dev lan1; ip link set br0 down; ip link set br0 up',
    'br0',
    'routable',
  ],
  [
    'macvlan upon a link',
    'ip link set to-eth1 up; ip link add link lan1 name mac0 type macvlan; ip link set mac0 addrgenmode none up',
    'mac0',
    'carrier',
  ],
  ['what it lies upon goes down', 'ip link set lan1 down', 'mac0', 'no-carrier'],
  ['loopback', 'true', 'lo', 'carrier'],
  ['loopback down', 'ip link set lo down', 'lo', 'off'],
  ['loopback with a global address', 'ip link set lo up; ip address add 198.51.100.1/32 dev lo', 'lo', 'routable'],
  ['a tap without anybody at its other end', 'ip tuntap add tap0 mode tap; ip link set tap0 up', 'tap0', 'no-carrier'],
];

describeLive('link states from the kernel', () => {
  test('are those of systemd-networkd on the same links, situation by situation', async () => {
    const lab = await openLab();
    try {
      await startBus(lab);
      await lab.write('/etc/systemd/network/00-all.network', '[Match]\nName=none\n');
      await startNetworkd(lab);
      await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n[Network]\nLinks = "*"\n');
      const broker = await startBroker(lab);
      await agree(lab, broker, 'at start', () => true);
      for (const [situation, commands, link, state] of situations) {
        await lab.sh(commands);
        await agree(lab, broker, `${situation} (${state})`, states => states[link]?.OperationalState === state);
      }
      await broker.stop();
    } finally {
      await lab.close();
    }
  });
});
