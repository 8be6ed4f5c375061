import type { Lab } from '../lab.js';
import type { Process } from '../process.js';

export interface Router {
  readonly netns: string;
  /** its DHCP server; stopping it leaves the network without one */
  readonly dhcp: Process;
}

/** The address of the router at the end of a cable: each cable has a network of its own. */
export const routerAddress = (cable: number): string => `10.0.${cable}.1`;

/** The command of a DHCP server for all links to-*, which keeps nothing on a disk. */
export const dnsmasq: readonly string[] = [
  'dnsmasq',
  '--keep-in-foreground',
  '--conf-file=/dev/null',
  '--user=root',
  '--port=0',
  '--log-facility=-',
  '--log-dhcp',
  '--dhcp-authoritative',
  '--no-ping',
  '--leasefile-ro',
  '--interface=to-*',
];

const cables = [0, 1, 2, 3, 4, 5, 6, 7];

/** A network namespace of its own with a DHCP server, which serves every cable that is laid to it. */
export const startRouter = async (lab: Lab, netns = 'router', lease = '2m'): Promise<Router> => {
  await lab.sh(`ip netns add ${netns}`);
  await lab.sh('ip link set lo up', { netns });
  const ranges = cables.map(n => `--dhcp-range=10.0.${n}.100,10.0.${n}.200,255.255.255.0,${lease}`);
  const options = [...ranges, '--dhcp-option=option:dns-server,192.0.2.53'];
  const dhcp = await lab.start(`dnsmasq of ${netns}`, [...dnsmasq, ...options], { netns });
  await lab.until('the DHCP server to listen', async () =>
    (await lab.sh('cat /proc/net/udp', { netns })).includes(':0043 '),
  );
  return { netns, dhcp };
};
