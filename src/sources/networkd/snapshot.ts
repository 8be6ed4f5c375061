import type { Input } from '../../model/input.js';
import type { States } from '../../model/states.js';
import type { NetworkdNews } from './bus-messages.js';

/** What networkd says while it is asked for everything. */
export type Said =
  | { readonly is: 'news'; readonly news: NetworkdNews }
  | { readonly is: 'list'; readonly ifindexes: readonly number[] }
  | { readonly is: 'answer'; readonly about: number | 'manager'; readonly states: States }
  | { readonly is: 'end' };

export const newsInput = (news: NetworkdNews): Input =>
  news.of === 'link'
    ? { kind: 'networkd-link', ifindex: news.ifindex, changed: news.changed }
    : { kind: 'networkd-manager', changed: news.changed };

/**
 * The snapshot that the answers make, and the news that follow it. What came before the answer about the same object is older than
 * that answer; only of a link that came after the list there will be none.
 *
 * @param all in the order in which it came
 * @param atStart are they the first word of a networkd that was there before this daemon?
 */
export const snapshotOf = (all: readonly Said[], atStart = false): readonly Input[] => {
  const answers = new Map<number | 'manager', States>();
  const later: Input[] = [];
  let listed: ReadonlySet<number | 'manager'> | undefined;
  for (const one of all)
    if (one.is === 'list') listed = new Set(['manager', ...one.ifindexes]);
    else if (one.is === 'answer') answers.set(one.about, one.states);
    else if (one.is === 'news') {
      const about = one.news.of === 'link' ? one.news.ifindex : 'manager';
      if (answers.has(about) || listed?.has(about) === false) later.push(newsInput(one.news));
    }
  const links = [...answers].filter((answer): answer is [number, States] => answer[0] !== 'manager');
  const snapshot = { manager: answers.get('manager') ?? {}, links: new Map(links) };
  return [{ kind: 'networkd-snapshot', ...snapshot, ...(atStart && { atStart }) }, ...later];
};
