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
      'On reload, a configuration file that had contents is empty or gone, as happens while an editor writes it. The previous configuration stays in use.',
    remedy: 'Reload again. To reset every key to its default, leave a comment in the file, or restart the daemon.',
  },
  'config-kept': {
    severity: 'error',
    meaning: 'The configuration has errors, logged before this. The previous one stays in use.',
    remedy: 'Correct the errors and reload.',
  },
  'config-last': {
    severity: 'error',
    meaning: 'The configuration has errors, so the service started with the last valid one.',
    remedy: 'Correct the errors, which `network-broker check` lists; the file is reread as soon as it changes.',
  },
  'config-last-unusable': {
    severity: 'error',
    meaning:
      'The copy of the last valid configuration, which the service falls back on, cannot be used: it is damaged, or others could have written it.',
    remedy: 'Correct the configuration itself. The copy is rewritten once the configuration is valid.',
  },
  'config-missing': {
    severity: 'warn',
    meaning: 'There is no configuration file. Every key has its default.',
    remedy: 'Create the file; leave it empty to use the defaults.',
  },
  'config-syntax': {
    severity: 'error',
    meaning: 'A configuration file is not TOML.',
    remedy: 'Correct the line named in the message. Most often a string lacks its quotes.',
  },
  'config-twice': {
    severity: 'error',
    meaning: 'A key is set twice in one file, in different spellings.',
    remedy: 'Remove one of the two.',
  },
  'config-unkept': {
    severity: 'warn',
    meaning:
      'The configuration is in use, but no copy of it could be saved. If the file is invalid at the next start, the service falls back on an older copy, or does not start.',
    remedy: 'Make sure that the state directory, /var/lib/network-broker, is writable and not full; then reload.',
  },
  'config-unknown': {
    severity: 'warn',
    meaning: 'A section or key does not exist, or the key belongs in another section. It is ignored.',
    remedy: 'Correct the spelling, or remove it. docs/configuration.md lists all keys.',
  },
  'config-unreadable': {
    severity: 'error',
    meaning: 'A configuration file or the directory of drop-ins exists but cannot be read, or is too large.',
    remedy: "Make it a regular file of at most 1 MiB that the daemon's user may read, and keep at most 1,000 drop-ins.",
  },
  'config-unsafe': {
    severity: 'error',
    meaning:
      'A user who is not trusted (for the installed service: anyone but root) could change a configuration file or a directory above it. The file is refused.',
    remedy: 'Make what the message names owned by root and writable by no one else: chown root, chmod go-w.',
  },
  'config-unwatched': {
    severity: 'warn',
    meaning: 'The service started with an older configuration and cannot watch for the current one to be corrected.',
    remedy: 'Correct the configuration, then reload.',
  },
  'config-value': {
    severity: 'error',
    meaning: 'A key has an invalid value, or the name of a section is used as a key.',
    remedy: 'Use a value as described in the message.',
  },
  'control-socket': {
    severity: 'warn',
    meaning: 'The socket that answers `network-broker status` cannot be opened. Everything else works.',
    remedy:
      "Make sure that the runtime directory, /run/network-broker, belongs to the daemon's user; then restart the daemon.",
  },
  defect: {
    severity: 'error',
    meaning: 'A bug in the program itself, which ends. The service manager restarts the daemon.',
    remedy:
      'Report it, with the log at level debug and, if there is one, the trace (`network-broker record --redact`).',
  },
  'directory-missing': {
    severity: 'warn',
    meaning: 'Script directories are missing and could not be created. No scripts run for their events.',
    remedy: 'Create them, owned by root and with mode 0755, to run scripts from them.',
  },
  'directory-unreadable': {
    severity: 'warn',
    meaning: 'A script directory cannot be read. None of its scripts runs.',
    remedy: "Let the daemon's user read and enter it: chmod 0755.",
  },
  'directory-unsafe': {
    severity: 'warn',
    meaning:
      'A user who is not trusted (for the installed service: anyone but root) could put scripts into a script directory. None of its scripts runs.',
    remedy: 'Make what the message names owned by root and writable by no one else: chown root, chmod go-w.',
  },
  'dns-refused': {
    severity: 'error',
    meaning: 'systemd-resolved, or systemd-networkd with `DNSVia=networkd`, did not accept the DNS settings of a link.',
    remedy:
      'Make sure that the service runs and that polkit allows the call: `network-broker check` says which is missing. The daemon tries again when the lease changes or the service restarts.',
  },
  'events-joined': {
    severity: 'warn',
    meaning:
      'So many events of one link were waiting for scripts that some were joined with later ones. Scripts run less often but are still told everything.',
    remedy: 'Find the slow script (`network-broker status` shows the last runs) or the flapping link.',
  },
  'extension-failed': {
    severity: 'error',
    meaning: 'An extension threw, or something that it started failed. The daemon continues.',
    remedy: 'Fix the extension named in the message. The cause, with its stack, is logged at level debug.',
  },
  'extension-report': {
    severity: 'warn',
    meaning: 'An extension reported something that is not a fault.',
    remedy: 'In the extension, report only what `events.fault(severity, code, message)` returns.',
  },
  'extension-unloaded': {
    severity: 'error',
    meaning: 'An extension module was not loaded: it is unsafe, threw, took too long, or has the name of another.',
    remedy: 'Fix what the message names, then restart the daemon. `network-broker check` loads the modules, too.',
  },
  'hostname-refused': {
    severity: 'error',
    meaning: 'systemd-hostnamed did not accept the host name of a lease.',
    remedy:
      'Make sure that the service can start and that polkit allows the call: `network-broker check` says which is missing. The daemon tries again when the lease changes.',
  },
  'json-incomplete': {
    severity: 'warn',
    meaning: "Part of a link's JSON could not be obtained. Scripts run with the rest of it.",
    remedy: 'Nothing, if it happens once. If it persists, check the service named in the message.',
  },
  'kernel-malformed': {
    severity: 'warn',
    meaning: 'The kernel sent a message that this program cannot read. It is ignored.',
    remedy: 'Report it, with the kernel version.',
  },
  'kernel-overrun': {
    severity: 'warn',
    meaning:
      "The kernel's messages came faster than they were read. Everything is read again, so no final state is missed.",
    remedy: 'Nothing, if it happens once. If it persists, find out what changes links, addresses or routes so often.',
  },
  'lease-file': {
    severity: 'warn',
    meaning: 'A DHCP lease cannot be read, or only in part. What can be read is used.',
    remedy: "Correct the file named in the message, or let the daemon's user read it.",
  },
  'lease-files-many': {
    severity: 'warn',
    meaning: "More files match the pattern of dhclient's lease files than are read. The others are ignored.",
    remedy: 'Remove old lease files, or narrow `DHClientLeaseFiles=`.',
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
      'systemd-networkd reported a link that the kernel did not announce in time. Its events continue without a name.',
    remedy: 'Nothing, if the link is gone again. If it persists, look for kernel-overrun or source-lost in the log.',
  },
  'links-unnamed': {
    severity: 'warn',
    meaning:
      'systemd-networkd, or whoever has its name on the bus, reported hundreds of links that the kernel does not have. Further ones are ignored until the kernel announces them.',
    remedy: 'Look who owns org.freedesktop.network1: busctl status org.freedesktop.network1.',
  },
  'metrics-socket': {
    severity: 'warn',
    meaning: 'The socket of `[Metrics] Listen` cannot be opened: metrics are not served there. Everything else works.',
    remedy: 'Choose a port that is free, or a path in /run/network-broker; then reload, which tries again.',
  },
  'policy-conflict': {
    severity: 'warn',
    meaning:
      'A rule or route of another program stands where one of ours belongs. It is left alone, and ours is missing.',
    remedy: 'Delete it, or move it or ours to another table or priority (`TableBase=`, `RulePriority=`).',
  },
  'policy-failed': {
    severity: 'error',
    meaning: 'The kernel refused to add or remove a policy rule or route. The daemon tries again.',
    remedy: "Read the kernel's reason in the message. EPERM means that CAP_NET_ADMIN is missing.",
  },
  'policy-locked': {
    severity: 'warn',
    meaning: 'Another network-broker manages the policy rules of this network namespace. This one does not.',
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
    meaning: 'Policy rules or routes of ours were deleted or changed. They are put back.',
    remedy:
      'If it was systemd-networkd, set `ManageForeignRoutingPolicyRules=no` and `ManageForeignRoutes=no` in a drop-in of networkd.conf(5); `network-broker check` says whether they are set.',
  },
  'policy-unlocked': {
    severity: 'error',
    meaning: 'Whether another network-broker manages policy rules here cannot be determined. This one manages none.',
    remedy: 'Fix what the message names, then restart the daemon.',
  },
  'policy-unreadable': {
    severity: 'error',
    meaning: 'The existing rules and routes could not be listed. Policy rules are not managed until they can be.',
    remedy: "The daemon tries again. If it persists, read the kernel's reason in the message.",
  },
  'runtime-unlocked': {
    severity: 'warn',
    meaning: 'The runtime directory cannot be locked. A second daemon using it would not be noticed.',
    remedy: "Make sure that the daemon's user can write to the directory; then restart the daemon.",
  },
  'script-file-unwritten': {
    severity: 'warn',
    meaning: 'A file that a script variable names could not be written. Scripts run without that variable.',
    remedy: 'Make sure that the runtime directory, /run/network-broker, is writable and not full.',
  },
  'script-skipped': {
    severity: 'warn',
    meaning:
      'A file in a script directory does not run: it is not executable, not a regular file, or a leftover of an editor or a package.',
    remedy:
      'Make it executable (chmod +x), or remove it. To disable a name without a warning, make it a link to /dev/null.',
  },
  'script-unsafe': {
    severity: 'warn',
    meaning:
      'A user who is not trusted (for the installed service: anyone but root) could change a script or a directory above it. The script does not run.',
    remedy: 'Make what the message names owned by root and writable by no one else: chown root, chmod go-w.',
  },
  'scripts-failed': {
    severity: 'error',
    meaning: 'One or all scripts of an event could not be found or started.',
    remedy: 'Read the reason in the message. Later events are not affected.',
  },
  'signals-lost': {
    severity: 'warn',
    meaning:
      'systemd-networkd changed a state, and its signal did not arrive: the bus drops signals when others flood it. Everything is queried from networkd again.',
    remedy: 'Nothing, if it happens once. If it persists, find out who floods the system bus: busctl monitor.',
  },
  'sleep-undelayed': {
    severity: 'warn',
    meaning:
      'systemd-logind was not given to understand that scripts in suspend.d need a moment before the computer sleeps. They run, but it may sleep before they have ended.',
    remedy:
      'See that `systemd-inhibit --what=sleep --mode=delay true` works as the user of the daemon (polkit: org.freedesktop.login1.inhibit-delay-sleep). It is tried again after the next resume.',
  },
  'source-lost': {
    severity: 'warn',
    meaning:
      'A source (the kernel, systemd-networkd, dhclient) was lost. The daemon reconnects and catches up on what it missed.',
    remedy:
      'Nothing, while a service restarts. If it persists, check whether the service runs: `network-broker status`.',
  },
  'state-unknown': {
    severity: 'warn',
    meaning: 'systemd-networkd reported a state unknown to this version, or far too many. No scripts run for it.',
    remedy: 'Update this program, or report the state and the version of systemd.',
  },
  'state-unwritten': {
    severity: 'warn',
    meaning:
      'The record of what was acted on could not be saved. After a restart, scripts run again for the current states.',
    remedy: 'Make sure that the runtime directory, /run/network-broker, is writable and not full.',
  },
  'trace-socket': {
    severity: 'warn',
    meaning: 'The socket that answers `network-broker record` cannot be opened. Everything else works.',
    remedy:
      "Make sure that the runtime directory, /run/network-broker, belongs to the daemon's user; then restart the daemon.",
  },
  'trace-unwritten': {
    severity: 'warn',
    meaning: 'The trace cannot be written. Tracing is suspended.',
    remedy: 'Make room in the runtime directory, or lower `Trace=`.',
  },
  'trace-written': {
    severity: 'warn',
    meaning: 'Tracing has resumed after trace-unwritten. What happened in between is missing.',
    remedy: 'Nothing.',
  },
  'tree-missing': {
    severity: 'warn',
    meaning: 'None of the paths of a further script tree (`[[Tree]]`) exists. It is taken for empty.',
    remedy: 'Correct `Path`, or create the directory, owned by root and with mode 0755; or remove the table.',
  },
  'unit-left': {
    severity: 'warn',
    meaning:
      'A target of `[Units] Links=` was started for the state of a link and is not active any more: somebody stopped it, or its job failed. It is not started again before that link’s state changes.',
    remedy: 'None is needed if that was intended. Otherwise start it: systemctl start UNIT.',
  },
  'unit-refused': {
    severity: 'error',
    meaning:
      'The service manager did not start or stop a target of `[Units] Links=`, or a file that describes a link could not be written.',
    remedy:
      'Make sure that the unit files and polkit rules that come with network-broker are installed: `network-broker check` says which are missing. The daemon tries again when the state of the link changes.',
  },
  'units-off': {
    severity: 'warn',
    meaning:
      'The service manager (systemd) is not on the bus, as in most containers: no target of `[Units] Links=` is started.',
    remedy: 'Remove `[Units] Links=` where no systemd runs. When it comes, targets start.',
  },
  'variable-left-out': {
    severity: 'warn',
    meaning: 'A property or value cannot be put into an environment variable. Scripts run without it.',
    remedy: 'Nothing, unless a script needs it: it can be read from JSON_FILE.',
  },
  'variables-missing': {
    severity: 'warn',
    meaning: 'Some variables of an event could not be determined. Its scripts run without them.',
    remedy: 'Read the reason in the message. If it persists, check the service that it names.',
  },
} as const satisfies Readonly<Record<string, FaultEntry>>;

export type FaultCode = keyof typeof faultCodes;
