import { linkNameOf, type NetworkEvent } from '../model/event.js';
import type { States } from '../model/states.js';
import type { Step } from '../model/world.js';
import { isOfChosenLink } from '../world/chosen-links.js';
import { reasons } from '../sinks/scripts/reasons.js';
import type { Environment } from '../sinks/scripts/environment.js';
import { type Start, startsFor } from '../sinks/units/starts-for.js';
import { type Verdict } from '../sinks/scripts/judge.js';
import { styles } from '../sinks/scripts/styles/styles.js';
import { type Listed, ownersFor, type TreeDirectories } from '../sinks/scripts/trees.js';
import type { Tree } from '../model/config.js';
import { oneLine } from '../model/values/one-line.js';
import type { Paint } from './event-lines.js';
import { eventWords } from './event-words.js';

export interface ExplainedTarget {
  readonly unit: string;
  /** would it be active? */
  readonly wanted: boolean;
  /** is it? null: systemd could not be asked */
  readonly active: boolean | null;
  /** why it is not as the daemon wants it, for people; empty: it is, or the daemon says nothing */
  readonly why: string;
  /** what starts or stops with it */
  readonly units: readonly string[];
}

/** What `explain --json` prints. Fields are only ever added. */
export interface Explanation {
  /** empty: of systemd-networkd itself, or of this computer */
  readonly link: string;
  readonly ifindex: number;
  readonly event: NetworkEvent['kind'];
  /** the event in words */
  readonly what: string;
  /** the present states of the link, or of systemd-networkd */
  readonly now: States;
  /** why nothing of this would run; empty: it would */
  readonly obstacles: readonly string[];
  /** in the order in which they run */
  readonly directories: readonly {
    /** in the first place of its tree; scripts may be of places after it */
    readonly path: string;
    /** for which program its scripts were written: `network-broker`, `networkd-dispatcher`, `NetworkManager` */
    readonly style: Tree['style'];
    /** who runs its scripts; null: the daemon's own user */
    readonly user: 'root' | null;
    readonly exists: boolean;
    /** why nothing in it, or in a tree below it, runs; empty: it is in order */
    readonly obstacle: string;
    /** in the order in which they run */
    readonly scripts: readonly Verdict[];
  }[];
  /** of the link, in this state, if `[Units] Links=` chooses it */
  readonly targets: readonly ExplainedTarget[];
  /** what `[[Start]]` would start after the scripts, in this order */
  readonly starts: readonly Start[];
  /** what the scripts would be given, all of it */
  readonly environment: Environment;
  /** what scripts of other programs' trees would be given, of each directory */
  readonly foreign: readonly {
    readonly path: string;
    readonly args: readonly string[];
    readonly environment: Environment;
  }[];
}

/** Puts together what is known. `owners`: users whose scripts the daemon would run. */
export const explanationOf = (
  step: Step,
  directories: readonly Listed<TreeDirectories>[],
  owners: readonly number[],
  environment: Environment,
  { targets = [], foreign = [] }: Partial<Pick<Explanation, 'targets' | 'foreign'>> = {},
): Explanation => {
  const { event, world } = step;
  const ifindex = 'ifindex' in event ? event.ifindex : 0;
  return {
    link: linkNameOf(event),
    ifindex,
    event: event.kind,
    what: eventWords(event),
    now: event.kind === 'manager-state' ? world.networkd.manager : (world.networkd.states.get(ifindex) ?? {}),
    obstacles: reasons(step, isOfChosenLink(step)),
    directories: directories.map(({ tree, layers: [path = ''], listings }) => {
      const { style, user = null } = tree;
      const { fault, scripts } = styles[style].judge(listings, ownersFor(tree, owners));
      const exists = listings.some(({ way }) => way.end !== undefined);
      return { path, style, user, exists, obstacle: fault?.message ?? '', scripts };
    }),
    targets,
    starts: startsFor(step),
    environment,
    foreign,
  };
};

