import { addressWords } from '../model/address-changes.js';
import type { NetworkEvent } from '../model/event.js';
import type { States } from '../model/link.js';
import type { Outcome, ScriptRan } from '../model/outcome.js';

/** What happened, and in which row of a diagram: that of a link, of its scripts, of another sink. */
export interface Words {
  readonly row: string;
  readonly text: string;
}

const pairs = (states: States): string =>
  Object.entries(states)
    .map(([property, value]) => `${property}=${value}`)
    .join(' ');

/** An event in a few words, without its link. */
const eventText = (event: NetworkEvent): string => {
  switch (event.kind) {
    case 'link-state':
    case 'manager-state':
      return pairs(event.changed);
    case 'link':
      return `link ${event.action}`;
    case 'address':
      return addressWords(event);
    case 'route':
      return `${event.changes.length} routes changed`;
    case 'lease':
      return `${event.lease.family} lease ${event.action}`;
    case 'extension':
      return `extension ${event.extension}`;
  }
};

/** The link, or whoever else an event is about. */
const eventRow = (event: NetworkEvent): string => {
  if (event.kind === 'manager-state') return 'networkd';
  if (event.kind === 'extension') return event.extension;
  return event.name === '' ? `link ${event.ifindex}` : event.name;
};

/** `policy rules of eth1: rule add …`: who did it for whom, and what. */
const deed = (message: string): Words => {
  const [row = '', ...text] = message.split(': ');
  return { row, text: text.join(': ') };
};

const run = ({ script, step, exit, error }: ScriptRan): Words => {
  const how = error ?? exit.signal ?? `status ${exit.code ?? '?'}`;
  return {
    row: `${eventRow(step.event)} scripts`,
    text: `${script.split('/').slice(-2).join('/')} ${how}, event ${step.id}`,
  };
};

/** What a diagram shows of an outcome: one thing, or nothing. */
export const rowsOf = (outcome: Outcome): readonly Words[] => {
  switch (outcome.kind) {
    case 'seen':
      return [{ row: eventRow(outcome.step.event), text: eventText(outcome.step.event) }];
    case 'fault':
      return [{ row: 'faults', text: outcome.message }];
    case 'applied':
      return [deed(outcome.message)];
    case 'script-ran':
      return [run(outcome)];
    case 'began':
    case 'done':
    case 'script-output':
    case 'policy':
      return [];
  }
};

/**
 * An outcome in the words of `network-broker diagram`, or nothing: `eth0: OperationalState=routable`,
 * `eth0 scripts: routable.d/10-x status 0, event 5`, `host name: alpha`.
 */
export const outcomeWords = (outcome: Outcome): readonly string[] =>
  rowsOf(outcome).map(({ row, text }) => `${row}: ${text}`);
