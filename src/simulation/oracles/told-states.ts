import type { ScriptRan } from '../../model/outcome.js';
import type { Happening } from '../happening.js';
import type { Plan } from '../day-plan.js';
import type { Oracle } from './oracle.js';
import { CHOOSING, createTruth, generatorsOf, type Span } from './truth.js';
import { chosen } from './words.js';

interface Told {
  readonly at: number;
  /** since when scripts ran without a pause: so old the event may be */
  readonly since: number;
  readonly value: string;
  readonly isRerun: boolean;
}

/** What was told of one state of one link since the last quiet moment. */
interface Account {
  /** what scripts were told before that */
  last: string | undefined;
  readonly told: Told[];
}

/** So long after these nobody promises that what passes is told: it is read again. Milliseconds. */
const BLUR_MS = 15_000;
/** What the kernel tells in one go is one change. Milliseconds. */
const KERNEL_BATCH_MS = 400;
/** So much later one word may come than another, so much shorter or longer seems what was between. Milliseconds. */
const LATENCY_MS = 250;
/** So long at most there is between scripts of which one waited for the other. Milliseconds. */
const PAUSE_MS = 50;
/** So long a script waits at most for what lacks. Milliseconds. */
const SCARCITY_MS = 30_000;
/** Where networkd was asked anew it may be seen on its way. */
const passing = new Set(['pending', 'initialized', 'configuring']);

const debounceOf = (config: string): number => Number(/^DebounceSec=(\d+)/m.exec(config)?.[1] ?? 0) * 1000;

/** Has the directory of this state a script? */
const isScripted = ({ scripts }: Plan, value: string): boolean => scripts.some(path => path.startsWith(`${value}.d/`));

/** Something that may excuse: a moment, of one link or (0) of all. */
interface Excuse {
  readonly at: number;
  readonly ifindex: number;
}

/**
 * Is there an account of what was told: spans of the truth, each at most once and in their order, that leaves out only what may be
 * left out? After each told value the spans that it may stand for are known, -1 being none yet.
 *
 * @param last what was told before
 * @param mayMiss a span that need not be told; one whose value was told last, with only such in between, need not either
 * @param mayRepeat a value that may stand for the span that the one before it stood for
 */
export const explains = (
  told: readonly Told[],
  spans: readonly Span[],
  last: string | undefined,
  mayMiss: (span: Span) => boolean,
  mayRepeat: (told: Told, before: Told | undefined) => boolean,
): boolean => {
  const valueAt = (end: number): string | undefined => (end < 0 ? last : spans[end]?.value);
  let ends = new Set([-1]);
  for (const [nth, one] of told.entries()) {
    const next = new Set<number>();
    for (const end of ends) {
      const value = valueAt(end);
      if (value === one.value && mayRepeat(one, told[nth - 1])) next.add(end);
      for (const [at, span] of spans.entries()) {
        if (at <= end) continue;
        if (span.from > one.at) break;
        if (span.value === one.value) next.add(at);
        if (!mayMiss(span) && span.value !== value) break;
      }
    }
    if (next.size === 0) return false;
    ends = next;
  }
  return [...ends].some(end => spans.slice(end + 1).every(span => mayMiss(span) || span.value === valueAt(end)));
};

/**
 * **States are told as they were.** For each state of each chosen link there is an account of what scripts were told: values that it had,
 * in their order, each once; and left out is only what lasted no longer than DebounceSec, what was over before a daemon that had just
 * started (or lost the bus, or had been killed before its turn) could see it, and what has no script. So no script is told a state that
 * never was, none is told twice (but with RERUN=1, or because something was lost meanwhile), and the state at rest is always told.
 */
