import { addTo, allOf, type Join, type Parts } from './joined.js';

/** What may become one while it waits. */
export interface Joining<T> {
  /** values of one lane with the same key may be joined; undefined: never, and nothing is joined over this one */
  readonly joinKey: (value: T) => string | undefined;
  /** one value for both, in the newer one's place; undefined: nothing is left of them */
  readonly join: Join<T>;
}

/** What waits in a lane that has become too long. */
export interface Backlog<T> {
  readonly push: (value: T) => void;
  /** the first; undefined: nothing waits any more */
  readonly shift: () => { readonly value: T } | undefined;
  readonly size: () => number;
  /** how many joins there were */
  readonly joins: () => number;
}

interface Place<T> {
  readonly key: string | undefined;
  /** empty: it was taken, or stands farther behind now */
  parts: Parts<T>;
}

/**
 * When more than `limit` wait, those of the key that most of them have become one, in the place of the newest, and what comes
 * later with this key is joined with what waits of it, as it comes. Where that is not enough, the next key follows.
 *
 * ```
 * limit 4   a1 a2 b1 b2 a3         →  b1 b2 a1a2a3
 * then a4                          →  b1 b2 a1a2a3a4
 * limit 3   a1 a2 ! a3 a4          →  a1a2 ! a3a4          !: cannot be joined
 * ```
 * An arrival costs the same, however many wait: a row that could not be shortened is looked at again when it has doubled.
 */
export const createBacklog = <T>(limit: number, { joinKey, join }: Joining<T>): Backlog<T> => {
  let row: Place<T>[] = [];
  let head = 0;
  let waiting = 0;
  let enough = limit;
  let joins = 0;
  /** keys whose values are joined as they come */
  const joining = new Set<string>();
  /** where the next value of such a key finds what waits of it */
  const newest = new Map<string, Place<T>>();

  const put = (key: string | undefined, parts: Parts<T>): void => {
    const place = { key, parts };
    const older = key === undefined ? undefined : newest.get(key);
    if (older !== undefined) {
      for (const { value } of parts) addTo(older.parts, value, join);
      place.parts = older.parts;
      older.parts = [];
      waiting -= 1;
      joins += 1;
    }
    if (key === undefined) newest.clear();
    else if (place.parts.length === 0) newest.delete(key);
    else if (joining.has(key)) newest.set(key, place);
    if (place.parts.length === 0) return;
    row.push(place);
    waiting += 1;
  };
  const chooseKeys = (places: readonly Place<T>[]): void => {
    const counts = new Map<string, number>();
    for (const { key } of places) if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
    let tooMany = places.length - limit;
    for (const [key, count] of [...counts].sort(([, a], [, b]) => b - a)) {
      if (tooMany <= 0 || count === 1) return;
      joining.add(key);
      tooMany -= count - 1;
    }
  };
  const putAgain = (): void => {
    const places = row.slice(head).filter(({ parts }) => parts.length > 0);
    const isLong = waiting > enough;
    if (isLong) chooseKeys(places);
    row = [];
    head = 0;
    waiting = 0;
    newest.clear();
    for (const { key, parts } of places) put(key, parts);
    if (isLong) enough = waiting > limit ? 2 * waiting : limit;
  };
  return {
    push: value => {
      put(joinKey(value), [{ value, size: 1 }]);
      if (waiting > enough || row.length > 2 * waiting + limit) putAgain();
    },
    shift: () => {
      for (let place = row[head]; place !== undefined; place = row[head]) {
        head += 1;
        const { key, parts } = place;
        if (parts.length === 0) continue;
        if (key !== undefined && newest.get(key) === place) newest.delete(key);
        place.parts = [];
        waiting -= 1;
        const value = allOf(parts, join);
        if (value !== undefined) return { value };
      }
      return undefined;
    },
    size: () => waiting,
    joins: () => joins,
  };
};
