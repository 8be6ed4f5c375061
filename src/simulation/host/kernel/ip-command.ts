import type { Link } from '@network-stack/netlink';
import * as k from '@network-stack/netlink/constants';
import { routeOf, ruleOf, wordsOf } from '../../../fakes/ip-text.js';
import { addAddress, deleteAddress } from './kernel-addresses.js';
import { changeLink, createLink, deleteLink, setDown, setUp, watchCarrier } from './kernel-links.js';
import { addRoute, deleteRoute, isSix } from './kernel-routes.js';
import { changeRule } from './kernel-rules.js';
import { type KernelState, linkNamed, refuse } from './kernel-state.js';

/**
 * What somebody's `ip` of iproute2 does; what cannot be done is refused.
 *
 * @param told when the carrier of a link was told last, by ifindex
 */
export const ipCommand = (state: KernelState, told: Map<number, number>): ((command: string) => void) => {
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
  return command => {
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
};
