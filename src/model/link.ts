/** A network link as the kernel describes it: what the World keeps of RTM_NEWLINK. */
export interface Link {
  readonly ifindex: number;
  readonly name: string;
  readonly alternativeNames: readonly string[];
  /** IFF_* (linux/if.h) */
  readonly flags: number;
  /** IF_OPER_* (RFC 2863, linux/if.h): 6 is up */
  readonly operState: number;
  /** ifindex of the bridge, bond or VRF it belongs to; 0: none */
  readonly master: number;
  /** ARPHRD_* (linux/if_arp.h): 1 is Ethernet, 772 loopback */
  readonly hardwareType: number;
  /** kind of virtual link: `veth`, `bridge`; empty: none */
  readonly kind: string;
  /** ifindex of the link of this network namespace that a macvlan sends by */
  readonly macvlanOf?: number;
  /** the table of a VRF */
  readonly vrfTable?: number;
  /** nothing is decided by the rest: it is for the last words about a link that has gone. `00:00:5e:00:53:01` */
  readonly hardwareAddress?: string;
  readonly mtu?: number;
  readonly txQueueLength?: number;
  readonly alias?: string;
  /** ifindex of the link that it sits on */
  readonly parent?: number;
  readonly group?: number;
}
