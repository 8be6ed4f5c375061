import { IF_OPER_DOWN, IF_OPER_UP, IFF_LOWER_UP, IFF_RUNNING, IFF_UP } from '@network-stack/netlink/constants';
import type { Address, Link, NetlinkObject } from '@network-stack/netlink';
import { theLink } from './events.js';
import { wordsOf } from '../fakes/ip-text.js';

/** Says to whoever is subscribed that an object is there, or is so now, or has gone. */
export type Tell = (kind: 'new' | 'delete', object: NetlinkObject) => void;

const CARRIER = IFF_RUNNING | IFF_LOWER_UP;

const withFlags = (link: Link, flags: number): Link => {
  const hasBoth = (flags & IFF_UP) !== 0 && (flags & CARRIER) === CARRIER;
  return { ...link, flags, operState: hasBoth ? IF_OPER_UP : IF_OPER_DOWN };
};

/** Links and addresses in memory, changed in the words of ip-link(8) and ip-address(8). */
export const fakeLinks = (tell: Tell) => {
  const links = new Map<number, Link>();
  let addresses: readonly Address[] = [];

  const named = (name: string): Link => {
    const found = [...links.values()].find(link => link.name === name);
    if (found === undefined) throw new Error(`expected a link, found no ${name}: add it first`);
    return found;
  };
  const nameOf = (ifindex: number): string => links.get(ifindex)?.name ?? String(ifindex);
  const put = (link: Link): void => {
    links.set(link.ifindex, link);
    tell('new', link);
  };
  const add = (name: string): void =>
    put({
      kind: 'link',
      family: 0,
      ifindex: theLink(name).ifindex,
      name,
      alternativeNames: [],
      hardwareType: 1,
      flags: 0x1002, // IFF_BROADCAST | IFF_MULTICAST
      change: 0,
      operState: IF_OPER_DOWN,
    });
  const removeAddresses = (isGone: (address: Address) => boolean): void => {
    const gone = addresses.filter(isGone);
    addresses = addresses.filter(one => !gone.includes(one));
    for (const one of gone) tell('delete', one);
  };
  const set = (link: Link, [what = '', value = '']: readonly string[]): void => {
    switch (what) {
      case 'up':
        put(withFlags(link, link.flags | IFF_UP | CARRIER));
        break;
      case 'down':
        put(withFlags(link, link.flags & ~(IFF_UP | CARRIER)));
        break;
      case 'carrier':
        put(withFlags(link, value === 'on' ? link.flags | CARRIER : link.flags & ~CARRIER));
        break;
      case 'name':
        put({ ...link, name: value });
        break;
      case 'master':
        put({ ...link, master: named(value).ifindex });
        break;
      case 'nomaster':
        put({ ...link, master: 0 });
        break;
      default:
        throw new Error(`expected up, down, carrier, name, master or nomaster, found ${what}`);
    }
  };
  const link = (action: string, [name = '', ...rest]: readonly string[]): void => {
    if (action === 'add') add(name);
    else if (action === 'set') set(named(name), rest);
    else {
      const gone = named(name);
      removeAddresses(({ ifindex }) => ifindex === gone.ifindex);
      links.delete(gone.ifindex);
      tell('delete', gone);
    }
  };
  const address = (action: string, [text = '', ...rest]: readonly string[]): void => {
    const [bare = '', length = bare.includes(':') ? '128' : '32'] = text.split('/');
    const { ifindex } = named(wordsOf(rest.join(' ')).get('dev') ?? '');
    const family = bare.includes(':') ? 10 : 2;
    const one: Address = {
      kind: 'address',
      family,
      ifindex,
      address: bare,
      prefixLength: Number(length),
      scope: /^(fe80:|169\.254\.)/.test(bare) ? 253 : 0,
      flags: 0x80, // IFA_F_PERMANENT
    };
    removeAddresses(old => action === 'delete' && old.ifindex === ifindex && old.address === bare);
    if (action === 'delete') return;
    addresses = [...addresses, one];
    tell('new', one);
  };

  return {
    links,
    addresses: (): readonly Address[] => addresses,
    nameOf,
    indexOf: (name: string): string => (/^\d+$/.test(name) ? name : String(named(name).ifindex)),
    /** `link set eth0 up`, `address add 192.0.2.5/24 dev eth0`, in parts */
    run: (what: 'link' | 'address', action: string, words: readonly string[]): void => {
      if (what === 'link') link(action, words);
      else address(action, words);
    },
    show: (what: 'link' | 'address'): readonly string[] =>
      what === 'link'
        ? [...links.values()].map(({ name, operState }) => `${name} ${operState === IF_OPER_UP ? 'UP' : 'DOWN'}`)
        : addresses.map(({ address: ip, prefixLength, ifindex }) => `${ip}/${prefixLength} dev ${nameOf(ifindex)}`),
  };
};
