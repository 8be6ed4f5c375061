import type { Happening } from '../happening.js';
import type { Told } from './explains.js';
import type { Scene } from './oracle.js';
import type { Generators, Span } from './truth.js';
import { chosen, valueOf } from './words.js';

/** Something that may excuse: a moment, of one link or (0) of all. */
interface Excuse {
  readonly at: number;
  readonly ifindex: number;
}

/** What excuses that a state was not told, or was told twice. */
export interface Excuses {
  readonly see: (happening: Happening) => void;
  /** the daemon is there, and listens to whoever tells of states */
  readonly isListening: () => boolean;
  /** networkd and the kernel both told of this time */
  readonly isHandedOver: () => boolean;
  readonly mayMiss: (ifindex: number, name: string, span: Span) => boolean;
  readonly mayRepeat: (ifindex: number) => (told: Told, before: Told | undefined) => boolean;
  readonly forget: () => void;
}

/** So long after these nobody promises that what passes is told: it is read again. Milliseconds. */
const BLUR_MS = 15_000;
/** What the kernel tells in one go is one change. Milliseconds. */
const KERNEL_BATCH_MS = 400;
/** So much later one word may come than another, so much shorter or longer seems what was between. Milliseconds. */
const LATENCY_MS = 250;
/** Where networkd was asked anew it may be seen on its way. */
const passing = new Set(['pending', 'initialized', 'configuring']);

export const createExcuses = ({ plan, host }: Scene, generators: Generators): Excuses => {
  const debounce = Number(valueOf(plan, 'DebounceSec') ?? 0) * 1000;
  const areBoth = generators.kernel && generators.networkd;
  const blurs: number[] = [];
  const losses: Excuse[] = [];
  const kills: number[] = [];
  /** when anything of a link's states changed: quiet is what lies between */
  const changes = new Map<number, number[]>();
  /** A lost word on what the kernel knows nothing of may stay unheard: it is looked for after the kernel's words. */
  let isLost = false;
  /** Both tell of one time: what only the other says counts, too. */
  let isHandedOver = false;
  /** Who was renamed may have become, or ceased to be, somebody's business. */
  const renamed = new Set<number>();
  const names = new Map<number, string>();
  let isJoined = false;
  /** since when, and until when the daemon listened */
  const ups: { readonly from: number; to: number }[] = [];
  /** The daemon listens from when it is ready, and where only networkd tells, while that is there. */
  let isReady = false;

  const blur = (at: number): void => {
    blurs.push(at);
    losses.push({ at, ifindex: 0 });
  };
  const listens = (at: number): void => {
    const isListening = isReady && (generators.kernel || host.networkd.isRunning());
    const up = ups.at(-1);
    if (isListening && up?.to !== Infinity) ups.push({ from: at, to: Infinity });
    else if (!isListening && up?.to === Infinity) up.to = at;
  };
  const change = (at: number, ifindex: number): void => {
    changes.set(ifindex, [...(changes.get(ifindex) ?? []), at]);
  };
  /** Was the link quiet for DebounceSec= while this was so? */
  const wasQuiet = (ifindex: number, { from, to }: Span): boolean => {
    const times = [from, ...(changes.get(ifindex) ?? []).filter(at => at > from && at < to), to];
    return times.some((at, nth) => at - (times[nth - 1] ?? at) > debounce + LATENCY_MS);
  };
  /** Has the directory of this state a script? */
  const isScripted = (value: string): boolean => plan.scripts.some(path => path.startsWith(`${value}.d/`));
  const see = (happening: Happening): void => {
    const { at } = happening;
    switch (happening.kind) {
      case 'daemon':
        if (happening.is === 'ready') {
          isReady = true;
          blurs.push(at);
        } else if (happening.is === 'started') blur(at);
        else if (happening.is === 'killed') kills.push(at);
        if (happening.is === 'killed' || happening.is === 'stopping') isReady = false;
        listens(at);
        return;
      case 'networkd':
        isHandedOver ||= areBoth;
        listens(at);
        blur(at);
        return;
      case 'kernel': {
        const { object, is } = happening;
        if (object.kind === 'link') {
          if ((names.get(object.ifindex) ?? object.name) !== object.name) renamed.add(object.ifindex);
          names.set(object.ifindex, object.name);
        }
        if (object.kind === 'link' || object.kind === 'address') change(at, object.ifindex);
        if (object.kind === 'address' && is === 'delete') losses.push({ at, ifindex: object.ifindex });
        if (object.kind === 'link') losses.push({ at, ifindex: object.ifindex });
        return;
      }
      case 'fault':
        if (happening.what === 'signal lose') isLost = true;
        if (happening.what === 'signal late') blurs.push(at);
        if (['signal lose', 'call'].includes(happening.what) || happening.what.startsWith('call ')) blur(at);
        return;
      case 'action':
        if (/^(bus|overrun)/.test(happening.text)) blur(at);
        if (happening.text.startsWith('bus')) isHandedOver ||= areBoth;
        return;
      case 'outcome':
        if (happening.outcome.kind !== 'fault') return;
        if (happening.outcome.code === 'events-joined') isJoined = true;
        if (['source-lost', 'signals-lost', 'kernel-overrun'].includes(happening.outcome.code)) blur(at);
        return;
      case 'states':
        change(at, happening.ifindex);
        return;
      case 'run':
      case 'exit':
      case 'change':
      case 'defect':
    }
  };
  return {
    see,
    isListening: () => ups.at(-1)?.to === Infinity,
    isHandedOver: () => isHandedOver,
    mayMiss: (ifindex, name, span) => {
      if (
        isJoined ||
        (renamed.has(ifindex) && plan.config.includes('Links=')) ||
        !isScripted(span.value) ||
        !chosen(plan, host.kernel.link(ifindex)?.name)
      )
        return true;
      if (name === 'AdministrativeState' && (isLost || passing.has(span.value))) return true;
      if (name === 'AdministrativeState' || name === 'OnlineState') if (!host.networkd.isRunning()) return true;
      if (debounce > 0 && !wasQuiet(ifindex, span)) return true;
      const least = Math.max(debounce + LATENCY_MS, generators.kernel ? KERNEL_BATCH_MS : 0);
      if (span.to - span.from <= least && (debounce > 0 || generators.kernel)) return true;
      const seen = ups.map(up => Math.min(span.to, up.to) - Math.max(span.from, up.from));
      if (Math.max(...seen) <= least) return true;
      if (span.to === Infinity) return false;
      if (kills.some(kill => span.from <= kill)) return true;
      return blurs.some(at => span.to > at - debounce - 1000 && span.from < at + BLUR_MS);
    },
    /** Something was lost meanwhile: all directories run again. */
    mayRepeat: ifindex => (one, before) =>
      one.isRerun ||
      losses.some(
        loss =>
          (loss.ifindex === 0 || loss.ifindex === ifindex) &&
          loss.at <= one.at &&
          loss.at >= (before?.since ?? 0) - BLUR_MS,
      ),
    forget: () => {
      blurs.length = 0;
      losses.length = 0;
      ups.splice(0, ups.length - 1);
      kills.length = 0;
      changes.clear();
      isHandedOver = false;
      isJoined = false;
    },
  };
};
