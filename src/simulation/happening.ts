import type { Change, NetlinkObject } from '@network-stack/netlink';
import type { Outcome } from '../model/outcome.js';

/** What happened on a simulated host: all that oracles see. `at` is in milliseconds of its time. */
export type Happening = { readonly at: number } & (
  | { readonly kind: 'action'; readonly text: string }
  /** the kernel changed something, whoever asked for it */
  | { readonly kind: 'kernel'; readonly is: 'new' | 'delete'; readonly object: NetlinkObject }
  /** the daemon asks the kernel for a change */
  | { readonly kind: 'change'; readonly change: Change }
  /** systemd-networkd has these states of a link, of itself (0), now; none: the link is gone */
  | { readonly kind: 'states'; readonly ifindex: number; readonly states: Readonly<Record<string, string>> }
  /** systemd-networkd owns its name */
  | { readonly kind: 'networkd'; readonly isThere: boolean }
  | {
      readonly kind: 'run';
      readonly pid: number;
      readonly path: string;
      readonly env: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'exit'; readonly pid: number; readonly path: string; readonly isKilled: boolean }
  | { readonly kind: 'daemon'; readonly is: 'started' | 'ready' | 'stopping' | 'ended' | 'killed' | 'refused' }
  /** something went wrong that was ordered: `signal lose` */
  | { readonly kind: 'fault'; readonly what: string }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  /** the daemon ended by what is no outcome */
  | { readonly kind: 'defect'; readonly error: unknown }
);

/** A happening before its time is known. */
export type News = Happening extends infer One ? (One extends Happening ? Omit<One, 'at'> : never) : never;
export type Tell = (news: News) => void;
