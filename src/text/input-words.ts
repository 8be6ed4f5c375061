import { addressKey } from '../model/address.js';
import type { Input, KernelChange } from '../model/input.js';
import { oneLine } from '../model/values/one-line.js';
import type { States } from '../model/states.js';

/** The name of a link by its ifindex. */
type NameOf = (ifindex: number) => string;

const pairs = (states: States): string =>
  Object.entries(states)
    .map(([property, value]) => `${property}=${value}`)
    .join(' ');

const changeWords = (change: KernelChange, nameOf: NameOf): string => {
  switch (change.what) {
    case 'link':
      return `link ${change.link.name}: flags 0x${change.link.flags.toString(16)}`;
    case 'link-gone':
      return `link ${nameOf(change.ifindex)} gone`;
    case 'address':
      return `address ${addressKey(change.address)} of ${nameOf(change.address.ifindex)}`;
    case 'address-gone':
      return `address ${addressKey(change.address)} of ${nameOf(change.address.ifindex)} gone`;
    case 'route':
    case 'rule': {
      const what = change.what === 'rule' ? change.change.rule : change.change.route;
      return `${change.ours ? 'our ' : ''}${change.what} ${change.change.action} ${what}`.trimEnd();
    }
  }
};

/** The most changes of the kernel that are named; the rest are counted. */
const MAX_NAMED = 3;

/** What a source said, in one line. */
export const inputWords = (input: Input, nameOf: NameOf): string => {
  switch (input.kind) {
    case 'config':
      return 'configuration';
    case 'kernel-dump':
      return `all links (${input.links.length}) and addresses (${input.addresses.length})${input.afterLoss ? ', after messages were lost' : ''}`;
    case 'kernel': {
      const named = input.changes.slice(0, MAX_NAMED).map(change => changeWords(change, nameOf));
      const rest = input.changes.length - MAX_NAMED;
      return oneLine(named.join('; ') + (rest > 0 ? `; and ${rest} more` : ''));
    }
    case 'listing':
      return oneLine(`${input.directory}: ${input.scripts} scripts`);
    case 'networkd-snapshot':
      return `all states, of ${input.links.size} links`;
    case 'networkd-link':
      return oneLine(`${nameOf(input.ifindex)}: ${pairs(input.changed)}`);
    case 'networkd-manager':
      return oneLine(pairs(input.changed));
    case 'networkd-unheard':
      return `signals were lost: ${input.unheard.length} unheard`;
    case 'source':
      return oneLine(`${input.name} ${input.state.is}${input.state.why === '' ? '' : `: ${input.state.why}`}`);
    case 'fault':
      return oneLine(input.fault.message);
    case 'link-overdue':
      return `the kernel did not name link ${input.ifindex} in time`;
    case 'leases':
      return `lease files: ${input.leases.length} leases`;
    case 'networkd-leases':
      return oneLine(`${nameOf(input.ifindex)}: ${input.leases.length} leases`);
    case 'clock':
      return 'the time';
    case 'sleep':
      return input.action;
    case 'extension':
      return oneLine(input.extension);
  }
};
