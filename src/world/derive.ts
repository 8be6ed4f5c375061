import type { NetworkEvent } from '../model/event.js';
import type { Step } from '../model/world.js';

/**
 * A step for an event that a stage makes of another one. It has the id, the moment and the World of the step that it is made of, so
 * that log, scripts (`EVENT_ID`) and outcomes name the event behind it; `cause` is that event: the first, if one that was derived
 * is derived from again. It is acted on as any other, in the row of its own link. It is not kept over a restart of the daemon:
 * its cause is told again if it has to be, and it is derived anew. Pure.
 *
 * @example
 * step$.pipe(mergeMap(step => [step, derive(step, { kind: 'extension', extension: 'online', ifindex: 0, payload: true })]))
 *
 * @experimental
 */
export const derive = (step: Step, event: NetworkEvent): Step => ({ ...step, event, cause: step.cause ?? step.event });
