import { defer, filter, mergeMap, type MonoTypeOperatorFunction, of } from 'rxjs';
import type { Link } from '../model/link.js';
import type { Outcome } from '../model/outcome.js';
import { escapedPattern } from '../model/values/escaped-pattern.js';
import { describe } from '../text/log-records.js';
import { choosesLink } from '../world/link-patterns.js';
import type { Moment } from './recorded-time.js';
import type { Replayed } from './replay-trace.js';

/** What of a replay is shown; all that is not said is. */
export interface Portion {
  /** patterns of links: only what is about them */
  readonly links?: readonly string[] | undefined;
  /** from and to this moment */
  readonly from?: Moment | undefined;
  readonly to?: Moment | undefined;
  /** only what happens within `AROUND_MS` of what has this in its text */
  readonly around?: string | undefined;
}

const AROUND_MS = 5000;

const textOf = (told: Replayed): string => {
  if ('outcome' in told)
    return describe(told.outcome)
      .map(({ message }) => message)
      .join('\n');
  return 'unanswered' in told ? told.unanswered : 'unasked' in told ? told.unasked : '';
};

/** Headers and inputs are no happenings. */
const isShown = (told: Replayed): boolean => !('header' in told || 'input' in told);

const between = (from: Moment | undefined, to: Moment | undefined): ((told: Replayed) => boolean) => {
  let origin = 0;
  const atOf = (moment: Moment): number => ('after' in moment ? moment.after : moment.epoch - origin);
  return told => {
    if ('header' in told) origin = told.header.began + told.header.at - told.at;
    if (!isShown(told)) return true;
    return (from === undefined || told.at >= atOf(from)) && (to === undefined || told.at <= atOf(to));
  };
};

/** The links that this tells of. */
const linksIn = (told: Replayed): readonly Link[] => {
  if ('header' in told) return [...(told.header.start.kernel.links?.values() ?? [])];
  if (!('input' in told)) return [];
  const { input } = told;
  if (input.kind === 'kernel-dump') return input.links;
  return input.kind === 'kernel' ? input.changes.flatMap(change => ('link' in change ? change.link : [])) : [];
};

const namesOf = (outcome: Outcome): readonly string[] => {
  if (!('step' in outcome)) return [];
  const { event } = outcome.step;
  return [...('name' in event ? [event.name] : []), ...('oldName' in event ? [event.oldName] : [])];
};

/** `eth1` is no word of `eth10`. */
const word = (name: string): RegExp => new RegExp(`(?<![\\w.-])${escapedPattern(name)}(?![\\w-])`);

const about = (patterns: readonly string[]): ((told: Replayed) => boolean) => {
  const chosen = new Map<string, RegExp>();
  return told => {
    for (const link of linksIn(told))
      if (choosesLink(patterns, link))
        for (const name of [link.name, ...link.alternativeNames]) if (!chosen.has(name)) chosen.set(name, word(name));
    if (!isShown(told)) return true;
    if ('outcome' in told && 'step' in told.outcome) return namesOf(told.outcome).some(name => chosen.has(name));
    const text = textOf(told);
    return [...chosen.values()].some(one => one.test(text));
  };
};

/**
 * Shows what comes up to five seconds before and after what has this text.
 *
 * ```
 * told     -a-b----------c-X-d-----------e-|      X: it has the text
 * result   --------------(cX)d-------------|
 * ```
 */
const near =
  (text: string): MonoTypeOperatorFunction<Replayed> =>
  told$ =>
    defer(() => {
      let before: Replayed[] = [];
      let until = -Infinity;
      return told$.pipe(
        mergeMap(told => {
          if (!isShown(told)) return of(told);
          if (textOf(told).includes(text)) until = told.at + AROUND_MS;
          if (told.at <= until) {
            const all = [...before.filter(({ at }) => at >= told.at - AROUND_MS), told];
            before = [];
            return all;
          }
          before.push(told);
          while (before[0] !== undefined && before[0].at < told.at - AROUND_MS) before.shift();
          return [];
        }),
      );
    });

/** What of a replay is shown. Headers and inputs always pass. */
export const portion =
  ({ links, from, to, around }: Portion): MonoTypeOperatorFunction<Replayed> =>
  told$ =>
    defer(() => {
      const shown$ = told$.pipe(filter(between(from, to)), filter(links === undefined ? () => true : about(links)));
      return around === undefined ? shown$ : shown$.pipe(near(around));
    });
