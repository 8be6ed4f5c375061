/**
 * What needs neither the system nor its addons: events and what reads them, the public operators, and the fold that turns Inputs
 * into a World and events. It runs wherever RxJS does, in browsers too. `network-event-broker` exports all of it except the fold.
 *
 * @packageDocumentation
 */

export * from './pure.js';
export { advance, begin, emptyWorld } from './world/advance.js';
export type { Stage } from './model/flow.js';
