import { fault, type Fault } from '../../model/fault.js';
import type { Outcome } from '../../model/outcome.js';
import type { Action, Ours, Plan } from '../reconcile/target.js';
import type { LinkFacts } from './read-facts.js';
import { type Looked, targetStates } from './target-states.js';
import type { UnitChange } from './unit-change.js';
import { filesKey, instanceIn, isOfFiles, keyOfUnit, keysOfLink, unitsOf, type Wish } from './wishes.js';

/** What there is, of what is looked at. */
export interface ActualUnits {
  /** of targets and files; undefined: all there are */
  readonly keys: ReadonlySet<string> | undefined;
  readonly wishes: ReadonlyMap<string, Wish>;
  /** what tells one account of a link from the next, by instance: of all links that have targets */
  readonly revisions: ReadonlyMap<string, string>;
  /** targets that are active, or are about to be */
  readonly up: ReadonlySet<string>;
  /** targets that somebody has masked */
  readonly masked: ReadonlySet<string>;
  /** what is told of the links that were looked at, by instance */
  readonly facts: ReadonlyMap<string, LinkFacts>;
  /** instances of which there are files; undefined: those that we have written */
  readonly described: ReadonlySet<string> | undefined;
}

/** Contents of what is wanted and was started, and is not active any more: somebody has stopped it. */
const LEFT = 'stopped by somebody: ';

const stoppedBySomebody = (unit: string): Fault =>
  fault('unit-left', `${unit} was started and is not active any more: it is left so until the state changes`);

/** The first of a chain's targets that is active although it must not be: with it go those above it. */
const surplus = (units: readonly string[], level: number, up: ReadonlySet<string>): string | undefined =>
  units.find((unit, nth) => nth >= level && up.has(unit));

const unitAction = (
  change: Extract<UnitChange, { unit: string }>,
  key: string,
  contents: string,
): Action<UnitChange> => ({
  change,
  key,
  contents,
  text: `${change.do} ${change.unit}`,
  isExcused: true,
});

interface Planned {
  readonly actions: readonly Action<UnitChange>[];
  /** what becomes of the key; undefined: nothing is to be there */
  readonly contents: string | undefined;
  /** why nothing is done although it is not as it is to be, for people */
  readonly why?: string;
  readonly news?: Fault;
}

const MASKED = 'it is masked';
const STOPPED = 'somebody has stopped it';

/** What is to be done about one chain. */
const planChain = (key: string, wish: Wish | undefined, { up, masked }: ActualUnits, ours: Ours): Planned => {
  const units = unitsOf(key);
  const { level = 0, contents = '' } = wish ?? {};
  const kept = level === 0 ? undefined : contents;
  const top = units[level - 1];
  if (top !== undefined && !up.has(top)) {
    if (masked.has(top)) return { actions: [], contents: kept, why: MASKED };
    const before = ours.get(key)?.contents;
    const left = LEFT + contents;
    if (before === left) return { actions: [], contents: left, why: STOPPED };
    if (before === contents) return { actions: [], contents: left, why: STOPPED, news: stoppedBySomebody(top) };
    return { actions: [unitAction({ do: 'start', unit: top }, key, contents)], contents: kept };
  }
  const unit = surplus(units, level, up);
  return {
    actions: unit === undefined ? [] : [unitAction({ do: 'stop', unit }, key, contents)],
    contents: kept,
  };
};

const did = { start: 'started', stop: 'stopped' } as const;

/** A link's targets are told of where they start and stop; its files are not. */
const toldOf = (done: readonly Action<UnitChange>[], wishes: ReadonlyMap<string, Wish>): readonly Outcome[] =>
  done.flatMap(({ key, change }): readonly Outcome[] =>
    change.do === 'start' || change.do === 'stop'
      ? [{ kind: 'applied', ifindex: wishes.get(key)?.ifindex ?? 0, message: `${change.unit}: ${did[change.do]}` }]
      : [],
  );

/** Stops, then descriptions, then starts: what starts finds what it is to read. */
const rank = { stop: 0, remove: 1, write: 2, start: 3 } as const;

/** What is to be done about the files of one link. */
const planFiles = (key: string, { revisions, facts, described }: ActualUnits, ours: Ours): Planned => {
  const instance = instanceIn(key);
  const contents = revisions.get(instance);
  if (contents === undefined) {
    const change = { do: 'remove', instance } as const;
    return { actions: [{ change, key, contents: '', text: `forget ${instance}` }], contents };
  }
  const now = facts.get(instance);
  const isThere = ours.get(key)?.contents === contents && described?.has(instance) !== false;
  if (now === undefined || isThere) return { actions: [], contents };
  const change = { do: 'write', instance, facts: now } as const;
  return { actions: [{ change, key, contents, text: `describe ${instance}`, isExcused: true }], contents };
};

/** All keys that there may be something about. */
const allKeys = ({ wishes, revisions, up, described }: ActualUnits, ours: Ours): ReadonlySet<string> =>
  new Set([
    ...wishes.keys(),
    ...ours.keys(),
    ...[...up].flatMap(unit => keyOfUnit(unit) ?? []),
    ...[...revisions.keys()].flatMap(instance => [filesKey(instance), ...keysOfLink(instance)]),
    ...[...(described ?? [])].map(filesKey),
  ]);

/** What makes the targets, and the files that describe their links, as they are called for. */
export const unitsDiff = (actual: ActualUnits, ours: Ours): Plan<UnitChange> => {
  const { wishes, up } = actual;
  const keys = actual.keys ?? allKeys(actual, ours);
  const desired = new Map<string, string>();
  for (const [key, { contents }] of ours) if (!keys.has(key)) desired.set(key, contents);
  const actions: Action<UnitChange>[] = [];
  const news: Fault[] = [];
  const looked: Looked[] = [];
  for (const key of keys) {
    const wish = wishes.get(key);
    const planned = isOfFiles(key) ? planFiles(key, actual, ours) : planChain(key, wish, actual, ours);
    actions.push(...planned.actions);
    if (planned.contents !== undefined) desired.set(key, planned.contents);
    if (planned.news !== undefined) news.push(planned.news);
    looked.push({ key, level: wish?.level ?? 0, why: planned.why ?? '' });
  }
  return {
    actions: actions.toSorted((a, b) => rank[a.change.do] - rank[b.change.do]),
    conflicts: [],
    desired,
    told: (done, failures) => [...news, ...toldOf(done, wishes), ...targetStates(looked, up, done, failures)],
  };
};
