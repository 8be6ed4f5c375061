/** Objects for people, a line each, and as JSON. */
import type { NetlinkObject } from '../codec/message.js';
import type { FurtherObject } from '../further.js';
import { infoOf, portOf } from '../link-info.js';
import { encapOf } from '../codec/encap.js';

type Shown = NetlinkObject | FurtherObject;

/** What a line begins with; the rest of the fields follows with `--details`. */
const FIRST: Readonly<Record<Shown['kind'], readonly string[]>> = {
  link: ['ifindex', 'name', 'up', 'mtu', 'hardwareAddress', 'master', 'info', 'port'],
  address: ['ifindex', 'address', 'prefixLength', 'peer', 'label', 'validLifetime'],
  route: ['destination', 'gateway', 'via', 'oif', 'table', 'priority', 'protocol', 'multipath', 'nexthopId', 'encap'],
  rule: ['priority', 'family', 'from', 'to', 'iif', 'oif', 'fwmark', 'table', 'goto', 'action'],
  neighbour: ['ifindex', 'address', 'hardwareAddress', 'state', 'flags', 'master'],
  nexthop: ['id', 'gateway', 'oif', 'group', 'blackhole', 'fdb'],
  netconf: ['ifindex', 'family', 'forwarding', 'rpFilter', 'proxyNeighbour'],
  nsid: ['id', 'targetId', 'currentId'],
  prefix: ['ifindex', 'address', 'prefixLength', 'lifetimes'],
  'nd-useropt': ['ifindex', 'source', 'options'],
};

/** An object with what its bytes mean, where that is known. */
export function explained(object: Shown): Readonly<Record<string, unknown>> {
  if (object.kind === 'link') {
    const { infoKind, infoData, slaveKind, slaveData, ...link } = object;
    const [info, port] = [infoOf(object), portOf(object)];
    const raw = {
      ...(info === undefined ? { infoKind, infoData } : { info }),
      ...(port === undefined ? { slaveKind, slaveData } : { port }),
    };
    return { ...link, ...raw, up: (link.flags & 1) !== 0 };
  }
  if (object.kind === 'route' && object.encap !== undefined)
    return { ...object, encap: encapOf(object.encap) ?? object.encap };
  return { ...object };
}

/** Bytes are hexadecimal digits; fields without a value are left out. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part instanceof Uint8Array ? Buffer.from(part).toString('hex') : typeof part === 'bigint' ? String(part) : part,
  );

/** `link ifindex=3 name=veth0 …`: text that holds more than plain characters is quoted. */
export function line(object: Shown, details: boolean): string {
  const fields = explained(object);
  const first = FIRST[object.kind];
  const rest = details ? Object.keys(fields).filter(name => name !== 'kind' && !first.includes(name)) : [];
  return [object.kind, ...[...first, ...rest].flatMap(name => word(name, fields[name]))].join(' ');
}

const PLAIN = /^[\w.:/@%+-]+$/;

function word(name: string, value: unknown): readonly string[] {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
  if (typeof value === 'string' && PLAIN.test(value)) return [`${name}=${value}`];
  return [`${name}=${toJson(value)}`];
}
