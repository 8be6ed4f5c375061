/** What became of a routing policy rule. */
export interface RuleChange {
  /** `lost`: the kernel's messages came faster than they were read, and any rule may be another one */
  readonly action: 'added' | 'removed' | 'lost';
  /** as `ip rule` writes it, after its family: `ipv4 9999: from 192.0.2.5 lookup main`; empty if lost */
  readonly rule: string;
}
