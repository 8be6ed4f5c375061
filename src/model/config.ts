/** The names a `Generator=` may list: who tells us of link states and leases. */
export type Generator = 'systemd-networkd' | 'dhclient' | 'rtnetlink';
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';
export type LogFormat = 'text' | 'json';

/**
 * Exact link names, alternative names or shell globs (`eth*`); `!name` excludes. Undefined: the key is unset, which is
 * not the same as an empty list.
 */
export type LinkPatterns = readonly string[] | undefined;

/** What a table `[Link."PATTERN"]` says of the links that it is for; undefined: nothing. */
export interface LinkSettings {
  /** names or globs as in `LinkPatterns` */
  readonly patterns: readonly string[];
  /** routers, IP addresses of both families */
  readonly gateway: readonly string[] | undefined;
  /** DNS domains; `~` before one makes it routing-only */
  readonly domains: readonly string[] | undefined;
  readonly dnsDefaultRoute: boolean | undefined;
}

/** Where a socket is that clients connect to. */
export type ListenPlace = { readonly path: string } | { readonly host: string; readonly port: number };

/** What may be done with a unit (systemctl(1)). */
export const startJobs = ['start', 'restart', 'try-restart', 'reload-or-restart', 'stop'] as const;

/** A table `[[Start]]`: events that start a unit. */
export interface StartRule {
  /** script directories without `.d`, perhaps with actions: `routable`, `leases:changed`, `addresses:added,removed` */
  readonly on: readonly string[];
  readonly links: LinkPatterns;
  /** with `%i` for the link */
  readonly unit: string;
  readonly job: (typeof startJobs)[number];
}

/** What a table `[Tree."DIRECTORY"]` says of one directory of the tree above it; undefined: what the tree says. */
export interface TreeDirectory {
  /** `routable.d` */
  readonly name: string;
  /** seconds */
  readonly timeoutSec: number | undefined;
  readonly links: LinkPatterns;
}

/** Whose conventions the scripts of a tree were written for. */
export const treeStyles = ['network-broker', 'networkd-dispatcher', 'NetworkManager'] as const;

/** A table `[[Tree]]`: scripts besides the daemon's own. */
export interface Tree {
  /** absolute, the first precedes; empty: where the style's own program looks, or the daemon's own tree */
  readonly path: readonly string[];
  readonly style: (typeof treeStyles)[number];
  /** who runs its scripts; undefined: the daemon's own user */
  readonly user: 'root' | undefined;
  /** seconds; undefined: `[Scripts] TimeoutSec` */
  readonly timeoutSec: number | undefined;
  /** of the links that `[Network] Links` chooses; undefined: all */
  readonly links: LinkPatterns;
  /** do states that were there when the daemon started run scripts, too? */
  readonly startup: boolean;
  readonly directories: readonly TreeDirectory[];
}

/** The configuration after parsing: every key present, defaults filled in. `config/schema.ts` documents each key. */
export interface Config {
  readonly system: {
    readonly logLevel: LogLevel;
    readonly logFormat: LogFormat;
    readonly generator: readonly Generator[];
    /** MiB; 0: none is kept */
    readonly trace: number;
  };
  readonly network: {
    readonly links: LinkPatterns;
    readonly routingPolicyRules: LinkPatterns;
    readonly emitJson: boolean;
    readonly useDns: boolean;
    readonly useDomain: boolean;
    readonly useHostname: boolean;
    readonly dhClientLeaseFiles: readonly string[];
    /** 1–32765 */
    readonly rulePriority: number;
    /** 255–2^31: the table of a link is this and its ifindex */
    readonly tableBase: number;
    readonly dnsVia: 'resolved' | 'networkd';
    readonly localRoutes: boolean;
  };
  readonly scripts: {
    /** seconds */
    readonly timeoutSec: number;
    readonly maxParallel: number;
    /** KiB of one run's output that are logged */
    readonly outputLimit: number;
  };
  readonly events: {
    /** seconds */
    readonly debounceSec: number;
    readonly scriptsOnRenewal: boolean;
  };
  readonly units: {
    /** the links whose states are systemd targets; undefined: none */
    readonly links: LinkPatterns;
  };
  readonly metrics: {
    /** undefined: nowhere */
    readonly listen: ListenPlace | undefined;
  };
  readonly extensions: { readonly load: readonly string[] };
  /** in the order of the file; of several that are for a link the last counts, key by key */
  readonly perLink: readonly LinkSettings[];
  /** in the order of the files */
  readonly starts: readonly StartRule[];
  /** in the order of the files */
  readonly trees: readonly Tree[];
}
