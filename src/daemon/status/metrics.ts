import {
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  map,
  merge,
  mergeMap,
  type Observable,
  switchMap,
  tap,
} from 'rxjs';
import type { ListenPlace } from '../../model/config.js';
import type { Fault } from '../../model/fault.js';
import type { Sink } from '../../model/flow.js';
import { untilEndOf } from '../../operators/until-end-of.js';
import type { Passed } from '../../system/sockets/metrics-socket.js';
import type { StatusReport } from '../../text/status-report.js';

type Serve = (place: ListenPlace | Passed, report: () => StatusReport) => Observable<Fault>;

/** With an HTTP server, which nobody needs who does not serve metrics. */
const loaded: Serve = (place, report) =>
  defer(() => import('./serve-metrics.js')).pipe(mergeMap(({ serveMetrics }) => serveMetrics(place, report)));

const isAlike = (a: ListenPlace | undefined, b: ListenPlace | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/**
 * Serves metrics where the configuration says, and at sockets that systemd listens to. What could not be opened is tried again with
 * the next configuration.
 */
export const metrics = (report: () => StatusReport, passed: readonly number[], serve: Serve = loaded): Sink => ({
  name: 'metrics',
  consume: ({ world$ }) => {
    let hasFailed = false;
    const configured$ = world$.pipe(
      map(({ config }) => config),
      distinctUntilChanged(),
      filter(config => config !== undefined),
      map(config => config.metrics.listen),
      distinctUntilChanged((a, b) => isAlike(a, b) && !hasFailed),
      tap(() => (hasFailed = false)),
      switchMap(place => (place === undefined ? EMPTY : serve(place, report))),
      tap(() => (hasFailed = true)),
    );
    return merge(configured$, ...passed.map(fd => serve({ fd }, report))).pipe(untilEndOf(world$));
  },
});
