import { map } from 'rxjs';
import type { Sink } from '../model/flow.js';

/**
 * Emits every event that passes: what the log and the monitor show.
 *
 * @experimental
 */
export const seenSink: Sink = {
  name: 'seen',
  consume: ({ step$ }) => step$.pipe(map(step => ({ kind: 'seen', step }))),
};
