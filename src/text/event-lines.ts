import type { NetworkEvent } from '../model/event.js';
import { oneLine } from '../model/values/one-line.js';
import { eventDetails, subjectOf } from './event-words.js';

/** Marks a text with a colour: 32 is green (ECMA-48, select graphic rendition). */
export type Paint = (colour: number) => (text: string) => string;

const GREEN = 32;
const RED = 31;
const CYAN = 36;
const good = new Set(['routable', 'configured', 'online', 'enslaved', 'added', 'bound', 'renewed']);
const bad = new Set(['off', 'no-carrier', 'missing', 'failed', 'offline', 'removed', 'expired', 'released', 'lost']);

/** `eth0 (2)` */
const about = (event: NetworkEvent): string =>
  'name' in event && event.name !== '' ? `${subjectOf(event)} (${event.ifindex})` : subjectOf(event);

/** An event for people, one line or more: `12:00:00.123 eth0 (2): OperationalState=routable (was degraded)`. */
export const eventLines = (event: NetworkEvent, clock: string, paint: Paint): readonly string[] => {
  const word = (text: string): string => {
    const shown = oneLine(text);
    return good.has(text) ? paint(GREEN)(shown) : bad.has(text) ? paint(RED)(shown) : shown;
  };
  const subject = paint(CYAN)(oneLine(about(event)));
  return eventDetails(event, word).map(text => `${clock} ${subject}: ${text}`);
};
