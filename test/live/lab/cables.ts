import type { Lab } from './lab.js';
import { routerAddress } from './daemons/router.js';

/** Lays cables (veth pairs) from eth0, eth1 … to the router, whose ends are to-eth0, to-eth1 … They are not plugged in. */
export const layCables = async (lab: Lab, numbers: readonly number[], netns = 'router'): Promise<void> => {
  const lay = (n: number) => `ip link add eth${n} type veth peer name to-eth${n} netns ${netns}`;
  const address = (n: number) => `ip address add ${routerAddress(n)}/24 dev to-eth${n}`;
  await lab.sh(numbers.map(lay).join('\n'));
  await lab.sh(numbers.map(address).join('\n'), { netns });
};

const set = (lab: Lab, links: readonly string[], to: 'up' | 'down', netns: string): Promise<string> =>
  lab.sh(links.map(link => `ip link set to-${link} ${to}`).join('\n'), { netns });

/** The carrier comes. The kernel reports at most one change a second and link, so what is toggled faster is seen as one. */
export const plug = (lab: Lab, links: readonly string[], netns = 'router'): Promise<string> =>
  set(lab, links, 'up', netns);

/** The carrier goes. */
export const unplug = (lab: Lab, links: readonly string[], netns = 'router'): Promise<string> =>
  set(lab, links, 'down', netns);

const network = (link: string, lines: readonly string[]): string =>
  ['[Match]', `Name=${link}`, '[Network]', 'LinkLocalAddressing=no', 'IPv6AcceptRA=no', ...lines, ''].join('\n');

/** networkd is to ask for an address on this link. Takes effect when networkd starts or is told to reload. */
export const configureDhcp = (lab: Lab, link: string, ...more: readonly string[]): Promise<void> =>
  lab.write(`/etc/systemd/network/${link}.network`, network(link, ['DHCP=ipv4', ...more]));

/** networkd is to give the link this address. */
export const configureStatic = (lab: Lab, link: string, address: string): Promise<void> =>
  lab.write(`/etc/systemd/network/${link}.network`, network(link, [`Address=${address}`]));

const untilSaid = (lab: Lab, link: string, property: string, state: string): Promise<true> =>
  lab.until(`${link} to be ${state}`, async () => {
    const path = `/org/freedesktop/network1/link/_3$(cat /sys/class/net/${link}/ifindex)`;
    const said = await lab.sh(
      `busctl --timeout=2 get-property org.freedesktop.network1 ${path} org.freedesktop.network1.Link ${property} 2>&1 || true`,
    );
    return said.includes(`"${state}"`);
  });

/** Waits until networkd itself says so: its files are written a little later than they are true. */
export const untilOperational = (lab: Lab, link: string, state: string): Promise<true> =>
  untilSaid(lab, link, 'OperationalState', state);

/** Waits until networkd has done with a link all that it is to do: one that has just begun may call it routable before, and then drop its address. */
export const untilConfigured = (lab: Lab, link: string): Promise<true> =>
  untilSaid(lab, link, 'AdministrativeState', 'configured');
