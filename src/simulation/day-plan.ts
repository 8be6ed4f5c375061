/** One thing that happens, at a moment (milliseconds from the beginning), in words: `ip link set eth0 down`, `kill -9 network-broker`. */
export interface Action {
  readonly at: number;
  readonly do: string;
}

/** All that a seed decides, as plain data: what is left of it after shrinking runs as well. */
export interface Plan {
  readonly seed: number;
  /** milliseconds */
  readonly length: number;
  readonly release: 252 | 257;
  /** the configuration file at the beginning */
  readonly config: string;
  /** paths below the script directory: what one is like is said by its name */
  readonly scripts: readonly string[];
  readonly actions: readonly Action[];
}
