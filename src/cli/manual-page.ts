import { leaseVariableTexts } from '../world/leases/variables.js';
import { heading, item, roff, roffOf, section } from '../config/roff.js';
import { type Form, forms, type Option, options, words } from './usage.js';

const command = ([name, { brief, words }]: readonly [string, Form]): string =>
  item([`\\fB${roff(name)}\\fR`, ...words.map(word => `\\fI${word}\\fR`)].join(' '), roff(brief));

const option = ([name, { short, value, brief, of }]: readonly [string, Option]): string =>
  item(
    `${short === undefined ? '' : `\\fB\\-${short}\\fR, `}\\fB\\-\\-${roff(name)}\\fR${value === undefined ? '' : ` \\fI${value}\\fR`}`,
    roff(of === undefined ? brief : `${of.join(', ')}: ${brief}`),
  );

const terms = (title: string, rows: readonly (readonly [string, string])[]): string =>
  `.SH ${title}\n${rows.map(([term, text]) => item(`\\fB${roff(term)}\\fR`, roffOf(text))).join('\n')}`;

const description = [
  'Watches the network and runs the executables in the directory for each event: when a link gets its carrier, becomes routable, ' +
    'gets an address, loses a route. Events come from systemd-networkd, from leases of dhclient, and from the kernel.',
  'The scripts of a directory run in byte order of their names, one after the other; the events of one link strictly in their order; links do not wait ' +
    'for one another. At start, the current state of every link counts as an event unless it was already acted on since boot: a boot misses nothing, a ' +
    'restart repeats nothing. After a kill -9, the event that was in progress runs again, with `RERUN=1`.',
  'Scripts come from three trees: /etc/network-broker, /run/network-broker.d until the next boot, and /usr/share/network-broker of packages. Of the same name, ' +
    'the first counts, whatever it is. With another directory than /etc/network-broker (--script-dir, --namespace) there is that one only. A directory that is ' +
    'refused might hide any name: nothing in the trees after it runs.',
  'A script, what it resolves to, and every directory above must belong to root and must not be writable by anyone else. Hidden files and leftovers ' +
    'of editors and package managers are skipped; an empty file or a link to /dev/null disables a name. A script that changes what its own directory ' +
    'watches triggers itself.',
  'If its configuration is invalid when it starts, the installed service uses the last valid one, says so in its log, in `status` and to systemd, and ' +
    'rereads the file when it changes; without a last valid one, or when started by hand, it exits with status 78. With an invalid configuration, systemctl ' +
    'reload fails, logs the errors and changes nothing.',
  'The daemon runs as the user network-broker with CAP_NET_ADMIN and CAP_SYS_ADMIN and nothing else, and so do scripts. As a service both run in the sandbox of ' +
    'network-broker.service: what a script writes below /tmp lies in a directory of the service (PrivateTmp=), and /etc and /usr are read-only. Its output goes to the log.',
];

const directories: readonly (readonly [string, string])[] = [
  [
    'carrier.d no-carrier.d degraded.d routable.d configured.d …',
    'A state of a link becomes the one that names the directory: CarrierState, OperationalState, OnlineState or AdministrativeState.',
  ],
  ['manager.d', 'A state of systemd-networkd itself changes.'],
  ['leases.d', 'A lease is bound, renewed, changed, expired, released or lost.'],
  ['links.d', 'A link is added, removed or renamed.'],
  ['addresses.d', 'An address of a link is added, removed or changed.'],
  ['routes.d', 'Routes of a link change; at most once per link in 100 ms.'],
  ['rules.d', "Routing policy rules come or go, anybody's but those of the daemon: once per 100 ms."],
  [
    'suspend.d resume.d',
    'The computer is about to sleep, or has slept (systemd-logind). It waits for the scripts of suspend.d, but not longer than InhibitDelayMaxSec= of ' +
      'logind.conf(5), 5 s by default.',
  ],
];

