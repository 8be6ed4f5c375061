import type { AddressChange } from '../../model/event.js';
import type { RouteChange } from '../../model/route/route.js';
import type { RuleChange } from '../../model/route/rule.js';
import { fitting } from './environment.js';

const routeLine = ({ action, route, was }: RouteChange): string =>
  [action, route, was && `was ${was}`].filter(Boolean).join(' ');

/**
 * Route changes for scripts, one line each: `changed default via 192.0.2.2 table main was default via 192.0.2.1 table
 * main`.
 */
export const routeLines = (changes: readonly RouteChange[]): string => changes.map(routeLine).join('\n');

/** Rule changes for scripts, one line each: `added ipv4 9999: from 192.0.2.5 lookup main`. */
export const ruleLines = (changes: readonly RuleChange[]): string =>
  changes.map(({ action, rule }) => (rule === '' ? action : `${action} ${rule}`)).join('\n');

/** Address changes for scripts, one line each: `added 192.0.2.5/24`. */
export const addressLines = (changes: readonly AddressChange[]): string =>
  changes.map(({ action, address: { address, prefixLength } }) => `${action} ${address}/${prefixLength}`).join('\n');

/** As many whole lines, from the first, as fit into the variable `name`. */
export const linesThatFit = (name: string, lines: string): string => {
  const room = fitting(name);
  if (Buffer.byteLength(lines) <= room) return lines;
  const bytes = Buffer.from(lines);
  return bytes.toString('utf8', 0, Math.max(0, bytes.lastIndexOf('\n', room)));
};
