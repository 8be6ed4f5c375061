/** A message that nobody asked for. `sender` is the unique name that the bus daemon itself put there. */
export interface Signal {
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** arguments; variants are unwrapped, 64-bit integers are bigint */
  readonly body: readonly unknown[];
}

export interface Call {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
  /** may the bus start the service for this call? only hostnamed may be started by us */
  readonly autoStart?: boolean;
}
