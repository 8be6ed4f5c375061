import type { NetworkEvent } from '../../model/event.js';
import type { Link } from '../../model/link.js';

/** Equal in everything that is reported. */
export const sameLink = (a: Link, b: Link): boolean =>
  a.name === b.name &&
  a.flags === b.flags &&
  a.operState === b.operState &&
  a.master === b.master &&
  a.hardwareType === b.hardwareType &&
  a.kind === b.kind &&
  a.macvlanOf === b.macvlanOf &&
  a.vrfTable === b.vrfTable &&
  a.hardwareAddress === b.hardwareAddress &&
  a.mtu === b.mtu &&
  a.txQueueLength === b.txQueueLength &&
  a.alias === b.alias &&
  a.parent === b.parent &&
  a.group === b.group &&
  a.alternativeNames.length === b.alternativeNames.length &&
  a.alternativeNames.every((name, nth) => name === b.alternativeNames[nth]);

/** The event for a link that the kernel named. */
export const linkEvents = (before: Link | undefined, { ifindex, name }: Link): readonly NetworkEvent[] => {
  if (before === undefined) return [{ kind: 'link', action: 'added', ifindex, name, oldName: '' }];
  return before.name === name ? [] : [{ kind: 'link', action: 'renamed', ifindex, name, oldName: before.name }];
};

export const removed = ({ ifindex, name }: Link): NetworkEvent => ({
  kind: 'link',
  action: 'removed',
  ifindex,
  name,
  oldName: '',
});
