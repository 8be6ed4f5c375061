import type { RouteSpec, RuleSpec } from '@network-stack/netlink';
import type { Conflict } from '../reconcile/target.js';

/** A conflict about one of our tables. */
export interface OfTable extends Conflict {
  readonly table: number;
}

/** The rules and routes that there should be, routes in the order in which they can be added. */
export interface Policy {
  readonly rules: readonly RuleSpec[];
  readonly routes: readonly RouteSpec[];
  /** tables that are left empty since others use them: our routes would divert their packets */
  readonly taken?: readonly OfTable[];
  /** what keeps rules from working */
  readonly notices?: readonly Conflict[];
}
