import type { Change, Group, Message, NetlinkObject, Route, RouteFilter } from '@network-stack/netlink';
import { defer, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import type { KernelConnection, Refusal, Rtnetlink } from '../system/rtnetlink.js';
import { fakeLinks } from './fake-links.js';
import { fakeTables, matches, refusal } from '../fakes/fake-tables.js';
import { routeLine, routeOf, ruleLine, ruleOf } from '../fakes/ip-text.js';

export { routeOf, ruleOf };

const noLink = refusal('ENODEV', 19);

/** The group whose members are told of an object (linux/rtnetlink.h, RTNLGRP_*). */
const groupOf = (object: NetlinkObject): Group =>
  object.kind === 'link' ? 'link' : `${object.family === 10 ? 'ipv6' : 'ipv4'}-${object.kind}`;

interface Subscriber {
  readonly groups: Set<Group>;
  readonly message$: Subject<readonly Message[]>;
}

export interface FakeKernel extends Rtnetlink {
  /**
   * What there is, in the words of ip(8): `eth0 UP`, `192.0.2.5/24 dev eth0`, routes with their tables, and rules,
   * `9999: from 192.0.2.5 lookup 10002 proto ours`.
   */
  readonly show: (what: 'link' | 'address' | 'route' | 'rule') => readonly string[];
  /**
   * Somebody changes something, and the kernel tells of it: `link add eth0`, `link set eth0 up` (`down`, `carrier off`,
   * `name lan0`, `master br0`), `address add 192.0.2.5/24 dev eth0`, `route add default via 192.0.2.1 dev eth0`,
   * `rule delete …`. What cannot be done is an Error.
   */
  readonly ip: (...commands: readonly string[]) => void;
  /** what was asked for: `rule add 9999: from …`; since it was last read */
  readonly done: () => readonly string[];
  /** fails every change whose text this is true of */
  refuses: (text: string) => Refusal | undefined;
  /** fails every list */
  unreadable: boolean;
  /** how often rules were listed */
  readonly passes: () => number;
}

/**
 * A kernel in memory: what `ip` does is told to who is subscribed, and lists show it. Keys and refusals of rules and
 * routes are the kernel's as far as policy rules need them. A link has the ifindex of `theLink(name)`.
 *
 * @experimental
 */
export const fakeKernel = (): FakeKernel => {
  let passes = 0;
  const done: string[] = [];
  const subscribers = new Set<Subscriber>();
  const tell = (kind: 'new' | 'delete', object: NetlinkObject): void => {
    const message: Message = { kind, type: 0, flags: 0, sequence: 0, port: 0, object };
    for (const { groups, message$ } of subscribers) if (groups.has(groupOf(object))) message$.next([message]);
  };
  const links = fakeLinks(tell);
  const { rules, routes, change, remove } = fakeTables(tell);
  const text = ({ action, object }: Change): string => {
    switch (object.kind) {
      case 'route':
        return `route ${action} ${routeLine(object)}`;
      case 'rule':
        return `rule ${action} ${ruleLine(object)}`;
      case 'address':
        return `address ${action} ${object.address}`;
    }
  };
  const apply = (one: Change): Refusal | undefined => {
    done.push(text(one));
    const refused = kernel.refuses(text(one));
    return refused ?? change(one.action, one.object);
  };
  const isListed = ({ table, protocol, type, family, oif }: RouteFilter, route: Route): boolean =>
    matches({ table, protocol, type, family, oif }, route);
  const listed = <T>(list: () => T): Observable<T> =>
    defer(() => (kernel.unreadable ? throwError(() => new Error('list rules: ENOBUFS')) : of(list())));
  const connect = (joined: readonly Group[]): Observable<KernelConnection> =>
    new Observable(out => {
      const subscriber: Subscriber = { groups: new Set(joined), message$: new Subject() };
      subscribers.add(subscriber);
      out.add(() => subscribers.delete(subscriber));
      const { groups, message$ } = subscriber;
      out.next({
        message$,
        overrun$: NEVER,
        drain: () => undefined,
        join: group => groups.add(group),
        leave: group => groups.delete(group),
      });
    });
  const ip = (command: string): void => {
    const [what = '', action = '', ...words] = command.trim().split(/\s+/);
    if (what === 'link' || what === 'address') {
      links.run(what, action, words);
      return;
    }
    if (what !== 'route' && what !== 'rule') throw new Error(`expected link, address, route or rule, found ${command}`);
    const text = words.map((word, nth) => (words[nth - 1] === 'dev' ? links.indexOf(word) : word)).join(' ');
    const object = what === 'rule' ? ruleOf(text) : routeOf(text);
    const error =
      action === 'delete'
        ? remove(object, text.includes('proto'))
        : change(action === 'add' ? 'add' : 'replace', object);
    if (error !== undefined) throw new Error(`${command}: ${error.message}`);
  };
  const show: FakeKernel['show'] = what => {
    if (what === 'rule') return rules().map(ruleLine);
    if (what !== 'route') return links.show(what);
    return routes().map(route => routeLine(route).replace(/ dev (\d+)/, (_, n) => ` dev ${links.nameOf(Number(n))}`));
  };

  const kernel: FakeKernel = {
    show,
    ip: (...commands) => commands.forEach(ip),
    done: () => done.splice(0),
    refuses: () => undefined,
    unreadable: false,
    passes: () => passes,
    connect,
    links: () => listed(() => [...links.links.values()]),
    link: ifindex =>
      defer(() => {
        const found = links.links.get(ifindex);
        return found === undefined ? throwError(() => Object.assign(new Error(noLink.message), noLink)) : of(found);
      }),
    addresses: ifindex =>
      listed(() => links.addresses().filter(one => ifindex === undefined || one.ifindex === ifindex)),
    routes: filter => listed(() => routes().filter(route => isListed(filter, route))),
    rules: () =>
      listed(() => {
        passes += 1;
        return rules();
      }),
    apply: changes => defer(() => of(changes.map(apply))),
  };
  return kernel;
};
