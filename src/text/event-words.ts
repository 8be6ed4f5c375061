import { addressKey } from '../model/address.js';
import { addressChanges } from '../model/address-changes.js';
import type { NetworkEvent } from '../model/event.js';
import type { States } from '../model/states.js';
import { oneLine } from '../model/values/one-line.js';

/** Shows a word that says what became of something: in a colour, for example. */
type Word = (text: string) => string;

/** The link, or whoever else an event is about. */
export const subjectOf = (event: NetworkEvent): string => {
  if (event.kind === 'manager-state') return 'systemd-networkd';
  if (event.kind === 'sleep' || event.kind === 'rule') return 'this computer';
  if (event.kind === 'extension') return event.extension;
  if (event.ifindex === 0) return 'no link';
  return event.name === '' ? `link ${event.ifindex}` : event.name;
};

const pairs = (changed: States): string =>
  Object.entries(changed)
    .map(([property, value]) => oneLine(`${property}=${value}`))
    .join(' ');

const pairsWithPrevious = (changed: States, previous: States, word: Word): string =>
  Object.entries(changed)
    .map(([property, value]) => {
      const before = previous[property];
      return `${oneLine(property)}=${word(value)}${before === undefined ? '' : ` (was ${oneLine(before)})`}`;
    })
    .join(', ');

/** An event in one line, without whom it is about; many changes are counted. */
export const eventWords = (event: NetworkEvent, word: Word = oneLine): string => {
  switch (event.kind) {
    case 'link-state':
    case 'manager-state':
      return pairs(event.changed);
    case 'link':
      return `link ${word(event.action)}${event.action === 'renamed' ? ` from ${oneLine(event.oldName)}` : ''}`;
    case 'address':
      return event.earlier === undefined
        ? `address ${addressKey(event.address)} ${word(event.action)}`
        : `addresses changed: ${event.earlier.length + 1}`;
    case 'route':
      return `routes changed: ${event.changes.length}`;
    case 'rule':
      return `routing policy rules changed: ${event.changes.length}`;
    case 'lease': {
      const changed = oneLine(event.changes.map(({ name }) => name).join(' '));
      const { addresses, prefixes } = event.lease;
      const what = `lease of ${event.origin} ${word(event.action)}: ${[...addresses, ...prefixes].join(' ')}`;
      return changed === '' ? what : `${what}, changed: ${changed}`;
    }
    case 'sleep':
      return word(event.action);
    case 'extension':
      return 'event'; // of whom, its subject says
  }
};

/** All that an event says, without whom it is about: a line for each change. */
export const eventDetails = (event: NetworkEvent, word: Word = oneLine): readonly string[] => {
  switch (event.kind) {
    case 'link-state':
    case 'manager-state':
      return [pairsWithPrevious(event.changed, event.previous, word)];
    case 'address':
      return addressChanges(event).map(({ action, address }) => `address ${addressKey(address)} ${word(action)}`);
    case 'route':
      return event.changes.map(({ action, route, was }) =>
        route === ''
          ? `routes ${word(action)}`
          : `route ${word(action)} ${route}${was === undefined ? '' : ` (was ${was})`}`,
      );
    case 'rule':
      return event.changes.map(({ action, rule }) =>
        rule === '' ? `rules ${word(action)}` : `rule ${word(action)} ${rule}`,
      );
    case 'extension':
      return [oneLine(JSON.stringify(event.payload))];
    case 'link':
    case 'sleep':
    case 'lease':
      return [eventWords(event, word)];
  }
};
