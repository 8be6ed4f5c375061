import type { RouteSpec, RuleSpec } from '@network-stack/netlink';
import type { Conflict } from '../reconcile/target.js';

/** A table of ours that somebody else uses: whatever were put into it would move his packets. */
export interface Taken extends Conflict {
  readonly table: number;
}

/** What there should be of ours, routes in the order in which they can be added. */
export interface Policy {
  readonly rules: readonly RuleSpec[];
  readonly routes: readonly RouteSpec[];
  /** what of others leaves out tables; unset: nothing does */
  readonly taken?: readonly Taken[];
}
