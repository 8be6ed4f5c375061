import type { Changes } from '../../src/trace/view/view-data.js';
import { upTo } from './search-sorted.js';

/** What is so of each subject, by names: indexes of texts. */
export type Subjects = ReadonlyMap<number, ReadonlyMap<number, number>>;

/** One thing that is now otherwise. Indexes of texts; 0: there was, or is, no such thing. */
export interface Difference {
  readonly subject: number;
  readonly name: number;
  readonly before: number;
  readonly now: number;
  /** number of the mark that made it so, or -1 */
  readonly mark: number;
}

export interface Worlds {
  /** The World at this time. */
  readonly at: (time: number) => Subjects;
  /** The last change up to this time, all of that moment. */
  readonly changedAt: (time: number) => readonly Difference[];
  /** What one mark made so, at once or later. */
  readonly changedBy: (mark: number) => readonly Difference[];
}

/** So many changes are folded at most for one question. */
const CHECKPOINT = 512;

type Known = Map<number, Map<number, number>>;

const copied = (known: Subjects): Known => new Map([...known].map(([subject, facts]) => [subject, new Map(facts)]));

export const createWorlds = ({ at, mark, subject, name, value }: Changes): Worlds => {
  /** The World before every CHECKPOINTth change, as far as anybody asked. */
  const checkpoints: Subjects[] = [new Map()];
  const fold = (known: Known, from: number, to: number): Known => {
    for (let nth = from; nth < to; nth += 1) {
      const [whose = 0, what = 0, now = 0] = [subject[nth], name[nth], value[nth]];
      const facts = known.get(whose) ?? new Map<number, number>();
      if (now === 0) facts.delete(what);
      else facts.set(what, now);
      if (facts.size === 0) known.delete(whose);
      else known.set(whose, facts);
    }
    return known;
  };
  const after = (count: number): Subjects => {
    const nearest = Math.floor(count / CHECKPOINT);
    for (let nth = checkpoints.length; nth <= nearest; nth += 1)
      checkpoints.push(fold(copied(checkpoints[nth - 1] ?? new Map()), (nth - 1) * CHECKPOINT, nth * CHECKPOINT));
    return fold(copied(checkpoints[nearest] ?? new Map()), nearest * CHECKPOINT, count);
  };

  const difference = (nth: number, before: Subjects): Difference => {
    const [whose = 0, what = 0, now = 0, by = -1] = [subject[nth], name[nth], value[nth], mark[nth]];
    return { subject: whose, name: what, before: before.get(whose)?.get(what) ?? 0, now, mark: by };
  };
  /** The changes from `from` to `to`, one for each name, without those that were taken back at once. */
  const between = (from: number, to: number): readonly Difference[] => {
    const before = after(from);
    const last = new Map<string, Difference>();
    for (let nth = from; nth < to; nth += 1) {
      const one = difference(nth, before);
      last.set(`${one.subject} ${one.name}`, one);
    }
    return [...last.values()].filter(one => one.before !== one.now);
  };

  return {
    at: time => after(upTo(at, time)),
    changedAt: time => {
      const end = upTo(at, time);
      const moment = at[end - 1];
      if (moment === undefined) return [];
      let start = end - 1;
      while (start > 0 && at[start - 1] === moment) start -= 1;
      return between(start, end);
    },
    changedBy: by => {
      const all: Difference[] = [];
      for (let nth = mark.indexOf(by); nth >= 0; nth = mark.indexOf(by, nth + 1)) all.push(difference(nth, after(nth)));
      return all.filter(one => one.before !== one.now);
    },
  };
};
