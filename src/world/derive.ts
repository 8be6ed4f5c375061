import type { NetworkEvent } from '../model/event.js';
import type { Step } from '../model/world.js';

/**
 * A step for an event that a stage derives from another. It keeps the id, time and World of the original step, so that
 * log, scripts (`EVENT_ID`) and outcomes refer to the event behind it; `cause` is that event (the first one, if derived
 * repeatedly). It is handled like any other event, in the lane of its own link. It is not remembered over a restart of
 * the daemon: if its cause is told again, it is derived again. Pure.
 *
 * @example
 * step$.pipe(mergeMap(step => [step, derive(step, { kind: 'extension', extension: 'online', ifindex: 0, payload: true })]))
 *
 * @experimental
 */
export const derive = (step: Step, event: NetworkEvent): Step => ({ ...step, event, cause: step.cause ?? step.event });
