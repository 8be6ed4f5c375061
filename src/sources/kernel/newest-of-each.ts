import { addressKey } from '../../model/address.js';
import type { KernelChange } from '../../model/input.js';

const keyOf = (change: KernelChange, nth: number): string => {
  switch (change.what) {
    case 'link':
      return `link ${change.link.ifindex}`;
    case 'link-gone':
      return `link ${change.ifindex}`;
    case 'address':
    case 'address-gone':
      return `address ${change.address.ifindex} ${addressKey(change.address)}`;
    case 'route':
    case 'rule':
      return `other ${nth}`;
  }
};

/** The newest word on each link and address, in their order, and every word on routes and rules. */
export const newestOfEach = (changes: readonly KernelChange[]): readonly KernelChange[] => {
  const newest = new Map<string, KernelChange>();
  for (const [nth, change] of changes.entries()) {
    const key = keyOf(change, nth);
    newest.delete(key);
    newest.set(key, change);
  }
  return [...newest.values()];
};
