import type { Link } from '@network-stack/netlink';
import type { Happening } from '../happening.js';
import type { Host } from '../host/host.js';
import { derivedOf } from '../host/networkd/derived.js';

/** The properties that choose directories. */
export const CHOOSING = ['CarrierState', 'OperationalState', 'OnlineState', 'AdministrativeState'] as const;
export type Choosing = (typeof CHOOSING)[number];

/** From when to when a property of a link had a value. */
export interface Span {
  readonly from: number;
  /** Infinity: it still has */
  to: number;
  readonly value: string;
}

/** Who tells of link states, by `Generator=`. */
export interface Generators {
  readonly networkd: boolean;
  readonly kernel: boolean;
}

export const generatorsOf = (config: string): Generators => {
  const [, words = 'systemd-networkd'] = /^Generator="(.*)"$/m.exec(config) ?? [];
  const all = words.split(' ');
  return { networkd: all.includes('systemd-networkd'), kernel: all.includes('rtnetlink') };
};

/** What was so: the values that each state of each link had, one after the other. */
export interface Truth {
  readonly see: (happening: Happening) => void;
  /** `2 CarrierState` → its spans, the oldest first */
  readonly spans: ReadonlyMap<string, Span[]>;
  /** only what is so now is remembered */
  readonly forget: () => void;
}

/**
 * States are systemd-networkd's while it is there and is a generator; else, where rtnetlink is one, what follows from the
 * kernel's facts; else nobody's, and stay as they are.
 */
export const createTruth = ({ kernel, networkd }: Host, generators: Generators): Truth => {
  const spans = new Map<string, Span[]>();
  const set = (at: number, ifindex: number, states: Readonly<Record<string, string>>): void => {
    for (const name of CHOOSING) {
      const value = states[name];
      const key = `${ifindex} ${name}`;
      const all = spans.get(key) ?? [];
      const last = all.at(-1);
      if (value === undefined || last?.value === value) continue;
      if (last !== undefined) last.to = at;
      all.push({ from: at, to: Infinity, value });
      spans.set(key, all);
    }
  };
  const end = (at: number, ifindex: number): void => {
    for (const name of CHOOSING) {
      const last = spans.get(`${ifindex} ${name}`)?.at(-1);
      if (last?.to === Infinity) last.to = at;
    }
  };
  const ofKernel = (at: number, link: Link): void => {
    const own = kernel.addresses().filter(({ ifindex }) => ifindex === link.ifindex);
    const ports = kernel.links().filter(({ master }) => master === link.ifindex);
    set(at, link.ifindex, { ...derivedOf(link, own, ports) });
  };
  const kernelTells = (): boolean => generators.kernel && !(generators.networkd && networkd.isRunning());
  const all = (at: number): void => {
    if (kernelTells()) for (const link of kernel.links()) ofKernel(at, link);
  };
  for (const { ifindex } of generators.networkd ? kernel.links() : []) set(0, ifindex, networkd.states(ifindex) ?? {});
  all(0);
  return {
    spans,
    see: happening => {
      const { at } = happening;
      if (happening.kind === 'networkd') all(at);
      if (happening.kind === 'states' && generators.networkd && happening.ifindex > 0) {
        if (Object.keys(happening.states).length === 0) end(at, happening.ifindex);
        else set(at, happening.ifindex, happening.states);
      }
      if (happening.kind !== 'kernel') return;
      const { object, is } = happening;
      if (object.kind === 'link' && is === 'delete') end(at, object.ifindex);
      if (object.kind === 'link' || object.kind === 'address') all(at);
    },
    forget: () => {
      for (const [key, list] of spans) {
        const last = list.at(-1);
        if (last === undefined || last.to < Infinity) spans.delete(key);
        else list.splice(0, list.length - 1);
      }
    },
  };
};
