import { distinctUntilChanged, filter, ignoreElements, map, merge, type Observable, take, tap } from 'rxjs';
import type { Generator } from '../../model/config.js';
import type { Sink } from '../../model/flow.js';
import type { World } from '../../model/world.js';
import type { SourceState } from '../../model/source-state.js';
import type { LogRecord } from '../../text/log-records.js';

const said = (name: string, { is, why }: SourceState): LogRecord => ({
  level: is === 'lost' || is === 'starting' ? 'debug' : 'info', // a loss is also a fault, which warns
  message: why === '' ? `${name}: ${is}` : why,
  fields: { kind: 'source', source: name, state: is, why },
});

const generators: ReadonlySet<string> = new Set<Generator>(['systemd-networkd', 'dhclient', 'rtnetlink']);
const isGenerator = (name: string): boolean => generators.has(name);

/** A source that has lost its peer waits for it, too. */
const isUp = (state: SourceState | undefined): boolean => state !== undefined && state.is !== 'starting';

/** A source that is not configured reports nothing. */
const isAwaited = (name: string, { config }: World): boolean => {
  const generator: readonly string[] = config?.system.generator ?? [];
  return generator.includes(name) || !isGenerator(name);
};

/** Has the kernel reported its links, and does each configured source among these serve or wait? */
export const isReady =
  (names: readonly string[]) =>
  (world: World): boolean =>
    world.config !== undefined &&
    world.kernel.links !== undefined &&
    names.every(name => !isAwaited(name, world) || isUp(world.progress.sources.get(name)));

/**
 * Logs the state of each source when it changes, and calls `ready` once the kernel has reported its links and each
 * configured source serves or waits.
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