export const toldStates: Oracle = {
  name: 'told states',
  watch: ({ plan, host, daemon }, complain) => {
    const generators = generatorsOf(plan.config);
    if (!generators.networkd && !generators.kernel) return {};
    const truth = createTruth(host, generators);
    const debounce = debounceOf(plan.config);
    const accounts = new Map<string, Account>();
    const blurs: Excuse[] = [];
    const losses: Excuse[] = [];
    const kills: number[] = [];
    /** when anything of a link's states changed: quiet is what lies between */
    const changes = new Map<number, number[]>();
    /** A lost word on what the kernel knows nothing of may stay unheard: it is looked for after the kernel's words. */
    let isLost = false;
    /** Both tell of one time: what only the other says counts, too. */
    let isHandedOver = false;
    const other = createTruth(host, { ...generators, networkd: false });
    let running = 0;
    let busySince = 0;
    let idleAt = 0;
    /** Who was renamed may have become, or ceased to be, somebody's business. */
    const renamed = new Set<number>();
    const names = new Map<number, string>();
    let isJoined = false;
    /** since when, and until when the daemon listened */
    const ups: { readonly from: number; to: number }[] = [];
    let lastEvents = new Set<string>();

    const accountOf = (key: string): Account => {
      const account = accounts.get(key) ?? { last: undefined, told: [] };
      accounts.set(key, account);
      return account;
    };
    const blur = (at: number): void => {
      blurs.push({ at, ifindex: 0 });
      losses.push({ at, ifindex: 0 });
    };
    /** The daemon listens from when it is ready, and where only networkd tells, while that is there. */
    let isReady = false;
    const listens = (at: number): void => {
      const isListening = isReady && (generators.kernel || host.networkd.isRunning());
      const up = ups.at(-1);
      if (isListening && up?.to !== Infinity) ups.push({ from: at, to: Infinity });
      else if (!isListening && up?.to === Infinity) up.to = at;
    };
    /** One that could not be started was told, as far as it could be. */
    const hearFailed = (at: number, { step: { id, event } }: ScriptRan): void => {
      if (event.kind !== 'link-state' || lastEvents.has(`${id} ${event.ifindex}`)) return;
      lastEvents.add(`${id} ${event.ifindex}`);
      for (const name of CHOOSING) {
        const value = event.changed[name];
        if (value !== undefined)
          accountOf(`${event.ifindex} ${name}`).told.push({ at, value, isRerun: true, since: busySince });
      }
    };
    const hear = ({ at, env }: Happening & { readonly kind: 'run' }): void => {
      const { EVENT, EVENT_ID = '', LINKINDEX = '', CHANGED = '', RERUN } = env;
      const event = `${EVENT_ID} ${LINKINDEX}`;
      if (EVENT !== 'link-state' || lastEvents.has(event)) return;
      lastEvents.add(event);
      for (const name of CHOOSING)
        if (CHANGED.split(' ').includes(name))
          accountOf(`${LINKINDEX} ${name}`).told.push({
            at,
            value: env[name] ?? '',
            isRerun: RERUN === '1',
            since: busySince,
          });
    };
    const change = (at: number, ifindex: number): void => {
      changes.set(ifindex, [...(changes.get(ifindex) ?? []), at]);
    };
    /** Was the link quiet for DebounceSec= while this was so? */
    const wasQuiet = (ifindex: number, { from, to }: Span): boolean => {
      const times = [from, ...(changes.get(ifindex) ?? []).filter(at => at > from && at < to), to];
      return times.some((at, nth) => at - (times[nth - 1] ?? at) > debounce + LATENCY_MS);
    };
    const see = (happening: Happening): void => {
      truth.see(happening);
      other.see(happening);
      const { at } = happening;
      switch (happening.kind) {
        case 'run':
          if (running === 0 && at - idleAt > PAUSE_MS) busySince = at;
          running += 1;
          hear(happening);
          return;
        case 'daemon':
          if (happening.is === 'ready') {
            isReady = true;
            blurs.push({ at, ifindex: 0 });
          } else if (happening.is === 'started') {
            lastEvents = new Set();
            blur(at);
          } else if (happening.is === 'killed') kills.push(at);
          if (happening.is === 'killed' || happening.is === 'stopping') {
            isReady = false;
          }
          listens(at);
          return;
        case 'networkd':
          isHandedOver ||= generators.kernel && generators.networkd;
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
          if (happening.what.startsWith('spawn ')) {
            if (running === 0 && at - idleAt > PAUSE_MS) busySince = at;
            idleAt = at + SCARCITY_MS; // it waits for so long at most, and all of its link behind it
          }
          if (happening.what === 'signal late') blurs.push({ at, ifindex: 0 });
          if (['signal lose', 'call'].includes(happening.what) || happening.what.startsWith('call ')) blur(at);
          return;
        case 'action':
          if (/^(bus|overrun)/.test(happening.text)) blur(at);
          if (happening.text.startsWith('bus')) isHandedOver ||= generators.kernel && generators.networkd;
          return;
        case 'outcome':
          if (happening.outcome.kind === 'script-ran' && happening.outcome.error !== undefined)
            hearFailed(at, happening.outcome);
          if (happening.outcome.kind !== 'fault') return;
          if (happening.outcome.code === 'events-joined') isJoined = true;
          if (['source-lost', 'signals-lost', 'kernel-overrun'].includes(happening.outcome.code)) blur(at);
          return;
        case 'states':
          change(at, happening.ifindex);
          return;
        case 'exit':
          running -= 1;
          idleAt = Math.max(idleAt, at);
          return;
        case 'change':
        case 'defect':
      }
    };
    /** Something was lost meanwhile: all directories run again. */
    const mayRepeat =
      (ifindex: number) =>
      (one: Told, before: Told | undefined): boolean =>
        one.isRerun ||
        losses.some(
          loss =>
            (loss.ifindex === 0 || loss.ifindex === ifindex) &&
            loss.at <= one.at &&
            loss.at >= (before?.since ?? 0) - BLUR_MS,
        );
    const judge = (key: string, account: Account, spans: readonly Span[]): void => {
      const [ifindex = '0', name = ''] = key.split(' ');
      const link = host.kernel.link(Number(ifindex));
      const mayMiss = (span: Span): boolean => {
        if (
          isJoined ||
          (renamed.has(Number(ifindex)) && plan.config.includes('Links=')) ||
          !isScripted(plan, span.value) ||
          !chosen(plan, link?.name)
        )
          return true;
        if (name === 'AdministrativeState' && (isLost || passing.has(span.value))) return true;
        if (name === 'AdministrativeState' || name === 'OnlineState') if (!host.networkd.isRunning()) return true;
        if (debounce > 0 && !wasQuiet(Number(ifindex), span)) return true;
        const least = Math.max(debounce + LATENCY_MS, generators.kernel ? KERNEL_BATCH_MS : 0);
        if (span.to - span.from <= least && (debounce > 0 || generators.kernel)) return true;
        const seen = ups.map(up => Math.min(span.to, up.to) - Math.max(span.from, up.from));
        if (Math.max(...seen) <= least) return true;
        if (span.to === Infinity) return false;
        if (kills.some(kill => span.from <= kill)) return true;
        return blurs.some(({ at }) => span.to > at - debounce - 1000 && span.from < at + BLUR_MS);
      };
      if (explains(account.told, spans, account.last, mayMiss, mayRepeat(Number(ifindex)))) return;
      const was = spans.map(({ from, value }) => `${value} from ${from}`).join(', ');
      const said = account.told
        .map(({ at, value, isRerun }) => `${value} at ${at}${isRerun ? ' (again)' : ''}`)
        .join(', ');
      complain(
        `${name} of link ${ifindex} (${link?.name ?? 'gone'}) was ${was}; scripts were told ${said || 'nothing'}`,
      );
    };
    /**
     * While two tell of the same, what was told is one of the things that one of them said, or told again: networkd may go while it passes
     * through states that are no news, and what it said before is its last word.
     */
    const judgeBoth = (key: string, { last, told }: Account, spans: readonly Span[]): void => {
      const [ifindex = '0', name = ''] = key.split(' ');
      const both = [...spans, ...(other.spans.get(key) ?? [])];
      for (const [nth, one] of told.entries()) {
        const isAgain = one.value === (told[nth - 1]?.value ?? last) && mayRepeat(Number(ifindex))(one, told[nth - 1]);
        if (!isAgain && !both.some(({ from, value }) => value === one.value && from <= one.at))
          complain(`scripts were told that ${name} of link ${ifindex} is ${one.value} at ${one.at}, which nobody said`);
      }
    };
    return {
      see,
      quiet: () => {
        if (ups.at(-1)?.to !== Infinity || !daemon.isRunning()) return;
        for (const key of new Set([...truth.spans.keys(), ...accounts.keys()])) {
          const account = accountOf(key);
          (isHandedOver ? judgeBoth : judge)(key, account, truth.spans.get(key) ?? []);
          account.last = account.told.at(-1)?.value ?? account.last;
          account.told.length = 0;
        }
        truth.forget();
        other.forget();
        for (const key of accounts.keys()) if (!truth.spans.has(key)) accounts.delete(key);
        for (const list of [blurs, losses]) list.length = 0;
        ups.splice(0, ups.length - 1);
        kills.length = 0;
        changes.clear();
        isHandedOver = false;
        isJoined = false;
      },
    };
  },
};
