import type { Address, Change, Link, NetlinkObject, Route, RuleSpec } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import { routeOf, ruleOf, wordsOf } from '../../../fakes/ip-text.js';
import { matches } from '../../../fakes/fake-tables.js';
import type { Refusal } from '../../../system/rtnetlink.js';
import type { Time } from '../../time.js';
import {
  addAddress,
  changeLink,
  createLink,
  deleteAddress,
  deleteLink,
  renewAddress,
  setDown,
  setUp,
  watchCarrier,
} from './kernel-links.js';
import { addRoute, deleteRoute, isSix } from './kernel-routes.js';
import { type KernelState, linkNamed, Refused, refuse } from './kernel-state.js';

/** Who is told of an object by the kernel. */
export type Listener = (kind: 'new' | 'delete', object: NetlinkObject, flags: number) => void;

/** A kernel in virtual time. */
export interface Kernel {
  readonly links: () => readonly Link[];
  readonly link: (ifindex: number) => Link | undefined;
  readonly addresses: () => readonly Address[];
  readonly routes: () => readonly Route[];
  readonly rules: () => KernelState['rules'];
  /** Somebody's `ip` of iproute2; the result says why it failed. A route's links are names. */
  readonly ip: (command: string) => string | undefined;
  readonly change: (change: Change) => Refusal | undefined;
  /** lifetimes of an address begin anew */
  readonly renew: (ifindex: number, address: string, seconds: number) => void;
  /** the cable of a link is pulled, or plugged in */
  readonly plug: (name: string, isIn: boolean) => void;
  readonly listen: (listener: Listener) => () => void;
}

const changeRule = (state: KernelState, action: 'add' | 'delete', spec: RuleSpec): void => {
  const family = isSix(spec.from ?? spec.to ?? '') ? k.AF_INET6 : (spec.family ?? k.AF_INET);
  const wanted = { ...spec, family };
  if (action === 'delete') {
    const found = state.rules.find(one => matches(wanted, one));
    if (found === undefined) refuse('ENOENT');
    else {
      state.rules = state.rules.filter(one => one !== found);
      state.tell('delete', found);
    }
    return;
  }
  if (family === k.AF_INET6 && !state.hasIpv6) refuse('EAFNOSUPPORT');
  const key = { ...wanted, protocol: undefined };
  const twin = state.rules.find(one => matches(key, one) && one.protocol === wanted.protocol);
  if (twin !== undefined) refuse('EEXIST');
  const rule = { action: k.FR_ACT_TO_TBL, table: k.RT_TABLE_MAIN, priority: 0, flags: 0, tos: 0, ...wanted };
  state.rules = [...state.rules, rule].toSorted((a, b) => a.priority - b.priority);
  state.tell('new', rule);
};

const generalRules: KernelState['rules'] = [k.AF_INET, k.AF_INET6].flatMap(family =>
  (family === k.AF_INET
    ? [
        [0, k.RT_TABLE_LOCAL],
        [32766, k.RT_TABLE_MAIN],
        [32767, 253],
      ]
    : [
        [0, k.RT_TABLE_LOCAL],
        [32766, k.RT_TABLE_MAIN],
      ]
  ).map(([priority = 0, table = 0]) => ({
    kind: 'rule' as const,
    family,
    action: k.FR_ACT_TO_TBL,
    table,
    priority,
    flags: 0,
    tos: 0,
    protocol: k.RTPROT_KERNEL,
  })),
);

