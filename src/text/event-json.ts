import { RT_SCOPE_HOST, RT_SCOPE_LINK, RT_SCOPE_SITE, RT_SCOPE_UNIVERSE } from '@network-stack/netlink/constants';
import { addressKey } from '../model/address.js';
import { addressChanges } from '../model/address-changes.js';
import type { AddressChange, NetworkEvent } from '../model/event.js';
import type { Step } from '../model/world.js';

type Fields = Readonly<Record<string, unknown>>;

/** RT_SCOPE_* in the words of ip-address(8); others by their number. */
const scopes: ReadonlyMap<number, string> = new Map([
  [RT_SCOPE_UNIVERSE, 'global'],
  [RT_SCOPE_SITE, 'site'],
  [RT_SCOPE_LINK, 'link'],
  [RT_SCOPE_HOST, 'host'],
]);

const addressFields = ({ action, address }: AddressChange): Fields => {
  const { family, scope } = address;
  return { action, address: addressKey(address), family, scope: scopes.get(scope) ?? String(scope) };
};

const fieldsOf = (event: NetworkEvent): Fields => {
  switch (event.kind) {
    case 'link-state':
    case 'manager-state':
      return { changed: event.changed, previous: event.previous };
    case 'link':
      return { action: event.action, ...(event.oldName === '' ? {} : { oldLink: event.oldName }) };
    case 'address':
      if (event.earlier === undefined) return addressFields(event);
      return { action: 'several', changes: addressChanges(event).map(addressFields) };
    case 'route':
    case 'rule':
      return { changes: event.changes };
    case 'lease': {
      const { family, addresses, prefixes, expire } = event.lease;
      return {
        action: event.action,
        client: event.origin,
        family,
        addresses,
        prefixes,
        expire,
        changes: event.changes,
      };
    }
    case 'sleep':
      return { action: event.action };
    case 'extension':
      return { extension: event.extension, payload: event.payload };
  }
};

const linkOf = (event: NetworkEvent): Fields =>
  event.kind === 'manager-state' || event.kind === 'sleep' || event.kind === 'rule'
    ? {}
    : { ...('name' in event && { link: event.name }), ifindex: event.ifindex };

/** An event for programs: docs/monitor.md describes the fields, which are stable. */
export const eventJson = ({ id, at, event }: Step): Fields => ({
  time: new Date(at).toISOString(),
  id,
  kind: event.kind,
  ...linkOf(event),
  ...fieldsOf(event),
});
