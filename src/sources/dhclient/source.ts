import {
  asyncScheduler,
  catchError,
  concat,
  connect,
  defer,
  distinctUntilChanged,
  filter,
  map,
  merge,
  mergeMap,
  NEVER,
  type Observable,
  of,
  type SchedulerLike,
  skip,
  Subject,
  switchMap,
  take,
} from 'rxjs';
import type { Config } from '../../model/config.js';
import { fault, type Fault, toError } from '../../model/fault.js';
import type { Source } from '../../model/flow.js';
import type { Input } from '../../model/input.js';
import type { Lease } from '../../model/lease.js';
import { concatMapRetrying } from '../../operators/concat-map-retrying.js';
import { debounceByValue } from '../../operators/debounce-by-value.js';
import { flatten } from '../../operators/flatten.js';
import { inTurn } from '../../operators/in-turn.js';
import { reporting } from '../../operators/reporting.js';
import { type LeaseFile, parseLeases } from './lease-file.js';
import type { Clock } from '../../system/clock.js';
import type { Files } from '../../system/files/files.js';
import type { Watch } from '../../system/files/watch-files.js';

const NAME = 'dhclient';
/** Nobody writes a lease file in one go: so long nothing may have happened to it, in milliseconds. */
const QUIET_MS = 200;
/** One that is written to all the time is read all the same, so long after the first time. */
const MOST_MS = 2000;
/** More lines that cannot be read are counted only. */
const MAX_REPORTED_LINES = 3;
/** No lease file is longer, in bytes: dhclient rewrites it now and then, with what still counts. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
/** All together, in characters: where anybody may add files, each could be that long. Those that were read first count. */
const MAX_LENGTH = 64 * 1024 * 1024;

export interface DhclientSurroundings {
  readonly watch: Watch;
  readonly files: Files;
  readonly clock: Clock;
  readonly scheduler?: SchedulerLike;
}

const faultInput = (one: Fault): Input => ({ kind: 'fault', fault: one });
const serving: Input = { kind: 'source', name: NAME, state: { is: 'serving', why: '' } };

/** What is wrong with a file, for people; undefined: nothing. */
const complaint = (path: string, { unreadable, isCut }: LeaseFile): string | undefined => {
  if (isCut) return `lease file ${path} ends in the middle of a statement: what precedes it is used`;
  if (unreadable.length === 0) return undefined;
  const lines = unreadable.slice(0, MAX_REPORTED_LINES).map(({ line, message }) => `line ${line}: ${message}`);
  const rest = unreadable.length > MAX_REPORTED_LINES ? [`and ${unreadable.length - MAX_REPORTED_LINES} more`] : [];
  return `lease file ${path}: ${[...lines, ...rest].join('; ')}`;
};

/** Reads files again and again; tells what all of them say by now. */
const createReader = ({ files, clock }: DhclientSurroundings) => {
  const views = new Map<string, readonly Lease[]>();
  const lengths = new Map<string, number>();
  /** How much there may be of this file. */
  const room = (path: string): number => {
    const all = [...lengths.values()].reduce((sum, length) => sum + length, 0);
    return Math.min(MAX_FILE_BYTES, Math.max(0, MAX_LENGTH - all + (lengths.get(path) ?? 0)));
  };
  const complaints = new Map<string, string | undefined>();
  const complain = (path: string, message: string | undefined): readonly Input[] => {
    const isNew = message !== undefined && message !== complaints.get(path);
    complaints.set(path, message);
    return isNew ? [faultInput(fault('lease-file', message))] : [];
  };
  const look = (path: string, text: string | undefined): readonly Input[] => {
    if (text === undefined) {
      views.delete(path);
      lengths.delete(path);
      return complain(path, undefined);
    }
    lengths.set(path, text.length);
    const file = parseLeases(text, clock.now());
    // Empty or cut it is being rewritten: the last good view stands.
    if (text !== '' && !file.isCut) views.set(path, file.leases);
    return complain(path, complaint(path, file));
  };
  /** The last good view stands here, too. */
  const ask = (path: string, fail: (path: string) => void): Observable<Input> =>
    files.read(path, room(path)).pipe(
      mergeMap(text => look(path, text)),
      catchError((error: unknown) => {
        fail(path);
        return complain(path, `lease file ${toError(error).message}`);
      }),
    );
  const tell = (): Input => ({ kind: 'leases', leases: [...views.values()].flat(), now: clock.now() });
  return (paths: readonly string[], fail: (path: string) => void): Observable<Input> =>
    concat(
      inTurn(paths, path => ask(path, fail)),
      defer(() => of(tell())),
    );
};

const serve = (surroundings: DhclientSurroundings, globs: readonly string[]): Observable<Input> =>
  reporting<Input, Input>(report => {
    const read = createReader(surroundings);
    const scheduler = surroundings.scheduler ?? asyncScheduler;
    const unread$ = new Subject<string>();
    return surroundings.watch
      .paths(globs, fault => report(faultInput(fault)))
      .pipe(
        connect(paths$ =>
          merge(
            paths$.pipe(
              take(1),
              mergeMap(all =>
                concat(
                  read(all, path => unread$.next(path)),
                  of(serving),
                ),
              ),
            ),
            merge(paths$.pipe(skip(1), flatten()), unread$).pipe(
              debounceByValue(QUIET_MS, MOST_MS, scheduler),
              concatMapRetrying((path, { fail }) => {
                let isRead = true;
                const failed = (): void => {
                  isRead = false;
                  fail();
                };
                return read([path], failed).pipe(filter(({ kind }) => isRead || kind === 'fault'));
              }, scheduler),
            ),
          ),
        ),
      );
  });

/** The globs of the files to be read; empty: dhclient is not a Generator. */
const globsOf = ({ system, network }: Config): readonly string[] =>
  system.generator.includes(NAME) ? network.dhClientLeaseFiles : [];

/**
 * dhclient's leases from its files, dhclient.leases(5): what all of them say at first, and again whenever one of them
 * has changed and been quiet for 200 ms. Nothing is watched unless dhclient is a Generator.
 */
export const dhclientSource = (surroundings: DhclientSurroundings): Source => ({
  name: NAME,
  inputs: config$ =>
    config$.pipe(
      map(globsOf),
      distinctUntilChanged((a, b) => a.length === b.length && a.every((glob, nth) => glob === b[nth])),
      switchMap(globs => (globs.length === 0 ? NEVER : serve(surroundings, globs))),
    ),
});
