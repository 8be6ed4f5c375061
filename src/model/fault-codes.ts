/** What a fault of one code is, whoever it befalls; the fault's own message says whom and where. */
export interface FaultEntry {
  readonly severity: 'warn' | 'error';
  readonly meaning: string;
  readonly remedy: string;
}

/**
 * Every code of a fault, once: `fault()` takes the severity from here, `network-broker explain CODE` and docs/faults.md
 * the texts. Codes are stable. One code has one severity: what is worse in one case than in another has two.
 */
export const faultCodes = {
  'config-emptied': {
    severity: 'error',
    meaning:
      'On reload, a configuration file that was not empty before is empty or gone, as while an editor writes it. The configuration in use stays.',
    remedy: 'Reload again. If every key shall have its default, leave a comment in the file, or restart the daemon.',
  },
  'config-kept': {
    severity: 'error',
    meaning: 'The configuration has errors, which were named before. The one in use stays.',
    remedy: 'Correct the errors and reload.',
  },
  'config-last': {
    severity: 'error',
    meaning: 'The configuration has errors, so the service started with the last one that was right.',
    remedy: 'Correct the errors; the file is read again as soon as it changes. `network-broker check` names them.',
  },
  'config-last-unusable': {
    severity: 'error',
    meaning:
      'The copy of the last configuration that was right, which the service falls back on, cannot be used: it was damaged, or somebody else could write it.',
    remedy: 'Correct the configuration itself. The copy is written again once the configuration is right.',
  },
  'config-missing': {
    severity: 'warn',
    meaning: 'There is no configuration file. Every key has its default.',
    remedy: 'Create the file; an empty one will do if the defaults are meant.',
  },
  'config-syntax': {
    severity: 'error',
    meaning: 'A configuration file is not TOML.',
    remedy: 'Correct the line that the message names. Most often a text lacks its quotes.',
  },
  'config-twice': {
    severity: 'error',
    meaning: 'A key is set twice in one file, in different spellings.',
    remedy: 'Remove one of the two.',
  },
  'config-unkept': {
    severity: 'warn',
    meaning:
      'The configuration is in force, but no copy of it could be saved. Started with a wrong configuration, the service would fall back on an older one, or not start.',
    remedy:
      'See that the state directory, /var/lib/network-broker, can be written and its disk is not full; then reload.',
  },
  'config-unknown': {
    severity: 'warn',
    meaning: 'A section or key does not exist, or the key belongs to another section. It is ignored.',
    remedy: 'Correct the spelling, or remove it. docs/configuration.md lists all keys.',
  },
  'config-unreadable': {
    severity: 'error',
    meaning: 'A configuration file or the directory of drop-ins is there, but cannot be read or is too large.',
    remedy:
      'Make the file a regular one of at most 1 MiB that the user of the daemon may read, and have at most 1,000 drop-ins.',
  },
  'config-unsafe': {
    severity: 'error',
    meaning:
      'Somebody who is not trusted (for the installed service: anybody but root) could change a configuration file, or a directory above it. It is refused.',
    remedy:
      'Give what the message names to root and take write permission from everybody else: chown root, chmod go-w.',
  },
  'config-unwatched': {
    severity: 'warn',
    meaning: 'The service started with an older configuration, and cannot see when the present one is corrected.',
    remedy: 'Correct the configuration, then reload.',
  },
  'config-value': {
    severity: 'error',
    meaning: 'A key has a value that it cannot have, or the name of a section stands where a key belongs.',
    remedy: 'Write what the message says is expected.',
  },
  'control-socket': {
    severity: 'warn',
    meaning: 'The socket that answers `network-broker status` cannot be opened. Everything else works.',
    remedy: 'See that the runtime directory, /run/network-broker, belongs to the user of the daemon; then restart it.',
  },
  defect: {
    severity: 'error',
    meaning: 'The program itself is at fault, and ends. The service manager starts the daemon again.',
    remedy:
      'Report it, with the log at level debug and, if there is one, the trace (`network-broker record --redact`).',
  },
  'directory-missing': {
    severity: 'warn',
    meaning: 'Script directories are missing and could not be created. Nothing runs for what they stand for.',
    remedy: 'Create them, owned by root and with mode 0755, if scripts shall run from there.',
  },
  'directory-unreadable': {
    severity: 'warn',
    meaning: 'A script directory cannot be read. None of its scripts runs.',
    remedy: 'Let the user of the daemon read and enter it: chmod 0755.',
  },
  'directory-unsafe': {
    severity: 'warn',
    meaning:
      'Somebody who is not trusted (for the installed service: anybody but root) could put scripts into a script directory. None of its scripts runs.',
    remedy:
      'Give what the message names to root and take write permission from everybody else: chown root, chmod go-w.',
  },
  'dns-refused': {
    severity: 'error',
    meaning: 'systemd-resolved, or systemd-networkd with `DNSVia=networkd`, did not accept the DNS settings of a link.',
    remedy:
      'See that the service runs and that polkit lets the daemon do it: `network-broker check` says which is missing. It is tried again when the lease changes or the service starts anew.',
  },
  'events-joined': {
    severity: 'warn',
    meaning:
      'So many events of one link wait for scripts that some were joined with later ones. Scripts run less often, and are still told everything.',
    remedy: 'Find the script that takes long (`network-broker status` shows the last runs) or the link that flaps.',
  },
  'extension-failed': {
    severity: 'error',
    meaning: 'An extension threw, or something that it began failed. The daemon goes on.',
    remedy: 'Mend the extension that the message names. The cause, with its stack, is logged at level debug.',
  },
  'extension-report': {
    severity: 'warn',
    meaning: 'An extension reported something that is no fault.',
    remedy: 'In the extension, report only what `events.fault(severity, code, message)` returns.',
  },
  'extension-unloaded': {
    severity: 'error',
    meaning: 'An extension module was not loaded: it is unsafe, threw, took too long, or has the name of another.',
    remedy: 'Mend what the message names, then restart the daemon. `network-broker check` tries the modules.',
  },
  'hostname-refused': {
    severity: 'error',
    meaning: 'systemd-hostnamed did not accept the host name of a lease.',
    remedy:
      'See that the service can start and that polkit lets the daemon do it: `network-broker check` says which is missing. It is tried again when the lease changes.',
  },
  'json-incomplete': {
    severity: 'warn',
    meaning: 'Part of the JSON of a link could not be had. Scripts run with the rest of it.',
    remedy: 'Nothing, if it happens once. If it goes on, see whether the service that the message names works.',
  },
  'kernel-malformed': {
    severity: 'warn',
    meaning: 'The kernel sent a message that this program cannot read. It is passed over.',
    remedy: 'Report it, with the version of the kernel.',
  },
  'kernel-overrun': {
    severity: 'warn',
    meaning:
      "The kernel's messages came faster than they were read. Everything is read anew, so no final state is missed.",
    remedy: 'Nothing, if it happens once. If it goes on, find what changes links, addresses or routes that often.',
  },
  'lease-file': {
    severity: 'warn',
    meaning: 'A DHCP lease cannot be read, or not all of it. What can be read counts.',
    remedy: 'Correct the file that the message names, or let the user of the daemon read it.',
  },
  'lease-files-many': {
    severity: 'warn',
    meaning: "More files match the pattern of dhclient's lease files than are read. The others are ignored.",
    remedy: 'Remove old lease files, or make `DHClientLeaseFiles=` narrower.',
  },
  'lease-value': {
    severity: 'warn',
    meaning:
      'A value of a DHCP lease is none that can be used: a host name, a domain or a DNS server. It is left out, and the rest of the lease is used.',
    remedy:
      'Correct the DHCP server. If it says several domains in one, it has to separate them by spaces (option 15), or send a list (option 119).',
  },
  'link-unnamed': {
    severity: 'warn',
    meaning:
      'systemd-networkd speaks of a link that the kernel did not announce in time. Its events go on without a name.',
    remedy: 'Nothing, if the link is gone again. If it goes on, see whether the log has kernel-overrun or source-lost.',
  },
  'policy-conflict': {
    severity: 'warn',
    meaning:
      'A rule or route of somebody else stands where one of ours belongs. It is left alone, and ours is missing.',
    remedy: 'Delete it, or have it or ours use another table or priority (`TableBase=`, `RulePriority=`).',
  },
  'policy-failed': {
    severity: 'error',
    meaning: 'The kernel refused to set or remove a policy rule or a route. It is tried again.',
    remedy: "Read the kernel's reason in the message. EPERM means that CAP_NET_ADMIN is missing.",
  },
  'policy-locked': {
    severity: 'warn',
    meaning: 'Another network-broker of this network namespace looks after policy rules. This one does not.',
    remedy: 'Stop one of the two, or empty `RoutingPolicyRules=` in one. When the other ends, this one takes over.',
  },
  'policy-no-default': {
    severity: 'warn',
    meaning:
      'The table of a link with policy rules has no default, since no router is known for the link. Answers to other networks than its own go where the main table says.',
    remedy: 'Name a router by `Gateway=` in `[Link."NAME"]`, or leave the link out: `RoutingPolicyRules = "* !NAME"`.',
  },
  'policy-preceded': {
    severity: 'warn',
    meaning:
      'A rule of somebody else that is for everything is asked before ours, so that answers from addresses with rules may go where it leads. A rule without a priority gets one below all others when it is added: wg-quick, started later, has such.',
    remedy:
      'Give that rule a priority above `RulePriority=` (9999) and below 32766; docs/policy-rules.md has an example for wg-quick.',
  },
  'policy-undone': {
    severity: 'warn',
    meaning: 'Somebody deleted or changed policy rules or routes that are ours. They are put back.',
    remedy:
      'If it was systemd-networkd, set `ManageForeignRoutingPolicyRules=no` and `ManageForeignRoutes=no` in a drop-in of networkd.conf(5); `network-broker check` says whether they are set.',
  },
  'policy-unlocked': {
    severity: 'error',
    meaning:
      'It cannot be found out whether another network-broker looks after policy rules here. None are looked after.',
    remedy: 'Mend what the message names, then restart the daemon.',
  },
  'policy-unreadable': {
    severity: 'error',
    meaning:
      'The rules and routes that there are could not be listed. Policy rules are not looked after until they can.',
    remedy: "It is tried again. If it goes on, read the kernel's reason in the message.",
  },
  'runtime-unlocked': {
    severity: 'warn',
    meaning: 'The runtime directory cannot be locked. A second daemon that used it would not be noticed.',
    remedy: 'See that the directory can be written by the user of the daemon; then restart it.',
  },
  'script-file-unwritten': {
    severity: 'warn',
    meaning: 'A file that a variable of scripts names could not be written. They run without that variable.',
    remedy: 'See that the runtime directory, /run/network-broker, can be written and has room.',
  },
  'script-skipped': {
    severity: 'warn',
    meaning:
      'A file in a script directory does not run: it is not executable, no regular file, or a leftover of an editor or a package.',
    remedy:
      'Make it executable (chmod +x), or remove it. To switch a name off without a warning, make it a link to /dev/null.',
  },
  'script-unsafe': {
    severity: 'warn',
    meaning:
      'Somebody who is not trusted (for the installed service: anybody but root) could change a script, or a directory above it. It does not run.',
    remedy:
      'Give what the message names to root and take write permission from everybody else: chown root, chmod go-w.',
  },
  'scripts-failed': {
    severity: 'error',
    meaning: 'The scripts of an event, or one of them, could not be looked for or started.',
    remedy: 'Read the reason in the message. Events that follow are not affected.',
  },
  'signals-lost': {
    severity: 'warn',
    meaning:
      'systemd-networkd changed a state and was not heard to say so: the bus drops signals when others send more than is read. networkd is asked for everything again.',
    remedy: 'Nothing, if it happens once. If it goes on, find who floods the system bus: busctl monitor.',
  },
  'source-lost': {
    severity: 'warn',
    meaning:
      'A source (the kernel, systemd-networkd, dhclient) was lost. It is tried again, and what was missed is made good.',
    remedy: 'Nothing, while a service restarts. If it goes on, see whether the service runs: `network-broker status`.',
  },
  'state-unknown': {
    severity: 'warn',
    meaning: 'systemd-networkd named a state that this version does not know. No scripts run for it.',
    remedy: 'Update this program, or report the state and the version of systemd.',
  },
  'state-unwritten': {
    severity: 'warn',
    meaning: 'What was acted on could not be saved. After a restart, scripts run for the present states again.',
    remedy: 'See that the runtime directory, /run/network-broker, can be written and has room.',
  },
  'trace-socket': {
    severity: 'warn',
    meaning: 'The socket that answers `network-broker record` cannot be opened. Everything else works.',
    remedy: 'See that the runtime directory, /run/network-broker, belongs to the user of the daemon; then restart it.',
  },
  'trace-unwritten': {
    severity: 'warn',
    meaning: 'The trace cannot be written, and is not kept for now.',
    remedy: 'Make room where the runtime directory is, or make `Trace=` smaller.',
  },
  'trace-written': {
    severity: 'warn',
    meaning: 'The trace is kept again after trace-unwritten. What happened in between is missing in it.',
    remedy: 'Nothing.',
  },
  'variable-left-out': {
    severity: 'warn',
    meaning: 'A property or a value cannot be an environment variable. Scripts run without it.',
    remedy: 'Nothing, unless a script needs it: take it from JSON_FILE then.',
  },
  'variables-missing': {
    severity: 'warn',
    meaning: 'Some variables of an event could not be made. Its scripts run without them.',
    remedy: 'Read the reason in the message. If it goes on, see whether the service that it names works.',
  },
} as const satisfies Readonly<Record<string, FaultEntry>>;

export type FaultCode = keyof typeof faultCodes;
