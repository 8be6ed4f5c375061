import type { Change } from '@network-stack/netlink';
import { defer, filter, map, type Observable, tap } from 'rxjs';
import { absentConnection } from './null-system.js';
import { ipTextOf } from '../model/ip/ip-address.js';
import { routeText, ruleText } from '../sinks/policy/text.js';
import type { System } from '../sinks/standard.js';
import type { BusConnection, Call, Signal } from '../system/bus/bus.js';
import type { ProcessEvent, ProcessSpec } from '../system/processes/processes.js';
import type { Refusal } from '../system/rtnetlink.js';

/** One question to the system. */
export interface Question<T> {
  /** for people; equal questions have equal texts */
  readonly text: string;
  readonly is: (answer: unknown) => answer is T;
  /** once; several times until it completes; or for as long as it is subscribed to */
  readonly answers: 'once' | 'until it ends' | 'while asked';
  /**
   * does the last answer hold until there is another? That of a rare question is remembered even while nothing is
   * recorded
   */
  readonly stands: 'no' | 'while recorded' | 'always';
  /** it begins something that may have waited for its turn: in a replay it waits, too */
  readonly isFirst?: true;
}

/** Asks a question: of the system while recording, or of a trace. */
export type Ask = <T>(question: Question<T>, answer$: Observable<T>) => Observable<T>;

const isList = (value: unknown): value is readonly never[] => Array.isArray(value);
const isObject = (value: unknown): value is never => typeof value === 'object' && value !== null;
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isString = (value: unknown): value is string => typeof value === 'string';
const isText = (value: unknown): value is string | undefined => value === undefined || isString(value);
const isNothing = (value: unknown): value is never => value === undefined;

const looked = { answers: 'once', stands: 'while recorded' } as const;
const done = { answers: 'once', stands: 'no' } as const;
const written = { is: isNothing, answers: 'until it ends', stands: 'always' } as const;
const standing = { answers: 'while asked', stands: 'always' } as const;

/** Shows bytes in the arguments of a call as the address they are. */
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

/** The question that stands for a run of a script. */
export const runText = ({ event, path, args = [] }: Pick<ProcessSpec, 'event' | 'path' | 'args'>): string =>
  `run ${event ?? ''} ${path}${args.length === 0 ? '' : ` ${JSON.stringify(args)}`}`;

/** The only signal that sinks use; all others are for sources. */
const isOfSinks = ({ member }: Signal): boolean => member === 'NameOwnerChanged' || member === 'JobRemoved';

const connectionThrough = (ask: Ask, real: BusConnection): BusConnection => ({
  signal$: ask({ text: 'signals', is: isObject, ...standing }, real.signal$.pipe(filter(isOfSinks))),
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

/** The same system, with every question asked through `ask`. What sources hear unasked is not included. */
export const through = (
  ask: Ask,
  { files, processes, rtnetlink, lock, bus, scriptFiles, linkFiles }: System,
): System => ({
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
        { text: runText(spec), is: isObject, answers: 'until it ends', stands: 'no' },
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
      ).pipe(map(refusals => refusals.map(refusal => refusal ?? undefined))), // in JSON it becomes null
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
  linkFiles: {
    names: () => ask({ text: 'link files', is: isList, ...looked }, linkFiles.names()),
    write: (name, text) => ask({ text: `write ${name}`, ...written }, linkFiles.write(name, text)),
    remove: name => ask({ text: `remove ${name}`, ...written }, linkFiles.remove(name)),
  },
});
