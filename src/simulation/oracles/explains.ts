import type { Span } from './truth.js';

/** Something that scripts were told. */
export interface Told {
  readonly at: number;
  /** since when scripts ran without a pause: so old the event may be */
  readonly since: number;
  readonly value: string;
  readonly isRerun: boolean;
}

/**
 * Is there an account of what was told: spans of the truth, each at most once and in their order, that leaves out only what may be
 * left out? After each told value the spans that it may stand for are known, -1 being none yet.
 *
 * @param last what was told before
 * @param mayMiss a span that need not be told; one whose value was told last, with only such in between, need not either
 * @param mayRepeat a value that may stand for the span that the one before it stood for
 */
export const explains = (
  told: readonly Told[],
  spans: readonly Span[],
  last: string | undefined,
  mayMiss: (span: Span) => boolean,
  mayRepeat: (told: Told, before: Told | undefined) => boolean,
): boolean => {
  const valueAt = (end: number): string | undefined => (end < 0 ? last : spans[end]?.value);
  let ends = new Set([-1]);
  for (const [nth, one] of told.entries()) {
    const next = new Set<number>();
    for (const end of ends) {
      const value = valueAt(end);
      if (value === one.value && mayRepeat(one, told[nth - 1])) next.add(end);
      for (const [at, span] of spans.entries()) {
        if (at <= end) continue;
        if (span.from > one.at) break;
        if (span.value === one.value) next.add(at);
        if (!mayMiss(span) && span.value !== value) break;
      }
    }
    if (next.size === 0) return false;
    ends = next;
  }
  return [...ends].some(end => spans.slice(end + 1).every(span => mayMiss(span) || span.value === valueAt(end)));
};
