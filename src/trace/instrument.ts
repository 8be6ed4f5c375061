import type { Change } from '@network-stack/netlink';
import { defer, filter, map, type Observable, tap } from 'rxjs';
import { absentConnection } from './null-system.js';
import { ipTextOf } from '../model/ip/ip-address.js';
import { routeText, ruleText } from '../sinks/policy/text.js';
import type { System } from '../sinks/standard.js';
import type { BusConnection, Call, Signal } from '../system/bus/bus.js';
import type { ProcessEvent } from '../system/processes/processes.js';
import type { Refusal } from '../system/rtnetlink.js';

/** One question to the system. */
export interface Question<T> {
  /** for people; the same question has the same text */
  readonly text: string;
  readonly is: (answer: unknown) => answer is T;
  /** once; several times until it ends; or for as long as somebody wants to know */
  readonly answers: 'once' | 'until it ends' | 'while asked';
  /** does the last answer stand until there is another one? Of what is rarely asked it is remembered also while nothing is recorded */
  readonly stands: 'no' | 'while recorded' | 'always';
  /** it begins something that may have had to wait for its turn: who asks it in a replay waits, too */
  readonly isFirst?: true;
}

/** Puts a question: to the system with somebody listening in, or to a trace. */
export type Ask = <T>(question: Question<T>, answer$: Observable<T>) => Observable<T>;

const isList = (value: unknown): value is readonly never[] => Array.isArray(value);
const isObject = (value: unknown): value is never => typeof value === 'object' && value !== null;
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isString = (value: unknown): value is string => typeof value === 'string';
const isText = (value: unknown): value is string | undefined => value === undefined || isString(value);
const isNothing = (value: unknown): value is never => value === undefined;

const looked = { answers: 'once', stands: 'while recorded' } as const;
const done = { answers: 'once', stands: 'no' } as const;
const standing = { answers: 'while asked', stands: 'always' } as const;

/** Bytes as the address they are, in the arguments of a call. */
const readable = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return ipTextOf([...value]) ?? Buffer.from(value).toString('hex');
  return Array.isArray(value) ? value.map(readable) : value;
};

const callText = ({ destination, path, member, body = [] }: Call): string =>
  `call ${destination} ${path} ${member} ${JSON.stringify(readable(body))}`;

const changeText = ({ action, object }: Change): string => {
  switch (object.kind) {
    case 'rule':
      return `rule ${action} ${ruleText(object)}`;
    case 'route':
      return `route ${action} ${routeText(object, () => undefined)}`;
    case 'address':
      return `address ${action} ${object.address}`;
  }
};

const filterText = (filter_: object): string =>
  Object.entries(filter_)
    .map(([name, value]) => ` ${name} ${String(value)}`)
    .join('');

/** The question that a script's run is. */
export const runText = (path: string, env: Readonly<Record<string, string>>): string =>
  `run ${env.EVENT_ID ?? ''} ${path}`;

/** Sinks want to know only of this one; all else that the connection hears is a source's. */
const isOwnerChange = ({ member }: Signal): boolean => member === 'NameOwnerChanged';

const connectionThrough = (ask: Ask, real: BusConnection): BusConnection => ({
  signal$: ask({ text: 'signals', is: isObject, ...standing }, real.signal$.pipe(filter(isOwnerChange))),
  match: rule =>
    ask({ text: `match ${rule}`, is: isNothing, answers: 'until it ends', stands: 'always' }, real.match(rule)),
  call: request =>
    ask(
      {
        text: callText(request),
        is: isList,
        answers: 'once',
        stands: request.member === 'Describe' ? 'while recorded' : 'always',
      },
      real.call(request),
    ),
});

/** The same system, all of whose questions are put by `ask`. What it is told of by itself, sources hear, is not among them. */
export const through = (ask: Ask, { files, processes, rtnetlink, lock, bus, scriptFiles }: System): System => ({
  files: {
    owners: files.owners,
    list: directories =>
      ask({ text: `list ${directories.join(' ')}`, is: isList, isFirst: true, ...looked }, files.list(directories)),
    read: path => ask({ text: `read ${path}`, is: isText, ...looked }, files.read(path)),
    ensureDirectory: path => ask({ text: `ensure ${path}`, is: isBoolean, ...looked }, files.ensureDirectory(path)),
  },
  processes: {
    ...processes,
    run: spec =>
      ask<ProcessEvent>(
        { text: runText(spec.path, spec.env), is: isObject, answers: 'until it ends', stands: 'no' },
        processes.run(spec),
      ),
  },
  rtnetlink: {
    ...rtnetlink,
    link: ifindex => ask({ text: `link ${ifindex}`, is: isObject, ...looked }, rtnetlink.link(ifindex)),
    addresses: ifindex =>
      ask({ text: `addresses ${ifindex ?? 'all'}`, is: isList, ...looked }, rtnetlink.addresses(ifindex)),
    routes: filter_ => ask({ text: `routes${filterText(filter_)}`, is: isList, ...looked }, rtnetlink.routes(filter_)),
    rules: () => ask({ text: 'rules', is: isList, ...looked }, rtnetlink.rules()),
    apply: changes =>
      ask<readonly (Refusal | null | undefined)[]>(
        { text: `apply ${changes.map(changeText).join('; ')}`, is: isList, ...done },
        rtnetlink.apply(changes),
      ).pipe(map(refusals => refusals.map(refusal => refusal ?? undefined))), // JSON makes null of it
  },
  lock: { hold: () => ask({ text: 'lock', is: isBoolean, ...standing }, lock.hold()) },
  bus: {
    connection$: defer(() => {
      let real: BusConnection | undefined;
      const connected$ = bus.connection$.pipe(
        tap(connection => (real = connection)),
        map(() => 'connected'),
      );
      return ask({ text: 'bus', is: isString, ...standing }, connected$).pipe(
        map(() => connectionThrough(ask, real ?? absentConnection)),
      );
    }),
  },
  scriptFiles: {
    hold: (name, text) =>
      ask({ text: `hold ${name}`, is: isString, answers: 'while asked', stands: 'no' }, scriptFiles.hold(name, text)),
  },
});
