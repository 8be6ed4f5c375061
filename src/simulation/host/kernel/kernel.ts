import type { Address, Change, Link, NetlinkObject, Route } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import type { Refusal } from '../../../system/rtnetlink.js';
import type { Time } from '../../time.js';
import { ipCommand } from './ip-command.js';
import { asTold, renewAddress } from './kernel-addresses.js';
import { createLink, watchCarrier } from './kernel-links.js';
import { addRoute, deleteRoute } from './kernel-routes.js';
import { changeRule, generalRules } from './kernel-rules.js';
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
      const news = object.kind === 'address' ? asTold(state, object) : object;
      for (const listener of listeners) listener(kind, news, flags);
    },
    after: (delay, then) => {
      time.after(delay, then);
    },
    now: time.now,
  };
  const run = ipCommand(state, told);
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
    addresses: () => state.addresses.map(one => asTold(state, one)),
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
