import { distinctUntilChanged, filter, ignoreElements, map, merge, type Observable, take, tap } from 'rxjs';
import type { Sink } from '../model/flow.js';
import type { SourceState, World } from '../model/world.js';
import type { LogRecord } from './describe.js';

const said = (name: string, { is, why }: SourceState): LogRecord => ({
  level: is === 'lost' || is === 'starting' ? 'debug' : 'info', // a loss is a fault, too, and is warned of as that
  message: why === '' ? `${name}: ${is}` : why,
  fields: { kind: 'source', source: name, state: is, why },
});

const isUp = (state: SourceState | undefined): boolean => state?.is === 'serving' || state?.is === 'waiting';

/**
 * Says how the sources are doing whenever that changes, and `ready` once each of them serves, or waits for somebody who
 * is not there yet.
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
        map(({ sources }) => sources.get(name)),
        filter(state => state !== undefined),
        distinctUntilChanged((a, b) => a.is === b.is && a.why === b.why),
        tap(state => write(said(name, state))),
      );
    const isReady = ({ sources }: World): boolean => names.every(name => isUp(sources.get(name)));
    return merge(...names.map(state$), world$.pipe(filter(isReady), take(1), tap(ready))).pipe(ignoreElements());
  },
});
