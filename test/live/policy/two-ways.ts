import type { Lab } from '../lab/lab.js';

/** How the host's second link is to be. */
export interface SecondLink {
  readonly subnet?: 'the same' | 'its own';
  /** of all links of the host (ip-sysctl) */
  readonly rpFilter?: 0 | 1 | 2;
  readonly ifindex?: number;
}

/** Both families of one place in the network. */
export type Addresses = readonly [ipv4: string, ipv6: string];

/** Far away, behind both routers. */
export const client: Addresses = ['198.51.100.9', '2001:db8:9::9'];
export const eth0: Addresses = ['192.0.2.5', '2001:db8::5'];
export const eth1 = ({ subnet }: SecondLink): Addresses =>
  subnet === 'its own' ? ['203.0.113.6', '2001:db8:1::6'] : ['192.0.2.6', '2001:db8::6'];
const router = ([ipv4, ipv6]: Addresses): Addresses => [ipv4.replace(/\d+$/, '1'), ipv6.replace(/\d+$/, '1')];
const network = ([ipv4, ipv6]: Addresses): Addresses => [ipv4.replace(/\d+$/, '0/24'), ipv6.replace(/\d+$/, '/64')];

/** Addresses are of use at once, and nobody but the host judges where a packet comes from. */
const sysctls = (rpFilter: number, forwarding: number): string => `
  for each in all default; do
    echo 0 >/proc/sys/net/ipv6/conf/$each/accept_dad
    echo ${rpFilter} >/proc/sys/net/ipv4/conf/$each/rp_filter
  done
  echo ${forwarding} >/proc/sys/net/ipv4/ip_forward
  echo ${forwarding} >/proc/sys/net/ipv6/conf/all/forwarding`;

/** A router between the host's cable, whose end is to-ethN, and a client, which has two of them. */
const layWay = async (lab: Lab, n: number, host: Addresses, ifindex: string): Promise<void> => {
  const netns = `router${n}`;
  await lab.sh(`ip netns add ${netns}`);
  await lab.sh(sysctls(0, 1), { netns });
  await lab.sh(`ip link add eth${n} ${ifindex} type veth peer name to-eth${n} netns ${netns}
    ip -n ${netns} link add wan type veth peer name way${n} netns client
    ip -n client address add 10.99.${n}.2/30 dev way${n}
    ip -n client address add 2001:db8:99:${n}::2/64 dev way${n} nodad
    ip -n client link set way${n} up
    ip link set eth${n} up`);
  await lab.sh(
    `ip link set lo up; ip link set to-eth${n} up; ip link set wan up
    ip address add ${router(host)[0]}/24 dev to-eth${n}
    ip address add ${router(host)[1]}/64 dev to-eth${n} nodad
    ip address add 10.99.${n}.1/30 dev wan
    ip address add 2001:db8:99:${n}::1/64 dev wan nodad
    ip route add ${client[0]} via 10.99.${n}.2
    ip route add ${client[1]} via 2001:db8:99:${n}::2`,
    { netns },
  );
};

/**
 * The host with eth0 and eth1, a router behind each, and a client behind both routers, which comes to each link's network
 * by that link. The host's way to the client is by eth0. Its links are up and have no addresses yet.
 */
export const layTwoWays = async (lab: Lab, second: SecondLink = {}): Promise<void> => {
  const { rpFilter = 0, ifindex } = second;
  await lab.sh(`${sysctls(rpFilter, 0)}\nip netns add client`);
  await lab.sh(
    `${sysctls(0, 0)}\nip link set lo up; ip address add ${client[0]} dev lo; ip address add ${client[1]} dev lo`,
    {
      netns: 'client',
    },
  );
  await layWay(lab, 0, eth0, '');
  await layWay(lab, 1, eth1(second), ifindex === undefined ? '' : `index ${ifindex}`);
  const [network4, network6] = network(eth1(second));
  await lab.sh(
    `ip route add ${network4} via 10.99.1.1 src ${client[0]}
    ip route add ${network6} via 2001:db8:99:1::1 src ${client[1]}
    ip route add ${eth0[0]} via 10.99.0.1 src ${client[0]}
    ip route add ${eth0[1]} via 2001:db8:99:0::1 src ${client[1]}`,
    { netns: 'client' },
  );
};

/** Gives the host its addresses and its default routes: in two networks each link has its own, and eth0's comes first. */
export const configureHost = async (lab: Lab, second: SecondLink): Promise<void> => {
  const address = (n: number, [ipv4, ipv6]: Addresses): string =>
    `ip address add ${ipv4}/24 dev eth${n}; ip address add ${ipv6}/64 dev eth${n} nodad`;
  const defaults = (n: number, host: Addresses, metric = ''): string =>
    router(host)
      .map(gateway => `ip route add default via ${gateway} dev eth${n} ${metric}`)
      .join('\n');
  await lab.sh(`${address(0, eth0)}\n${address(1, eth1(second))}\n${defaults(0, eth0)}`);
  if (second.subnet === 'its own') await lab.sh(defaults(1, eth1(second), 'metric 2000'));
};
