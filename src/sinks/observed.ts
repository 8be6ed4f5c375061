import { map } from 'rxjs';
import type { Sink } from '../model/flow.js';

/**
 * Tells of every event that passes: the log's and the monitor's view of the flow.
 *
 * @experimental
 */
export const seenSink: Sink = {
  name: 'seen',
  consume: ({ step$ }) => step$.pipe(map(step => ({ kind: 'seen', step }))),
};
