import { inspect } from 'node:util';
import type { Observable } from 'rxjs';
import type { Config } from '../model/config.js';
import type { Report } from '../model/fault.js';
import type { Flow, Stage } from '../model/flow.js';

/** What an extension's source says; it becomes an event of kind `extension`. */
export interface Said {
  /** whatever the extension likes; only who knows the extension knows what it is */
  readonly payload: unknown;
  /** the link that it is about; 0, or left out: none */
  readonly ifindex?: number;
}

/** Reports what the broker itself does not know; resubscribed with growing pauses when it fails or completes. */
export type ExtensionSource = (config$: Observable<Config>) => Observable<Said>;

/**
 * Acts on the flow. Its values are ignored; what goes wrong is for `report`. When it fails it is called again at the next
 * event. It has to end when the flow ends: the daemon waits for it before it stops.
 */
export type ExtensionSink = (flow: Flow, report: Report) => Observable<unknown>;

/** What `defineExtension` is given. */
export interface Extension {
  /** in the log, and in its events: letters, digits, `-`, `_`, `.` */
  readonly name: string;
  /** operators on the events that `Links=` lets pass and that have settled, before they reach any sink */
  readonly stages?: readonly Stage[];
  readonly sinks?: readonly ExtensionSink[];
  readonly sources?: readonly ExtensionSource[];
  /** be told of routes and policy rules, also while there is no script for them; each costs the daemon time */
  readonly routes?: boolean;
}

const parts = ['stages', 'sinks', 'sources'] as const;
const known: readonly string[] = ['name', ...parts, 'routes'];

const wrong = (expected: string, found: unknown): TypeError =>
  new TypeError(`defineExtension: expected ${expected}, found ${inspect(found, { depth: 1, breakLength: Infinity })}`);

/** Checks an extension's parts and returns them. Throws a TypeError that says what was expected and what was found. */
export const defineExtension = (extension: Extension): Extension => {
  const given: unknown = extension;
  if (typeof given !== 'object' || given === null)
    throw wrong('an object { name, stages, sinks, sources, routes }', given);
  const name: unknown = Reflect.get(given, 'name');
  if (typeof name !== 'string' || !/^[\w.-]{1,64}$/.test(name))
    throw wrong('a name of up to 64 letters, digits, -, _ and .', name);
  for (const part of parts) {
    const functions: unknown = Reflect.get(given, part);
    if (functions === undefined) continue;
    if (!Array.isArray(functions) || !functions.every(each => typeof each === 'function'))
      throw wrong(`${part} of ${name} to be a list of functions`, functions);
  }
  const routes: unknown = Reflect.get(given, 'routes');
  if (routes !== undefined && typeof routes !== 'boolean') throw wrong(`routes of ${name} to be true or false`, routes);
  const surplus = Object.keys(given).filter(key => !known.includes(key));
  if (surplus.length > 0) throw wrong(`nothing in ${name} but ${known.join(', ')}`, surplus.join(', '));
  return extension;
};
