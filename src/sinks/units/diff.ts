import { fault, type Fault } from '../../model/fault.js';
import type { Outcome } from '../../model/outcome.js';
import { instanceOf } from '../../model/names/unit-name.js';
import type { Action, Ours, Plan } from '../reconcile/target.js';
import type { LinkFacts } from './read-facts.js';
import { type Looked, targetStates } from './target-states.js';
import {
  filesKey,
  instanceIn,
  isOfLink,
  keyOfUnit,
  keysOfLink,
  linksOf,
  unitsOf,
  type Wanted,
  type Wish,
  wishesOf,
} from './wishes.js';

/** One step towards what is called for. */
export type UnitChange =
  | { readonly do: 'start' | 'stop'; readonly unit: string }
  | { readonly do: 'write'; readonly instance: string; readonly facts: LinkFacts }
  | { readonly do: 'remove'; readonly instance: string };

/** Which links a pass looks at; undefined: all there are. */
export type Scope = ReadonlySet<string> | undefined;

/** What there is, of the links that were looked at. */
export interface ActualUnits {
  /** instances; undefined: all */
  readonly scope: Scope;
  /** what tells one account of a link from the next, by instance: of all links that have targets */
  readonly revisions: ReadonlyMap<string, string>;
  /** targets that are active, or are about to be */
  readonly up: ReadonlySet<string>;
  /** targets that somebody has masked */
  readonly masked: ReadonlySet<string>;
  /** what is told of the links that were looked at, by ifindex */
  readonly facts: ReadonlyMap<number, LinkFacts>;
  /** the .network file of every link, by ifindex */
  readonly networkFiles: ReadonlyMap<number, string>;
  /** instances of which there are files */
  readonly described: ReadonlySet<string>;
}

/** Contents of what is wanted and was started, and is not active any more: somebody has stopped it. */
const LEFT = 'stopped by somebody: ';

/**
 * The links to be looked at: those that are otherwise than when they were last looked at, or for which something was not done; all
 * of them under a new `access`.
 *
 * @param revisions what tells one account of a link from the next, by instance
 */
export const scopeOf = (
  wishes: ReadonlyMap<string, Wish>,
  revisions: ReadonlyMap<string, string>,
  ours: Ours,
  by: string,
): Scope => {
  if (![...ours.values()].some(one => one.by === by)) return undefined;
  const wanted = new Set([...wishes.keys(), ...[...revisions.keys()].map(filesKey)]);
  const undone = [...wanted].filter(key => !ours.has(key));
  const surplus = [...ours.keys()].filter(key => !wanted.has(key));
  const changed = [...revisions].filter(([instance, now]) => ours.get(filesKey(instance))?.contents !== now);
  return new Set([
    ...[...undone, ...surplus].filter(isOfLink).map(instanceIn),
    ...changed.map(([instance]) => instance),
  ]);
};

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

/** What makes the targets, and the files that describe their links, as they are called for. */
export const unitsDiff = (wanted: Wanted, actual: ActualUnits, ours: Ours): Plan<UnitChange> => {
  const { scope, revisions, up, facts, networkFiles, described } = actual;
  const wishes = wishesOf(wanted, networkFiles);
  const isLookedAt = (key: string): boolean => scope === undefined || !isOfLink(key) || scope.has(instanceIn(key));
  const found = [...up].flatMap(unit => keyOfUnit(unit) ?? []);
  const desired = new Map<string, string>();
  const actions: Action<UnitChange>[] = [];
  const news: Fault[] = [];
  const looked: Looked[] = [];
  const ofLinks = [...(scope ?? revisions.keys())].flatMap(keysOfLink);
  for (const key of new Set([...wishes.keys(), ...ours.keys(), ...found, ...ofLinks])) {
    if (unitsOf(key).length === 0) continue;
    const wish = wishes.get(key);
    if (!isLookedAt(key)) {
      const contents = ours.get(key)?.contents;
      if (contents !== undefined) desired.set(key, contents);
      continue;
    }
    const planned = planChain(key, wish, actual, ours);
    actions.push(...planned.actions);
    if (planned.contents !== undefined) desired.set(key, planned.contents);
    if (planned.news !== undefined) news.push(planned.news);
    looked.push({ key, level: wish?.level ?? 0, why: planned.why ?? '' });
  }
  for (const { ifindex, name } of linksOf(wanted.world)) {
    const instance = instanceOf(name);
    const key = filesKey(instance);
    const contents = revisions.get(instance) ?? '';
    desired.set(key, contents);
    const now = facts.get(ifindex);
    if (now === undefined || !isLookedAt(key)) continue;
    if (ours.get(key)?.contents === contents && described.has(instance)) continue;
    const change = { do: 'write', instance, facts: now } as const;
    actions.push({ change, key, contents, text: `describe ${name}`, isExcused: true });
  }
  for (const instance of described)
    if (!revisions.has(instance)) {
      const change = { do: 'remove', instance } as const;
      actions.push({ change, key: filesKey(instance), contents: '', text: `forget ${instance}` });
    }
  return {
    actions: actions.toSorted((a, b) => rank[a.change.do] - rank[b.change.do]),
    conflicts: [],
    desired,
    told: (done, failures) => [...news, ...toldOf(done, wishes), ...targetStates(looked, up, done, failures)],
  };
};
