import type { Link } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import type { Managed, NetworkdSurroundings, Process } from './networkd-process.js';
import type { Telling } from './telling.js';
import { leaseText } from './texts.js';

/** Lifetime of its leases, in seconds. */
export const LEASE_S = 3600;

/** What it does to the network. */
export interface Configuring {
  readonly configure: (link: Link, managed: Managed) => void;
  readonly drop: (link: Link, managed: Managed) => void;
  readonly dropForeign: () => void;
  /** the lease file of a link: of this address, or none */
  readonly lease: (ifindex: number, address: string | undefined) => void;
}

export const createConfiguring = (
  { release, profiles, kernel, disk, random }: NetworkdSurroundings,
  process: Process,
  { admin }: Telling,
): Configuring => {
  const { links } = process;
  const lease = (ifindex: number, address: string | undefined): void =>
    disk.write(`/run/systemd/netif/leases/${ifindex}`, address === undefined ? undefined : leaseText(address, release));

  const configure = (link: Link, managed: Managed): void => {
    const profile = profiles.get(link.name);
    if (profile === undefined) return;
    const epoch = (managed.epoch += 1);
    const still = (then: () => void) => (): void => {
      if (links.get(link.ifindex) === managed && managed.epoch === epoch) then();
    };
    admin(link.ifindex, 'configuring');
    const isLeased = profile.by === 'dhcp';
    process.later(
      isLeased ? random.within(20, 3000) : random.within(1, 10),
      still(() => {
        const name = kernel.link(link.ifindex)?.name ?? link.name;
        const bare = profile.address.split('/')[0] ?? '';
        const network = bare.split('.').slice(0, 3).join('.');
        if (isLeased) lease(link.ifindex, profile.address);
        kernel.ip(`address add ${profile.address} dev ${name}${isLeased ? ` valid_lft ${LEASE_S}` : ''}`);
        if (isLeased) kernel.renew(link.ifindex, bare, LEASE_S); // of one that was there (257), the kernel tells anew
        managed.address = bare;
        if (isLeased) {
          kernel.ip(`route add default via ${network}.1 dev ${name} proto dhcp src ${bare} metric 1024`);
          renew(link.ifindex, still);
        }
        process.later(
          random.within(1, 5),
          still(() => admin(link.ifindex, 'configured')),
        );
      }),
    );
  };
  const renew = (ifindex: number, still: (then: () => void) => () => void): void =>
    process.later(
      (LEASE_S / 2) * 1000,
      still(() => {
        const { address } = links.get(ifindex) ?? {};
        if (address !== undefined) kernel.renew(ifindex, address, LEASE_S);
        renew(ifindex, still);
      }),
    );
  const drop = (link: Link, managed: Managed): void => {
    managed.epoch += 1;
    const { address } = managed;
    managed.address = undefined;
    if (address !== undefined) kernel.ip(`address delete ${address} dev ${link.name}`);
    process.later(random.within(1, 3), () => {
      if (managed.address === undefined) lease(link.ifindex, undefined);
    });
  };
  /** Others' rules and routes do not outlast its start (ManageForeignRoutes=, ManageForeignRoutingPolicyRules=). */
  const dropForeign = (): void => {
    for (const rule of kernel.rules())
      if (rule.protocol !== k.RTPROT_KERNEL) kernel.change({ action: 'delete', object: rule });
    for (const route of kernel.routes())
      if (
        route.protocol !== k.RTPROT_KERNEL &&
        route.protocol !== k.RTPROT_DHCP &&
        route.oif !== undefined &&
        profiles.has(kernel.link(route.oif)?.name ?? '')
      )
        kernel.change({ action: 'delete', object: route });
  };
  return { configure, drop, dropForeign, lease };
};
