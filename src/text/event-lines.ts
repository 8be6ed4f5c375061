import { addressKey } from '../model/address.js';
import { addressChanges } from '../model/address-changes.js';
import type { NetworkEvent } from '../model/event.js';
import type { States } from '../model/link.js';
import { oneLine } from '../model/one-line.js';

/** Marks a text with a colour: 32 is green (ECMA-48, select graphic rendition). */
export type Paint = (colour: number) => (text: string) => string;

const GREEN = 32;
const RED = 31;
const CYAN = 36;
const good = new Set(['routable', 'configured', 'online', 'enslaved', 'added', 'bound', 'renewed']);
const bad = new Set(['off', 'no-carrier', 'missing', 'failed', 'offline', 'removed', 'expired', 'released', 'lost']);

const subjectOf = (event: NetworkEvent): string => {
  if (event.kind === 'manager-state') return 'systemd-networkd';
  if (event.kind === 'extension') return event.extension;
  if (event.ifindex === 0) return 'no link';
  return `${event.name === '' ? 'unnamed' : event.name} (${event.ifindex})`;
};

const states = (changed: States, previous: States, word: (text: string) => string): string =>
  Object.entries(changed)
    .map(([property, value]) => {
      const before = previous[property];
      return `${oneLine(property)}=${word(value)}${before === undefined ? '' : ` (was ${oneLine(before)})`}`;
    })
    .join(', ');

const news = (event: NetworkEvent, word: (text: string) => string): readonly string[] => {
  switch (event.kind) {
    case 'link-state':
    case 'manager-state':
      return [states(event.changed, event.previous, word)];
    case 'link':
      return [`link ${word(event.action)}${event.action === 'renamed' ? ` from ${oneLine(event.oldName)}` : ''}`];
    case 'address':
      return addressChanges(event).map(({ action, address }) => `address ${addressKey(address)} ${word(action)}`);
    case 'route':
      return event.changes.map(({ action, route }) =>
        route === '' ? `routes ${word(action)}` : `route ${word(action)} ${route}`,
      );
    case 'lease': {
      const changed = oneLine(event.changes.map(({ name }) => name).join(' '));
      const what = `lease of ${event.origin} ${word(event.action)}: ${event.lease.addresses.join(' ')}`;
      return [changed === '' ? what : `${what}, changed: ${changed}`];
    }
    case 'extension':
      return [oneLine(JSON.stringify(event.payload))];
  }
};

/** An event for people, one line or more: `12:00:00.123 eth0 (2): OperationalState=routable (was degraded)`. */
export const eventLines = (event: NetworkEvent, clock: string, paint: Paint): readonly string[] => {
  const word = (text: string): string => {
    const shown = oneLine(text);
    return good.has(text) ? paint(GREEN)(shown) : bad.has(text) ? paint(RED)(shown) : shown;
  };
  const subject = paint(CYAN)(oneLine(subjectOf(event)));
  return news(event, word).map(text => `${clock} ${subject}: ${text}`);
};
