/** One route that came, changed or went, as a line for people and scripts: `10.0.0.0/8 via 192.0.2.1 table main`. */
export interface RouteChange {
  /** `lost`: the kernel dropped messages, so what changed is unknown: list the routes again */
  readonly action: 'added' | 'changed' | 'removed' | 'lost';
  readonly route: string;
  /** what it was before it changed, if that is known */
  readonly was?: string;
}
