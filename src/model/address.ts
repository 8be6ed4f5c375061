export type Family = 'ipv4' | 'ipv6';

/** An IP address of a link: what the World keeps of RTM_NEWADDR. */
export interface Address {
  readonly ifindex: number;
  readonly family: Family;
  /** the link's own address, canonical (RFC 5952) */
  readonly address: string;
  readonly prefixLength: number;
  /** RT_SCOPE_*: 0 universe (global), 253 link, 254 host */
  readonly scope: number;
  /** IFA_F_*, all 32 bits (linux/if_addr.h) */
  readonly flags: number;
  readonly label: string;
  readonly broadcast: string;
  /** the other end of a point-to-point address; empty: none */
  readonly peer: string;
  /** seconds that remained when the kernel said so; 4294967295 is for ever */
  readonly preferredLifetime: number;
  readonly validLifetime: number;
  /** when it ends by that, milliseconds since the epoch; absent: it does not, or nobody knows when the kernel said so */
  readonly until?: number;
}

/** The network that the address is in, by itself or by its peer: `192.0.2.5/24`. */
export const networkOf = ({ address, peer, prefixLength }: Address): string => `${peer || address}/${prefixLength}`;

/** What makes two messages speak of the same address of a link: `192.0.2.5/24`, or `10.0.0.1/32 peer 10.0.0.2`. */
export const addressKey = ({ address, prefixLength, peer }: Address): string =>
  peer === '' ? `${address}/${prefixLength}` : `${address}/${prefixLength} peer ${peer}`;
