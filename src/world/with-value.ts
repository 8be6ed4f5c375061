type Pair<K, V> = readonly [K, V];

/** Pairs are kept in blocks of so many (a power of two): where one changes, its block is copied, and the list of blocks. */
const BLOCK_SIZE = 128;

type Blocks<K, V> = (Pair<K, V> | undefined)[][];

/**
 * An immutable Map that shares its keys with Maps made from it. Additions go to the end of shared lists: each Map looks
 * no farther than its own `length`. Removals leave a gap.
 */
class SharedKeys<K, V> implements ReadonlyMap<K, V> {
  constructor(
    /** where in the blocks a key is */
    private readonly places: Map<K, number>,
    private readonly blocks: Blocks<K, V>,
    private readonly length: number,
    readonly size: number,
  ) {}

  static of<K, V>(pairs: readonly Pair<K, V>[]): SharedKeys<K, V> {
    const blocks: Blocks<K, V> = [];
    for (let from = 0; from < pairs.length; from += BLOCK_SIZE) blocks.push(pairs.slice(from, from + BLOCK_SIZE));
    return new SharedKeys(new Map(pairs.map(([key], place) => [key, place])), blocks, pairs.length, pairs.length);
  }

  /** The same with this pair for the key, a new one at the end; without the key if undefined. */
  changed(key: K, pair: Pair<K, V> | undefined): SharedKeys<K, V> {
    const { places, length } = this;
    const place = places.get(key) ?? length;
    if (place < length) return this.replaced(place, pair);
    if (pair === undefined) return this;
    // Another Map made from this one has added something: the shared lists are taken.
    if (places.size !== length) return SharedKeys.of(this.all()).changed(key, pair);
    places.set(key, length);
    const block = (this.blocks[Math.floor(length / BLOCK_SIZE)] ??= []); // behind all that anybody knows of
    block[length % BLOCK_SIZE] = pair;
    return new SharedKeys(places, this.blocks, length + 1, this.size + 1);
  }
  private replaced(place: number, pair: Pair<K, V> | undefined): SharedKeys<K, V> {
    const nth = Math.floor(place / BLOCK_SIZE);
    const block = (this.blocks[nth] ?? []).slice();
    const size = this.size + (pair === undefined ? 0 : 1) - (block[place % BLOCK_SIZE] === undefined ? 0 : 1);
    block[place % BLOCK_SIZE] = pair;
    const blocks = this.blocks.slice();
    blocks[nth] = block;
    const made = new SharedKeys(this.places, blocks, this.length, size);
    return size * 2 < this.length ? SharedKeys.of(made.all()) : made;
  }

  private at(key: K): Pair<K, V> | undefined {
    const place = this.places.get(key);
    return place === undefined || place >= this.length
      ? undefined
      : this.blocks[Math.floor(place / BLOCK_SIZE)]?.[place % BLOCK_SIZE];
  }
  private all(): readonly Pair<K, V>[] {
    const all: Pair<K, V>[] = [];
    let place = 0;
    for (const block of this.blocks)
      for (const pair of block) {
        if (place >= this.length) return all;
        place += 1;
        if (pair !== undefined) all.push(pair);
      }
    return all;
  }
  has(key: K): boolean {
    return this.at(key) !== undefined;
  }
  get(key: K): V | undefined {
    return this.at(key)?.[1];
  }
  keys(): MapIterator<K> {
    return this.all()
      .map(([key]) => key)
      .values();
  }
  values(): MapIterator<V> {
    return this.all()
      .map(([, value]) => value)
      .values();
  }
  entries(): MapIterator<[K, V]> {
    return this.all()
      .map(([key, value]): [K, V] => [key, value])
      .values();
  }
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }
  forEach(call: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.all()) call(value, key, this);
  }
}

const isShared = <K, V>(map: ReadonlyMap<K, V>): map is SharedKeys<K, V> => map instanceof SharedKeys;
const shared = <K, V>(map: ReadonlyMap<K, V>): SharedKeys<K, V> => (isShared(map) ? map : SharedKeys.of([...map]));

/**
 * Another Map with this value. An existing key costs the copy of a block, a new one nothing: filling a new Map entry by
 * entry took an eighth of a replay's time for 20 links.
 */
export const withValue = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> =>
  shared(map).changed(key, [key, value]);

/** Another Map without this key. */
export const withoutKey = <K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> =>
  shared(map).changed(key, undefined);

/** Is it a Map, or a Map with shared keys? */
export const isMap = (value: unknown): value is ReadonlyMap<unknown, unknown> =>
  value instanceof Map || value instanceof SharedKeys;
