import type { Address, Link, NetlinkObject, Route, Rule } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';

/** What a kernel knows of the network, and who listens to it. */
export interface KernelState {
  readonly links: Map<number, Link>;
  /** in the order in which they came */
  addresses: readonly Address[];
  routes: readonly Route[];
  rules: readonly Rule[];
  lastIfindex: number;
  /** which link the cable of one leads to, and whether it is plugged in there; by ifindex */
  readonly plugged: Map<number, boolean>;
  /** sysctl net.ipv6.conf.all.disable_ipv6 */
  hasIpv6: boolean;
  readonly tell: (kind: 'new' | 'delete', object: NetlinkObject, flags?: number) => void;
  readonly after: (delay: number, then: () => void) => void;
  readonly now: () => number;
}

export const linkNamed = ({ links }: KernelState, name: string): Link | undefined =>
  [...links.values()].find(link => link.name === name);

export const isUp = ({ flags }: Link): boolean => (flags & k.IFF_UP) !== 0;
export const hasCarrier = ({ flags }: Link): boolean => (flags & k.IFF_LOWER_UP) !== 0;

/** What cannot be done, in the kernel's words. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly errno: number,
  ) {
    super(`${code} (errno ${errno})`);
  }
}

export const errors: Readonly<Record<string, number>> = {
  ENOENT: 2,
  ESRCH: 3,
  EIO: 5,
  ENOMEM: 12,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ENOBUFS: 105,
  EADDRNOTAVAIL: 99,
  EHOSTUNREACH: 113,
};
export const refuse = (code: string): never => {
  throw new Refused(code, errors[code] ?? 0);
};
