import type { Instant, Lease } from '../../model/lease.js';
import { leaseActions } from '../../model/event.js';
import type { BoundLease, LeaseNews } from '../../model/world.js';
import { isRecord, isText, textOf, textsOf } from '../../model/values/unknown.js';

const isInstant = (value: unknown): value is Instant => value === 'never' || typeof value === 'number';
const isPair = (value: unknown): value is [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every(isText);

const leaseOf = (value: unknown): Lease | undefined => {
  if (!isRecord(value)) return undefined;
  const { family, start, renew, rebind, expire, options } = value;
  if (family !== 'ipv4' && family !== 'ipv6') return undefined;
  if (!isInstant(renew) || !isInstant(rebind) || !isInstant(expire)) return undefined;
  return {
    family,
    link: textOf(value.link),
    addresses: textsOf(value.addresses),
    prefixes: textsOf(value.prefixes),
    server: textOf(value.server),
    routes: textsOf(value.routes),
    routers: textsOf(value.routers),
    subnetMask: textOf(value.subnetMask),
    dns: textsOf(value.dns),
    domain: textOf(value.domain),
    search: textsOf(value.search),
    hostname: textOf(value.hostname),
    start: isInstant(start) ? start : undefined,
    renew,
    rebind,
    expire,
    released: value.released === true,
    bootp: value.bootp === true,
    options: new Map(Array.isArray(options) ? options.filter(isPair) : []),
  };
};

/** For JSON, which has no maps. */
export const boundLeaseFields = ({ origin, ifindex, name, lease }: BoundLease): object => ({
  origin,
  ifindex,
  name,
  lease: { ...lease, options: [...lease.options] },
});

/** The reverse; undefined if it is not a lease. */
export const boundLeaseOf = (value: unknown): BoundLease | undefined => {
  if (!isRecord(value)) return undefined;
  const { origin, ifindex, name } = value;
  const lease = leaseOf(value.lease);
  if (lease === undefined || typeof ifindex !== 'number' || !isText(name)) return undefined;
  if (origin !== 'dhclient' && origin !== 'systemd-networkd') return undefined;
  return { origin, ifindex, name, lease, missingSince: undefined };
};

export const leaseNewsFields = (news: LeaseNews): object => ({ ...boundLeaseFields(news), action: news.action });

/** The same, read back; undefined: it says nothing of the kind. */
export const leaseNewsOf = (value: unknown): LeaseNews | undefined => {
  const bound = boundLeaseOf(value);
  const action = leaseActions.find(word => isRecord(value) && word === value.action);
  return bound === undefined || action === undefined ? undefined : { ...bound, action };
};
