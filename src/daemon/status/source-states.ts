import { distinctUntilChanged, filter, ignoreElements, map, merge, type Observable, take, tap } from 'rxjs';
import type { Generator } from '../../model/config.js';
import type { Sink } from '../../model/flow.js';
import type { World } from '../../model/world.js';
import type { SourceState } from '../../model/source-state.js';
import type { LogRecord } from '../../text/log-records.js';

const said = (name: string, { is, why }: SourceState): LogRecord => ({
  level: is === 'lost' || is === 'starting' ? 'debug' : 'info', // a loss is a fault, too, and is warned of as that
  message: why === '' ? `${name}: ${is}` : why,
  fields: { kind: 'source', source: name, state: is, why },
});

const generators: ReadonlySet<string> = new Set<Generator>(['systemd-networkd', 'dhclient', 'rtnetlink']);
const isGenerator = (name: string): boolean => generators.has(name);

/** A source that has lost somebody, the bus say, waits for them as well. */
const isUp = (state: SourceState | undefined): boolean => state !== undefined && state.is !== 'starting';

/** A source that is not configured says nothing. */
const isAwaited = (name: string, { config }: World): boolean => {
  const generator: readonly string[] = config?.system.generator ?? [];
  return generator.includes(name) || !isGenerator(name);
};

/** Has the kernel told its links, and does each of these sources that is configured serve, or wait for somebody? */
export const isReady =
  (names: readonly string[]) =>
  (world: World): boolean =>
    world.config !== undefined &&
    world.kernel.links !== undefined &&
    names.every(name => !isAwaited(name, world) || isUp(world.progress.sources.get(name)));

/**
 * Says how the sources are doing whenever that changes, and `ready` once the kernel has told its links and each source
 * that is configured serves, or waits for somebody who is not there yet.
 */
export const sourceStates = (
  names: readonly string[],
  write: (record: LogRecord) => void,
  ready: () => void,
): Sink => ({
  name: 'source states',
  consume: ({ world$ }) => {
    const state$ = (name: string): Observable<SourceState> =>
      world$.pipe(
        map(({ progress: { sources } }) => sources.get(name)),
        filter(state => state !== undefined),
        distinctUntilChanged((a, b) => a.is === b.is && a.why === b.why),
        tap(state => write(said(name, state))),
      );
    return merge(...names.map(state$), world$.pipe(filter(isReady(names)), take(1), tap(ready))).pipe(ignoreElements());
  },
});