/** What would become of a target. */
const fate = ({ wanted, active }: ExplainedTarget): string => {
  if (active === null) return wanted ? 'would be active' : 'would be inactive';
  if (wanted === active) return active ? 'active' : 'inactive';
  return wanted ? 'would start' : 'would stop';
};

const rows = (title: string, all: readonly string[]): readonly string[] =>
  all.length === 0 ? [] : ['', title, ...all];

/** The JSON of a link is for programs: pages of it would hide the rest. */
const shown = (name: string, value: string): string =>
  name.toUpperCase() === 'JSON' && value !== ''
    ? `… (${Buffer.byteLength(value)} bytes; --json shows it)`
    : oneLine(value);

const RED = 31;
const YELLOW = 33;
const GREEN = 32;
const colours: Readonly<Record<Verdict['is'], number>> = { run: GREEN, off: YELLOW, skipped: YELLOW, refused: RED };

/** What `explain` prints for people: scripts that would run are numbered in their order. */
export const explanationPage = (explanation: Explanation, paint: Paint): string => {
  const { link, ifindex, event, what, now, environment } = explanation;
  const isOfComputer = event === 'rule' || event === 'sleep';
  const subject = isOfComputer
    ? 'this computer'
    : event === 'manager-state'
      ? 'systemd-networkd'
      : `${link} (${ifindex})`;
  const states = Object.entries(now).map(([property, value]) => `${property}=${value}`);
  let order = 0;
  const script = ({ path, is, why }: Verdict): string => {
    const mark = is === 'run' ? String((order += 1)) : '-';
    const text = `${mark.padStart(3)}  ${oneLine(path)}`;
    return is === 'run' ? paint(GREEN)(text) : `${text}  ${paint(colours[is])(oneLine(`${is}: ${why}`))}`;
  };
  const target = (one: ExplainedTarget): string => {
    const trouble = one.why === '' ? '' : paint(RED)(`  ${oneLine(one.why)}`);
    const units = one.units.length === 0 ? '' : `: ${oneLine(one.units.join(' '))}`;
    return `  ${oneLine(one.unit)}  ${fate(one)}${units}${trouble}`;
  };
  const directories = explanation.directories.flatMap(({ path, style, user, exists, obstacle, scripts }) => {
    const notes = [style === 'network-broker' ? [] : style, user === null ? [] : `as ${user}`].flat();
    const note = notes.length === 0 ? '' : `  (${notes.join(', ')})`;
    const trouble = obstacle === '' ? [] : [`  ${paint(RED)(oneLine(obstacle))}`];
    const none = obstacle !== '' || scripts.length > 0 ? [] : [exists ? '  no scripts' : '  does not exist'];
    return ['', oneLine(`${path}${note}`), ...trouble, ...none, ...scripts.map(script)];
  });
  const variables = (all: Environment): readonly string[] =>
    Object.entries(all).map(([name, value]) => `  ${name}=${shown(name, value)}`);
  const lines = [
    oneLine(`${subject}: ${what}`),
    ...(isOfComputer ? [] : [`  now ${states.length === 0 ? 'unknown' : oneLine(states.join(' '))}`]),
    ...explanation.obstacles.map(why => paint(RED)(oneLine(`nothing runs: ${why}`))),
    ...directories,
    ...rows('Targets', explanation.targets.map(target)),
    ...rows(
      'Units',
      explanation.starts.map(({ unit, job }) => `  ${oneLine(`${job} ${unit}`)}`),
    ),
    '',
    'Environment',
    ...variables(environment),
    ...explanation.foreign.flatMap(({ path, args, environment: own }) => [
      '',
      oneLine(`Environment of ${path}${args.length === 0 ? '' : `, arguments ${args.join(' ')}`}`),
      ...variables(own),
    ]),
  ];
  return `${lines.join('\n')}\n`;
};
