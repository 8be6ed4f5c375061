import type { Lab } from '../lab.js';
import type { Process } from '../process.js';
import { dnsmasq } from './router.js';

export interface DhcpServer {
  /** where it runs, on the links to-*; the router's if not said */
  readonly netns?: string;
  /** what it hands out, `10.0.0.100,10.0.0.110` */
  readonly range?: string;
  readonly dns?: string;
  /** empty: it sends none */
  readonly domain?: string;
  /** empty: it sends none */
  readonly hostname?: string;
  /** more arguments of dnsmasq */
  readonly more?: readonly string[];
}

/**
 * A DHCP server, IPv4 and IPv6, at the router's end of eth0's cable (and of more cables, if `more` says so). It gives
 * leases of 2 minutes.
 */
export const startDhcpServer = async (
  lab: Lab,
  {
    range = '10.0.0.100,10.0.0.110',
    dns = '192.0.2.53',
    domain = 'lab.example',
    hostname = 'lab-host',
    more = [],
    netns = 'router',
  }: DhcpServer = {},
): Promise<Process> => {
  const options = [`option:dns-server,${dns}`, domain && `option:domain-name,${domain}`, hostname && `12,${hostname}`];
  const process = await lab.start(
    'dnsmasq',
    [
      ...dnsmasq,
      `--dhcp-range=${range},255.255.255.0,2m`,
      ...options.filter(Boolean).map(option => `--dhcp-option-force=${option}`),
      '--dhcp-range=fd77::100,fd77::1ff,64,2m',
      '--dhcp-option=option6:dns-server,[fd77::53]',
      '--dhcp-option=option6:domain-search,six.example',
      ...more,
    ],
    { netns },
  );
  await lab.until('the DHCP server to listen', async () =>
    (await lab.sh('cat /proc/net/udp /proc/net/udp6', { netns })).includes(':0223 '),
  );
  return process;
};

/** A DHCPv6 server that delegates a prefix and gives no addresses (dnsmasq delegates none); it gives leases of 2 minutes. */
export const startPrefixServer = async (lab: Lab, prefix: string): Promise<Process> => {
  const subnet = {
    id: 1,
    subnet: 'fd77::/64',
    interface: 'to-eth0',
    'pd-pools': [{ prefix, 'prefix-len': 56, 'delegated-len': 56 }],
  };
  const configuration = {
    'interfaces-config': {
      interfaces: ['to-eth0'],
      // until the kernel has noticed that the cable is plugged in
      'service-sockets-max-retries': 50,
      'service-sockets-retry-wait-time': 100,
    },
    'lease-database': { type: 'memfile', persist: false },
    'preferred-lifetime': 60,
    'valid-lifetime': 120,
    subnet6: [subnet],
    loggers: [{ name: 'kea-dhcp6', severity: 'INFO', output_options: [{ output: 'stdout' }] }],
  };
  await lab.write('/etc/kea-dhcp6.conf', JSON.stringify({ Dhcp6: configuration }));
  await lab.sh('mkdir -p /run/kea /var/lib/kea; chmod 0750 /run/kea /var/lib/kea');
  const places = ['KEA_PIDFILE_DIR=/run/kea', 'KEA_LOCKFILE_DIR=/run/kea'];
  const process = await lab.start('kea-dhcp6', ['env', ...places, 'kea-dhcp6', '-c', '/etc/kea-dhcp6.conf'], {
    netns: 'router',
  });
  await lab.until('the DHCPv6 server to listen', async () =>
    (await lab.sh('cat /proc/net/udp6', { netns: 'router' })).includes(':0223 '),
  );
  return process;
};

/** Cables eth0, eth1 … to a namespace that is the router, plugged in, with IPv6 on eth0. */
export const layDhcpCables = async (lab: Lab, numbers: readonly number[] = [0]): Promise<void> => {
  const lay = (n: number): string => `
    ip link add eth${n} type veth peer name to-eth${n} netns router
    ip link set eth${n} up
    ${inRouter} ip address add 10.0.${n}.1/24 dev to-eth${n}
    ${inRouter} ip address add fd77:0:0:${n}::1/64 dev to-eth${n} nodad
    ${inRouter} ip link set to-eth${n} up`;
  /** no duplicate detection: addresses can be used at once */
  const undetected = 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad';
  const inRouter = 'nsenter --net=/run/netns/router';
  await lab.sh(`ip netns add router; mkdir -p /var/lib/dhcp; touch /etc/fstab /etc/resolv.conf; ${inRouter} ip link set lo up
    ${undetected}; ${inRouter} sh -c '${undetected}'; ${numbers.map(lay).join('\n')}`);
};

/** The real dhclient, which stays in the foreground; it records its leases where Debian's does. */
export const startDhclient = (
  lab: Lab,
  link = 'eth0',
  family: 4 | 6 = 4,
  {
    configuration = '/dev/null',
    more = [],
  }: { readonly configuration?: string; readonly more?: readonly string[] } = {},
): Promise<Process> =>
  lab.start(`dhclient -${family} ${link}`, [
    'dhclient',
    ...dhclientArguments(link, family, configuration),
    ...more,
    '-d',
    link,
  ]);

const dhclientArguments = (link: string, family: 4 | 6, configuration = '/dev/null'): readonly string[] => {
  const six = family === 6 ? '6' : '';
  return [
    `-${family}`,
    '-v',
    '-cf',
    configuration,
    '-lf',
    leaseFile(link, family),
    '-pf',
    `/run/dhclient${six}-${link}.pid`,
  ];
};

export const leaseFile = (link = 'eth0', family: 4 | 6 = 4): string =>
  `/var/lib/dhcp/dhclient${family === 6 ? '6' : ''}-${link}.leases`;

/** Gives the lease back and ends the dhclient that held it. */
export const releaseLease = (lab: Lab, link = 'eth0', family: 4 | 6 = 4): Promise<string> =>
  lab.sh(`dhclient ${dhclientArguments(link, family).join(' ')} -r ${link} 2>&1`);
