import { addressKey } from './address.js';
import type { AddressChange, AddressEvent } from './event.js';

/** What an address event tells, the oldest first: one change, and more only where events were joined. */
export const addressChanges = (event: AddressEvent): readonly AddressChange[] => {
  const { action, address, earlier = [] } = event;
  return [...earlier, { action, address }];
};

/** An address event in a few words: `address 192.0.2.5/24 added`, or of several `addresses changed: 300`. */
export const addressWords = ({ action, address, earlier = [] }: AddressEvent): string =>
  earlier.length === 0 ? `address ${addressKey(address)} ${action}` : `addresses changed: ${earlier.length + 1}`;