const variables: readonly (readonly [string, string])[] = [
  [
    'EVENT, EVENT_ID',
    'link-state, manager-state, lease, address, link, route or sleep; a number that increases by one.',
  ],
  ['LINK, LINKINDEX', 'The link; empty and 0 for an event without one.'],
  ['STATE', 'The word that chose the directory: `routable`. A script that is linked into several knows why it runs.'],
  [
    'OperationalState, CarrierState, …',
    'All states of the link (manager.d: of systemd-networkd), whether they changed or not: CarrierState, AddressState, IPv4AddressState, IPv6AddressState, OperationalState, OnlineState, ' +
      'AdministrativeState. The original sets only those that changed; a script that asks whether one is set asks CHANGED instead: `case " $CHANGED " in *" OnlineState "*) …`.',
  ],
  [
    'CHANGED',
    'The names of those that changed, separated by spaces; all of them after the carrier went and came back unseen.',
  ],
  [
    'ACTION',
    'suspend.d, resume.d: `suspend`, `resume`. addresses.d, links.d, leases.d: what happened; `several` where changes of addresses were joined.',
  ],
  ['ADDRESS, FAMILY', 'addresses.d: `192.0.2.5/24`, `ipv4`; not set where ACTION is `several`.'],
  ['ADDRESSES, ADDRESSES_FILE', 'addresses.d: one line per change, `added 192.0.2.5/24`, and a file with all of them.'],
  ['OLDLINK', 'links.d: the previous name.'],
  [
    'DHCP_LEASE',
    'State events and leases.d: the lease of the link in one line, of systemd-networkd `ADDRESS=… NETMASK=…`, of dhclient `ADDRESS=…,DNS=…,ROUTER=…`. Its ' +
      'values in variables of their own are below; lists are separated by spaces, and what a lease does not say is not set. Values are checked.',
  ],
  ...Object.entries(leaseVariableTexts),
  ['OLD_DHCP_LEASE, OLD_DHCP_ROUTER, …', 'leases.d: the same of the lease before this one, or of the one that went.'],
  ['DNS, DOMAIN', 'Leases of dhclient: as DHCP_DNS, but separated by commas, and DHCP_DOMAIN.'],
  [
    'RULES, RULES_FILE',
    'rules.d: one line a change, `added ipv4 9999: from 192.0.2.5 lookup main`, and a file with all of them.',
  ],
  [
    'ROUTES, ROUTES_FILE',
    'routes.d: one line a change, and a file with all of them: `added default via 192.0.2.1 table main`, as ip-route(8) writes it, always with the table, by its ' +
      'name where iproute2 knows one (`rt_tables`, read with the configuration). `changed default via 192.0.2.2 table main was default via 192.0.2.1 table main`: ' +
      'what it was is missing where that is not known. `lost`: messages of the kernel were lost, list the routes anew.',
  ],
  [
    'JSON, JSON_FILE',
    'The link as JSON, and a file that holds it while the script runs. JSON is left out where it does not fit. What is in it: link.schema.json.',
  ],
  ['PATH', "The system's default. Nothing else of the daemon's environment is passed on."],
];

const files: readonly (readonly [string, string])[] = [
  ['/etc/network-broker/network-broker.toml', 'network-broker.toml(5)'],
  ['/etc/network-broker/*.d/', 'scripts'],
  ['/var/lib/network-broker/last-configuration.json', 'the last valid configuration'],
  ['/run/network-broker/state.json', 'what has been acted on since boot'],
  ['/usr/share/network-broker/link.schema.json', 'what `JSON` holds, as a JSON Schema (draft 2020-12)'],
  ['/run/network-broker/control.sock', 'the socket of `status`'],
  [
    '/run/network-broker/control-own.sock',
    "the same for root and the daemon's own user, in case others crowd the first",
  ],
];

const signals: readonly (readonly [string, string])[] = [
  ['SIGHUP', 'Rereads the configuration. An invalid one is refused, and the old one stays in use.'],
  [
    'SIGTERM, SIGINT',
    'Stops once running scripts have ended, after 80 s at the latest; a second signal stops at once.',
  ],
];

/** network-broker(8), in roff; commands and options are taken from the table that the parser reads. */
export const manual = (version: string): string =>
  [
    heading('network-broker', 8, version),
    section('NAME', roff('network-broker - runs scripts when the network changes')),
    section('SYNOPSIS', '\\fBnetwork\\-broker\\fR [\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]'),
    section('DESCRIPTION', ...description.map(roffOf)),
    `.SH COMMANDS\n${forms.map(command).join('\n')}`,
    terms('ARGUMENTS', Object.entries(words)),
    `.SH OPTIONS\n${Object.entries(options).map(option).join('\n')}`,
    terms('SCRIPT DIRECTORIES', directories),
    terms('ENVIRONMENT OF SCRIPTS', variables),
    terms('SIGNALS', signals),
    section('EXIT STATUS', roff('0: success. 1: failure. 2: usage error. 78: invalid configuration (run, reload).')),
    terms('FILES', files),
    section('SEE ALSO', roff('network-broker.toml(5), networkctl(1), systemd-networkd(8), dhclient(8), rtnetlink(7)')),
    '',
  ].join('\n');
