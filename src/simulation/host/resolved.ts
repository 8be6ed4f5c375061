import { ipTextOf } from '../../model/ip/ip-address.js';
import type { Reply, SimulatedBus } from './simulated-bus.js';
import type { Kernel } from './kernel/kernel.js';

const NAME = 'org.freedesktop.resolve1';

/** The DNS settings of a link, as systemd-resolved has them. */
export interface LinkDns {
  readonly servers: readonly string[];
  /** search domains; with `~` routing-only ones */
  readonly domains: readonly string[];
}

/** systemd-resolved: it forgets all when it is restarted, and a link's settings with the link. */
export interface Resolved {
  readonly start: () => void;
  readonly stop: () => void;
  /** of links for which something is set, by ifindex */
  readonly settings: () => ReadonlyMap<number, LinkDns>;
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const addressOf = (entry: unknown): string => {
  const [, bytes] = isList(entry) ? entry : [];
  return bytes instanceof Uint8Array ? (ipTextOf([...bytes]) ?? '') : '';
};
const domainOf = (entry: unknown): string => {
  const [name, isRoutingOnly] = isList(entry) ? entry : [];
  return `${isRoutingOnly === true ? '~' : ''}${String(name)}`;
};

/** @param isManaged does systemd-networkd configure this link? Its settings are not to be made here */
export const createResolved = (
  kernel: Kernel,
  bus: SimulatedBus,
  isManaged: (ifindex: number) => boolean,
): Resolved => {
  const settings = new Map<number, LinkDns>();
  const none: LinkDns = { servers: [], domains: [] };
  kernel.listen((kind, object) => {
    if (kind === 'delete' && object.kind === 'link') settings.delete(object.ifindex);
  });
  const answer = ({ member, body = [] }: { readonly member: string; readonly body?: readonly unknown[] }): Reply => {
    const ifindex = Number(body[0]);
    if (kernel.link(ifindex) === undefined) return { errorName: `${NAME}.NoSuchLink` };
    if (isManaged(ifindex) || ifindex === 1) return { errorName: `${NAME}.LinkBusy` };
    const before = settings.get(ifindex) ?? none;
    const values = isList(body[1]) ? body[1] : [];
    if (member === 'SetLinkDNS') settings.set(ifindex, { ...before, servers: values.map(addressOf) });
    if (member === 'SetLinkDomains') settings.set(ifindex, { ...before, domains: values.map(domainOf) });
    const { servers, domains } = settings.get(ifindex) ?? none;
    if (servers.length + domains.length === 0) settings.delete(ifindex);
    return [];
  };
  return {
    settings: () => settings,
    start: () => {
      if (bus.ownerOf(NAME) === undefined) bus.own({ name: NAME, answer });
    },
    stop: () => {
      settings.clear();
      bus.leave(NAME);
    },
  };
};