/** A kernel that knows its loopback link, whose links are told of by name in `ip`'s own words. */
export const createKernel = (time: Pick<Time, 'now' | 'after'>): Kernel => {
  const listeners = new Set<Listener>();
  const told = new Map<number, number>();
  const state: KernelState = {
    links: new Map(),
    addresses: [],
    routes: [],
    rules: generalRules,
    lastIfindex: 0,
    plugged: new Map(),
    hasIpv6: true,
    tell: (kind, object, flags = 0) => {
      for (const listener of listeners) listener(kind, object, flags);
    },
    after: (delay, then) => {
      time.after(delay, then);
    },
    now: time.now,
  };
  const named = (name: string): Link => linkNamed(state, name) ?? refuse('ENODEV');

  const set = (link: Link, [what = '', value = '']: readonly string[]): void => {
    switch (what) {
      case 'up': {
        setUp(state, told, link);
        return;
      }
      case 'down': {
        setDown(state, told, link);
        return;
      }
      case 'name': {
        changeLink(state, link, { name: value });
        return;
      }
      case 'master': {
        const { ifindex } = named(value);
        changeLink(state, link, { master: ifindex, slaveKind: 'bridge' });
        watchCarrier(state, told, ifindex);
        return;
      }
      case 'nomaster': {
        changeLink(state, link, { master: undefined });
        if (link.master !== undefined) watchCarrier(state, told, link.master);
        return;
      }
      case 'mtu': {
        changeLink(state, link, { mtu: Number(value) });
        return;
      }
      case 'alias': {
        changeLink(state, link, { alias: value });
        return;
      }
      default:
        refuse('EINVAL');
    }
  };
  const onLink = (action: string, [name = '', ...rest]: readonly string[]): void => {
    if (action === 'set') {
      set(named(name), rest);
      return;
    }
    if (action !== 'add') {
      deleteLink(state, told, named(name));
      return;
    }
    const words = wordsOf(rest.join(' '));
    const lower = words.get('link');
    const parent = lower === undefined ? {} : { parent: named(lower).ifindex };
    const index = words.get('index');
    const ifindex = createLink(state, name, {
      infoKind: words.get('type') ?? 'veth',
      ...parent,
      ...(index !== undefined && { ifindex: Number(index) }),
    });
    if (!state.plugged.has(ifindex)) state.plugged.set(ifindex, true);
  };
  const onAddress = (action: string, [text = '', ...rest]: readonly string[]): void => {
    const words = wordsOf(rest.join(' '));
    const { ifindex } = named(words.get('dev') ?? '');
    const [address = '', length] = text.split('/');
    if (action !== 'add') {
      deleteAddress(state, ifindex, address);
      return;
    }
    const lifetime = words.get('valid_lft');
    addAddress(state, {
      kind: 'address',
      family: isSix(address) ? k.AF_INET6 : k.AF_INET,
      ifindex,
      address,
      prefixLength: Number(length ?? (isSix(address) ? 128 : 32)),
      scope: /^(fe80:|169\.254\.)/.test(address) ? k.RT_SCOPE_LINK : 0,
      flags: (lifetime === undefined ? k.IFA_F_PERMANENT : 0) | (words.has('nodad') ? k.IFA_F_NODAD : 0),
      ...(!isSix(address) && { label: words.get('dev') }),
      ...(lifetime !== undefined && { validLifetime: Number(lifetime), preferredLifetime: Number(lifetime) }),
    });
  };
  const run = (command: string): void => {
    const [what = '', action = '', ...words] = command.trim().split(/\s+/);
    if (what === 'link') {
      onLink(action, words);
      return;
    }
    if (what === 'address') {
      onAddress(action, words);
      return;
    }
    const text = words.map((word, nth) => (words[nth - 1] === 'dev' ? String(named(word).ifindex) : word)).join(' ');
    if (what === 'rule') {
      changeRule(state, action === 'add' ? 'add' : 'delete', ruleOf(text));
      return;
    }
    if (what !== 'route') refuse('EINVAL');
    const route = routeOf(text);
    if (action === 'delete') {
      const { family, destination, table, priority, gateway, oif } = route;
      deleteRoute(state, { kind: 'route', family, destination, table, priority, gateway, oif });
      return;
    }
    addRoute(state, route, action === 'replace' ? 'replace' : action === 'append' ? 'append' : 'add');
  };
  const trying = (act: () => void): Refusal | undefined => {
    try {
      act();
      return undefined;
    } catch (error) {
      if (error instanceof Refused) return error;
      throw error;
    }
  };

  createLink(state, 'lo', {
    ifindex: 1,
    hardwareType: 772,
    flags: k.IFF_LOOPBACK | k.IFF_UP | k.IFF_RUNNING | k.IFF_LOWER_UP,
    operState: 0,
  });
  run('address add 127.0.0.1/8 dev lo');

  return {
    links: () => [...state.links.values()],
    link: ifindex => state.links.get(ifindex),
    addresses: () => state.addresses,
    routes: () => state.routes,
    rules: () => state.rules,
    ip: command => {
      const refused = trying(() => run(command));
      return refused === undefined ? undefined : refused.message;
    },
    change: ({ action, object }) =>
      trying(() => {
        switch (object.kind) {
          case 'rule': {
            changeRule(state, action === 'delete' ? 'delete' : 'add', object);
            return;
          }
          case 'route': {
            if (action === 'delete') deleteRoute(state, object);
            else addRoute(state, object, action);
            return;
          }
          case 'address':
            return refuse('EINVAL');
        }
      }),
    renew: (ifindex, address, seconds) => {
      const found = state.addresses.find(one => one.ifindex === ifindex && one.address === address);
      if (found !== undefined) renewAddress(state, found, { validLifetime: seconds, preferredLifetime: seconds });
    },
    plug: (name, isIn) => {
      const link = linkNamed(state, name);
      if (link === undefined) return;
      state.plugged.set(link.ifindex, isIn);
      watchCarrier(state, told, link.ifindex);
    },
    listen: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
