import type { RouteSpec, RuleSpec } from '@network-stack/netlink';
import type { Conflict } from '../reconcile/target.js';

/** What is said of a table of ours. */
export interface OfTable extends Conflict {
  readonly table: number;
}

/** What there should be of ours, routes in the order in which they can be added. */
export interface Policy {
  readonly rules: readonly RuleSpec[];
  readonly routes: readonly RouteSpec[];
  /** what of others leaves out tables, for whatever were put into these would move their packets; unset: nothing does */
  readonly taken?: readonly OfTable[];
  /** what keeps rules from doing what they are for */
  readonly notices?: readonly Conflict[];
}
