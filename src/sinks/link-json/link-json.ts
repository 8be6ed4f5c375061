import type { LinkStats } from '@network-stack/netlink';

/** A link as scripts get it in `JSON`; names, nesting and types are those that scripts have always relied on. */
export interface LinkJson {
  readonly Index: number;
  readonly MTU: number;
  readonly TxQLen: number;
  readonly Name: string;
  /** separated by spaces */
  readonly AlternativeNames: string;
  readonly HardwareAddr: string;
  /** `up|broadcast|multicast` */
  readonly Flags: string;
  /** IFF_* */
  readonly RawFlags: number;
  readonly ParentIndex: number;
  readonly MasterIndex: number;
  readonly Namespace: string;
  readonly Alias: string;
  readonly Statistics: LinkStatisticsJson;
  readonly Promisc: number;
  readonly Xdp: { readonly Fd: number; readonly Attached: boolean; readonly Flags: number; readonly ProgId: number };
  /** the hardware type as ip-link(8) spells it: `ether` */
  readonly EncapType: string;
  readonly Protinfo: string;
  /** as ip-link(8) and sysfs spell it: `up`, `lowerlayerdown` */
  readonly OperState: string;
  readonly NetNsID: number;
  readonly NumTxQueues: number;
  readonly NumRxQueues: number;
  readonly GSOMaxSize: number;
  readonly GSOMaxSegs: number;
  readonly Group: number;
  /** what it is a port of: `bridge` */
  readonly Slave: string;
  /** as networkctl(1) spells it: `up`, `lower-layer-down` */
  readonly KernelOperState: string;
  readonly AddressState: string;
  readonly CarrierState: string;
  readonly Driver: string;
  readonly IPv4AddressState: string;
  readonly IPv6AddressState: string;
  readonly LinkFile: string;
  readonly Model: string;
  readonly OnlineState: string;
  readonly OperationalState: string;
  readonly Path: string;
  /** networkd's AdministrativeState */
  readonly SetupState: string;
  readonly Type: string;
  readonly Vendor: string;
  readonly ProductID: string;
  readonly Manufacturer: string;
  readonly NetworkFile: string;
  readonly DNS: readonly string[];
  /** as `Domains=` of systemd.network(5) has them: routing-only domains begin with `~` */
  readonly Domains: readonly string[] | null;
  readonly NTP: readonly string[] | null;
  readonly Address: readonly AddressJson[];
  /** of the main table */
  readonly Routes: readonly RouteJson[];
  /** the domains that single-label names are searched in */
  readonly DomainSearch: readonly string[];
  /** false: the link has gone, and this is what was last known of it */
  readonly Present: boolean;
}

/** struct rtnl_link_stats64 of Linux 4.5: what came later is not told */
export type LinkStatisticsJson = {
  readonly [Counter in Exclude<keyof LinkStats, 'rxNohandler' | 'rxOtherhostDropped'> as Capitalize<Counter>]: number;
};

export interface AddressJson {
  readonly IP: string;
  readonly Family: 'IPv4' | 'IPv6';
  readonly Mask: number;
  readonly Label: string;
  /** IFA_F_* */
  readonly Flags: number;
  /** RT_SCOPE_* */
  readonly Scope: number;
  readonly Peer: string;
  readonly Broadcast: string;
  /** seconds; 4294967295 is for ever */
  readonly PreferedLft: number;
  readonly ValidLft: number;
}

export interface RouteJson {
  /** RT_SCOPE_* */
  readonly Scope: number;
  /** the default route: an empty IP and 0 */
  readonly Dst: { readonly IP: string; readonly Mask: number };
  readonly Src: string;
  readonly Gw: string;
  /** `nexthop via 192.0.2.1 ifindex 2 weight 1 nexthop …` */
  readonly MultiPath: string;
  /** RTPROT_* */
  readonly Protocol: number;
  readonly Priority: number;
  readonly Table: number;
  /** RTN_* */
  readonly Type: number;
  readonly Tos: number;
  /** as ip-route(8) spells them: `onlink`, `linkdown` */
  readonly Flags: readonly string[] | null;
  readonly MPLSDst: string;
  readonly NewDst: string;
  /** the kind of encapsulation: `mpls` */
  readonly Encap: string;
  readonly MTU: number;
  readonly AdvMSS: number;
  readonly Hoplimit: number;
}
