import * as rxjs from 'rxjs';
import { addressKey } from '../model/address.js';
import { addressChanges } from '../model/address-changes.js';
import * as guards from '../model/event-guards.js';
import { customFault } from '../model/fault.js';
import { concatMapByKey } from '../operators/concat-map-by-key.js';
import { conflateMap } from '../operators/conflate-map.js';
import { perLink } from '../operators/steps/per-link.js';
import { derive } from '../world/derive.js';
import { joinKey, joinSteps } from '../world/join.js';
import { linkNamed, linkStates } from '../world/links-by-name.js';
import { defineExtension, type Extension } from './extension.js';

/** The broker's own operators, and what goes with them. */
const operators = { concatMapByKey, conflateMap, joinKey, joinSteps, perLink };

/** What helps to read events and worlds, and to say what went wrong. */
const events = { ...guards, addressChanges, addressKey, derive, fault: customFault, linkNamed, linkStates };

/**
 * What an extension is handed: the daemon's own instances. A module in /etc finds no node_modules, and Observables of a
 * second RxJS would not go with these.
 */
export const kit = { rxjs, operators, events, defineExtension };

export type ExtensionKit = typeof kit;

/** The default export of an extension module. */
export type ExtensionModule = (kit: ExtensionKit) => Extension;
