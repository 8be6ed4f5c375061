import type { AddressChange, AddressEvent } from './event.js';

/** What an address event tells, the oldest first: one change, and more only where events were joined. */
export const addressChanges = (event: AddressEvent): readonly AddressChange[] => {
  const { action, address, earlier = [] } = event;
  return [...earlier, { action, address }];
};
