import type { Config } from '../model/config.js';
import { wrongGlob } from '../model/names/glob.js';
import type { Key } from './key.js';
import { globs, linkKeys, linkPatterns } from './link-keys.js';
import { listenPlace } from './listen-kind.js';
import { startKeys } from './start-keys.js';
import { directoryKeys, treeKeys } from './tree-keys.js';
import { bool, list, MAX_TIMER_S, number, oneOf, seconds, someOf } from './value-kinds.js';

/** With any ifindex, a table that the kernel can number (1 to 2^32-1) and that is none of its own (253 to 255). */
const MAX_TABLE_BASE = 2 ** 31;
const MAX_TRACE_MIB = 1024;
const MAX_OUTPUT_KIB = 1_048_576;

export const logLevel = oneOf('debug', 'info', 'warn', 'error', 'fatal');
export const logFormat = oneOf('text', 'json');

/** Files of directories that have no wildcards themselves. */
const filePatterns = list(`absolute paths or ${globs} in their last part`, word => {
  const at = word.lastIndexOf('/');
  return word.startsWith('/') && !/[*?[]/.test(word.slice(0, at)) && wrongGlob(word.slice(at + 1)) === undefined;
});

/**
 * Every key, once: parsing, defaults and documentation all read this table. Whoever calls it says what reading a key
 * means: `schema(key => key.initial)` is the default configuration.
 */
export const schema = (read: <T>(key: Key<T>) => T): Omit<Config, 'perLink' | 'starts' | 'trees'> => ({
  system: {
    logLevel: read({
      section: 'System',
      name: 'LogLevel',
      kind: logLevel,
      initial: 'info',
      brief: 'The least severe messages that are logged.',
      doc: '`--log-level` and the environment variable `NETWORK_EVENT_LOG_LEVEL` override it.',
    }),
    logFormat: read({
      section: 'System',
      name: 'LogFormat',
      kind: logFormat,
      initial: 'text',
      brief: 'Log lines for people or for programs.',
      doc: 'Read when the daemon starts, not on reload. `--log-format` and the environment variable `NETWORK_EVENT_LOG_FORMAT` override it. The fields of `json` are described in [log.md](log.md).',
    }),
    generator: read({
      section: 'System',
      name: 'Generator',
      kind: someOf('systemd-networkd', 'dhclient', 'rtnetlink'),
      initial: ['systemd-networkd'],
      brief: 'Where link states and leases come from.',
      doc:
        'With `systemd-networkd` and `dhclient` together, a lease and a link state are two events, told apart by `EVENT`. With `systemd-networkd` and ' +
        '`rtnetlink` together, link states come from networkd while it is on the bus, else from the kernel by the same rules. `rtnetlink` alone ' +
        'serves hosts without networkd; there are no administrative states then, and `configured.d` does not run. Links, addresses and routes are watched ' +
        'in the kernel in any case.',
    }),
    trace: read({
      section: 'System',
      name: 'Trace',
      kind: number(`MiB: a number from 0 to ${MAX_TRACE_MIB}`, n => n >= 0 && n <= MAX_TRACE_MIB),
      initial: 0,
      brief: 'The size of the trace that is kept for `network-broker record`.',
      doc:
        'The oldest entries make room for the newest. It is in memory, in the runtime directory, and outlives the daemon. 8 MiB hold about 2,500 scripts ' +
        'with their link JSON. 0 keeps none and removes an existing one. See [trace.md](trace.md).',
    }),
  },
  network: {
    links: read({
      section: 'Network',
      name: 'Links',
      kind: linkPatterns,
      initial: undefined,
      unset: 'all links but `lo`',
      brief: 'The links whose events are acted on.',
      doc:
        'Exact names, alternative names, or shell globs (`eth*`, `wlan?`, `en[ps]*`, `[!v]*`); `!name` excludes. Names are compared whole: `eth1` does not ' +
        'match `eth10`. Braces and groups are not supported; a backslash makes the next character literal. A byte of a name ' +
        'that is not UTF-8 matches as one character: `wl?n0`. The empty string leaves the key unset.',
    }),
    routingPolicyRules: read({
      section: 'Network',
      name: 'RoutingPolicyRules',
      kind: linkPatterns,
      initial: undefined,
      unset: 'none',
      brief: 'The links that get routing policy rules.',
      doc:
        'For each global address of such a link there are rules `from` and `to` it that look up the table `TableBase` + ifindex. They are removed with the address. ' +
        'Same syntax as `Links`, but independent of it.',
    }),
    emitJson: read({
      section: 'Network',
      name: 'EmitJSON',
      kind: bool,
      initial: true,
      brief: 'Describe the link to scripts as JSON.',
      doc: 'In `JSON` if it fits into one environment variable (128 KiB), and always in the file named by `JSON_FILE`.',
    }),
    useDns: read({
      section: 'Network',
      name: 'UseDNS',
      kind: bool,
      initial: false,
      brief: "Pass on the DNS servers of dhclient's leases.",
      doc: '`DNSVia` selects the service. They are withdrawn when the lease ends.',
    }),
    useDomain: read({
      section: 'Network',
      name: 'UseDomain',
      kind: bool,
      initial: false,
      brief: "Pass on the domains of dhclient's leases, as search domains.",
      doc: '`DNSVia` selects the service. They are withdrawn when the lease ends.',
    }),
    useHostname: read({
      section: 'Network',
      name: 'UseHostname',
      kind: bool,
      initial: false,
      brief: "Set the host name of dhclient's leases as the transient host name.",
      doc: 'By systemd-hostnamed. A static host name is never changed; a lease without a valid host name changes nothing.',
    }),
    dhClientLeaseFiles: read({
      section: 'Network',
      name: 'DHClientLeaseFiles',
      kind: filePatterns,
      initial: ['/var/lib/dhclient/dhclient*.lease*', '/var/lib/dhcp/dhclient*.leases'],
      brief: 'Where dhclient keeps its leases.',
      doc: 'Globs as in `Links`, in the last part of a path only. Files that do not exist yet are waited for.',
    }),
    rulePriority: read({
      section: 'Network',
      name: 'RulePriority',
      kind: number('a whole number from 1 to 32765', n => Number.isInteger(n) && n >= 1 && n <= 32765),
      initial: 9999,
      brief: 'The priority of all our routing policy rules.',
      doc: 'It must stay below 32766, the priority of the rule that looks up the main table.',
    }),
    tableBase: read({
      section: 'Network',
      name: 'TableBase',
      kind: number(
        `a whole number from 255 to ${MAX_TABLE_BASE}`,
        n => Number.isInteger(n) && n >= 255 && n <= MAX_TABLE_BASE,
      ),
      initial: 9999,
      brief: "The routing table of a link's policy rules is this number plus the link's ifindex.",
      doc:
        'A table that rules of other programs look up, or that belongs to a VRF, is left empty: the log, `check` and `status` name it. Choose a number then ' +
        'that leads to unused tables. When it is changed, rules and routes move.',
    }),
    dnsVia: read({
      section: 'Network',
      name: 'DNSVia',
      kind: oneOf('resolved', 'networkd'),
      initial: 'resolved',
      brief: "Which service gets the DNS servers and domains of dhclient's leases.",
      doc: 'systemd-resolved refuses them for links that systemd-networkd configures; there, choose `networkd`.',
    }),
    localRoutes: read({
      section: 'Network',
      name: 'LocalRoutes',
      kind: bool,
      initial: false,
      brief: 'Routes of the table `local` are events of `routes.d`, too.',
      doc: 'The kernel makes them, and deletes them, with each address of this host; `addresses.d` tells of these.',
    }),
  },
  scripts: {
    timeoutSec: read({
      section: 'Scripts',
      name: 'TimeoutSec',
      kind: seconds,
      initial: 90,
      brief: 'The time limit of a script, in seconds.',
      doc: 'Its process group is then sent SIGTERM, and SIGKILL 5 seconds later.',
    }),
    maxParallel: read({
      section: 'Scripts',
      name: 'MaxParallel',
      kind: number('a whole number, at least 1', n => Number.isInteger(n) && n >= 1),
      initial: 8,
      brief: 'How many scripts may run at once, across all links.',
      doc: 'The scripts of one link always run one after the other. When scripts have to wait, those of links with few waiting events go first; one that has run for 5 s no longer counts (at most eight such).',
    }),
    outputLimit: read({
      section: 'Scripts',
      name: 'OutputLimit',
      kind: number(
        `KiB: a whole number from 0 to ${MAX_OUTPUT_KIB}`,
        n => Number.isInteger(n) && n >= 0 && n <= MAX_OUTPUT_KIB,
      ),
      initial: 1024,
      brief: 'How much of the output of one run is logged.',
      doc:
        'Each line counts for 32 bytes more than it has. The rest is discarded; the log line about the end of the script says how much. What children write that live ' +
        'on after their script is never logged: it is discarded until it exceeds this limit, or until the pipes of 16 later runs are held ' +
        'open this way; then the pipe is closed, and writing to it raises SIGPIPE.',
    }),
  },
  events: {
    debounceSec: read({
      section: 'Events',
      name: 'DebounceSec',
      kind: number(`seconds: a number from 0 to ${MAX_TIMER_S}`, n => n >= 0 && n <= MAX_TIMER_S),
      initial: 0,
      brief: 'How long a link must be quiet before its state is acted on, in seconds.',
      doc: 'What the link passes through meanwhile runs nothing of its own. If the carrier went and came back, all directories run as at start; if only an address or a lease went, that of the operational state runs once: what scripts had set up may be gone. `leases.d` waits as well. 0 acts on every change at once.',
    }),
    scriptsOnRenewal: read({
      section: 'Events',
      name: 'ScriptsOnRenewal',
      kind: bool,
      initial: false,
      brief: 'Run scripts even when dhclient renews a lease without changes.',
      doc: 'The scripts of `routable.d`. Those of `leases.d` always run.',
    }),
  },
  units: {
    links: read({
      section: 'Units',
      name: 'Links',
      kind: linkPatterns,
      initial: undefined,
      unset: 'none',
      brief: 'The links whose states are systemd targets.',
      doc:
        'While such a link is in a state, its target is active: `link-carrier@eth0.target`, `link-degraded@eth0.target`, `link-routable@eth0.target`, `link-configured@eth0.target`, ' +
        '`link-online@eth0.target`, and `network-profile@10-home.target` while `10-home.network` configures one of them. Services that are wanted by a target start with it. ' +
        'Same syntax as `[Network] Links`, but independent of it. See [units.md](units.md).',
    }),
  },
  metrics: {
    listen: read({
      section: 'Metrics',
      name: 'Listen',
      kind: listenPlace,
      initial: undefined,
      unset: 'nowhere',
      brief: 'Where Prometheus gets metrics, by HTTP, at `/metrics`.',
      doc:
        'Every user of this host may read them, as what `status` says. A path must be where the daemon may write: the service only in `/run/network-broker`. Other hosts reach ' +
        'a socket of systemd (`network-broker-metrics.socket`), or a proxy. `network-broker metrics` needs none of it. See [metrics.md](metrics.md).',
    }),
  },
  extensions: {
    load: read({
      section: 'Extensions',
      name: 'Load',
      kind: list('absolute paths of modules', word => word.startsWith('/')),
      initial: [],
      unset: 'none',
      brief: 'Modules with sources, stages and sinks of your own.',
      doc:
        'Loaded in this order when the daemon starts, not on reload. They and the directories above them must belong to root and be writable by no one ' +
        'else, like scripts. See [extensions.md](extensions.md) for how to write one.',
    }),
  },
});

export const defaults: Config = { ...schema(key => key.initial), perLink: [], starts: [], trees: [] };

/** The keys themselves, in the order of the table. */
export const keys: readonly Key<unknown>[] = ((found: Key<unknown>[]) => {
  const collect = <T>(key: Key<T>): T => {
    found.push(key);
    return key.initial;
  };
  schema(collect);
  linkKeys(collect);
  startKeys(collect);
  treeKeys(collect);
  directoryKeys(collect);
  return found;
})([]);
