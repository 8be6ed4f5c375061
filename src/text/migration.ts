import { oneLine } from '../model/values/one-line.js';

/** A script of another program's, and what would become of it. */
export interface ForeignScript {
  readonly path: string;
  /** `when a link becomes routable`; empty: never */
  readonly when: string;
  /** why never */
  readonly why: string;
}

/** What there is of another program that runs scripts at changes of the network. */
export interface ForeignTree {
  readonly program: 'networkd-dispatcher' | 'NetworkManager';
  readonly state: 'runs' | 'idle' | 'absent';
  /** where it was told to look; empty: where it does by itself */
  readonly path: readonly string[];
  readonly startupTriggers: boolean;
  /** what it was told that has no counterpart */
  readonly untold: readonly string[];
  readonly scripts: readonly ForeignScript[];
}

const states = {
  runs: 'runs on this host',
  idle: 'is installed on this host, but does not run',
  absent: 'is not installed on this host: other packages bring these scripts for it, and nothing runs them',
} as const;

const isRun = ({ when }: ForeignScript): boolean => when !== '';

const scriptLine = ({ path, when, why }: ForeignScript): string =>
  `  ${oneLine(path)}\n      ${when === '' ? `never: ${oneLine(why)}` : when}`;

const beforehand = ({ program, state }: ForeignTree): readonly string[] => {
  if (state === 'absent') return ['Remove the # before the table below if they are to run.'];
  if (state === 'idle') return [];
  return program === 'networkd-dispatcher'
    ? ['Before network-broker starts, or else each runs twice: systemctl disable --now networkd-dispatcher']
    : [
        'As long as NetworkManager runs, it runs these scripts, and network-broker must not: each would run twice. Once',
        'systemd-networkd configures the links (systemctl disable --now NetworkManager), remove the # before the table below.',
      ];
};

/** In which way they will notice that another program runs them. */
const differences = ({ program }: ForeignTree): readonly string[] => [
  'They have been root’s, and User = "root" keeps it so: systemctl enable --now network-broker-root.socket',
  'Without that line they run as the user network-broker, which may configure the network and little else.',
  program === 'networkd-dispatcher'
    ? 'Each may take 90 s, after that it is ended (TimeoutSec = …): until now there was no limit.'
    : 'They are not told of hostname, vpn-up, vpn-down, reapply, and get no CONNECTION_UUID: see migrating.md.',
];

const table = ({ program, path, startupTriggers }: ForeignTree): readonly string[] => [
  '[[Tree]]',
  `Style = ${JSON.stringify(program)}`,
  ...(path.length === 0 ? [] : [`Path = ${JSON.stringify(path)}`]),
  'User = "root"',
  ...(program === 'NetworkManager' ? ['TimeoutSec = 600'] : []),
  ...(startupTriggers ? ['StartupTriggers = true'] : []),
];

const commented = (line: string): string => `# ${line}`.trimEnd();

const section = (tree: ForeignTree): readonly string[] => {
  const { program, state, startupTriggers, untold, scripts } = tree;
  if (scripts.length === 0)
    return [
      commented(
        `${program} ${state === 'absent' ? 'is not installed on this host' : states[state]}, and has no scripts.`,
      ),
    ];
  const isUsed = scripts.some(isRun);
  const isInForce = state === 'idle' || (state === 'runs' && program === 'networkd-dispatcher');
  const words = [
    `${program} ${states[state]}${startupTriggers ? ' (told --run-startup-triggers)' : ''}.`,
    ...untold.map(text => `It was told ${oneLine(text)}, which means nothing to network-broker.`),
    ...scripts.flatMap(script => scriptLine(script).split('\n')),
    ...(isUsed ? [...beforehand(tree), ...differences(tree)] : []),
  ];
  if (!isUsed) return words.map(commented);
  return [...words.map(commented), '', ...table(tree).map(isInForce ? line => line : commented)];
};

/** What would become of other programs' scripts, in comments, and the tables `[[Tree]]` that make it so: a drop-in (TOML). */
export const migration = (trees: readonly ForeignTree[]): string =>
  `${[
    '# Scripts that changes of the network run on this host, and what network-broker makes of them. To put it into force:',
    '#   network-broker migrate >/etc/network-broker/network-broker.toml.d/50-migrated.toml && network-broker check',
    ...trees.flatMap(tree => ['', ...section(tree)]),
  ].join('\n')}\n`;
