/** A network link as the kernel names it. */
export interface Link {
  readonly ifindex: number;
  readonly name: string;
  readonly alternativeNames: readonly string[];
}

/** State properties by their D-Bus names (`OperationalState` → `routable`), of a link or of networkd's manager. */
export type States = Readonly<Record<string, string>>;
