import { describe, test } from '@jest/globals';
import { concat, map, NEVER, type Observable, of, take, timer } from 'rxjs';
import type { Config } from '../../../../src/model/config.js';
import { fault } from '../../../../src/model/fault.js';
import type { Input } from '../../../../src/model/input.js';
import { parseLeases } from '../../../../src/sources/dhclient/lease-file.js';
import { dhclientSource } from '../../../../src/sources/dhclient/source.js';
import { config } from '../../../../src/testing/builders.js';
import { fakeClock } from '../../../support/fake-clock.js';
import { fakeFiles } from '../../../../src/fakes/fake-files.js';
import { marbles } from '../../../../src/testing/marbles.js';

const dhclient = config({ system: { generator: ['dhclient'] }, network: { dhClientLeaseFiles: ['/l/*.leases'] } });
const text = (address: string, link = 'eth0'): string =>
  `lease { interface "${link}"; fixed-address ${address}; expire never; }\n`;
const [A, B] = ['/l/a.leases', '/l/b.leases'];
const serving: Input = { kind: 'source', name: 'dhclient', state: { is: 'serving', why: '' } };
const leases = (now: number, ...texts: readonly string[]): Input => ({
  kind: 'leases',
  leases: texts.flatMap(one => parseLeases(one, now).leases),
  now,
});
const wrong = (message: string): Input => ({ kind: 'fault', fault: fault('lease-file', message) });

type Texts = Record<string, string>;
/** What the files hold when they are read; the source is told of paths by a diagram. */
const source = (
  paths: Observable<readonly string[]>,
  textsAt: (now: number) => Texts,
  refusedAt: (now: number) => Texts = () => ({}),
) => {
  const clock = fakeClock();
  const files = fakeFiles(() => ({ texts: textsAt(clock.now()), refused: refusedAt(clock.now()) }));
  return dhclientSource({ watch: { paths: () => paths }, files, clock });
};
const configured = (settings: Config) => concat(of(settings), NEVER);

describe('dhclientSource', () => {
  test(
    'begins with what all files say, and tells it again when one changed and was quiet for 200 ms',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const paths = cold('  i 10ms c 100ms c', { i: [A, B], c: [B] });
      const expected = '    (is) 308ms l';
      const now = (ms: number): Texts => ({
        [A]: text('192.0.2.1'),
        [B]: text(ms < 50 ? '192.0.2.2' : '192.0.2.3', 'eth1'),
      });
      const values = {
        i: leases(0, text('192.0.2.1'), text('192.0.2.2', 'eth1')),
        s: serving,
        l: leases(312, text('192.0.2.1'), text('192.0.2.3', 'eth1')),
      };
      expectObservable(source(paths, now).inputs(hot('c', { c: dhclient }))).toBe(expected, values);
      expectSubscriptions(paths.subscriptions).toBe('^');
    }),
  );

  test(
    'an empty file and half a file leave what they said before, and half a file is told of once',
    marbles(({ cold, expectObservable }) => {
      const paths = cold('i 1s c 1s d 1s d', { i: [A], c: [A], d: [A] });
      const half = 'lease { interface "eth0"; fixed-address 1';
      const now = (ms: number): Texts => ({ [A]: ms < 500 ? text('192.0.2.1') : ms < 1500 ? '' : half });
      const said = text('192.0.2.1');
      const expected = '(is) 1197ms e 1000ms (fg) 997ms h';
      const values = {
        i: leases(0, said),
        s: serving,
        e: leases(1201, said),
        f: wrong(`lease file ${A} ends in the middle of a statement: what precedes it is used`),
        g: leases(2202, said),
        h: leases(3203, said),
      };
      expectObservable(source(paths, now).inputs(configured(dhclient))).toBe(expected, values);
    }),
  );

  test(
    'a file that went says nothing any more',
    marbles(({ cold, expectObservable }) => {
      const paths = cold('i 1s c', { i: [A], c: [A] });
      const now = (ms: number): Texts => (ms < 500 ? { [A]: text('192.0.2.1') } : {});
      const values = { i: leases(0, text('192.0.2.1')), s: serving, e: leases(1201) };
      expectObservable(source(paths, now).inputs(configured(dhclient))).toBe('(is) 1197ms e', values);
    }),
  );

  test(
    'what is no regular file, or may not be read, is told of once',
    marbles(({ cold, expectObservable }) => {
      const paths = cold('i 1s i', { i: ['/l/pipe.leases'] });
      const values = {
        f: wrong('lease file /l/pipe.leases: expected a regular file, found a FIFO'),
        i: leases(0),
        s: serving,
      };
      const refused = () => ({ '/l/pipe.leases': '/l/pipe.leases: expected a regular file, found a FIFO' });
      expectObservable(source(paths, () => ({}), refused).inputs(configured(dhclient))).toBe('(fis)', values);
    }),
  );

  test(
    'a file that cannot be read any more leaves what it said before',
    marbles(({ cold, expectObservable }) => {
      const paths = cold('i 1s c', { i: [A], c: [A] });
      const why = `${A}: expected a regular file, found EIO: i/o error`;
      const refusedAt = (ms: number): Texts => (ms < 500 ? {} : { [A]: why });
      const values = {
        i: leases(0, text('192.0.2.1')),
        s: serving,
        f: wrong(`lease file ${why}`),
      };
      const inputs = source(paths, () => ({ [A]: text('192.0.2.1') }), refusedAt).inputs(configured(dhclient));
      expectObservable(inputs).toBe('(is) 1197ms f', values);
    }),
  );

  test(
    'a file that could not be read is read again, after 1 s, 2 s and so on, and told of once',
    marbles(({ cold, expectObservable }) => {
      const paths = cold('i 2s c', { i: [A], c: [B] });
      const why = `${A}: EMFILE`;
      const refusedAt = (ms: number): Texts => (ms < 3000 ? { [A]: why } : {});
      const values = {
        f: wrong(`lease file ${why}`),
        i: leases(0),
        s: serving,
        b: leases(2201),
        e: leases(3200, text('192.0.2.1')),
      };
      const inputs = source(paths, () => ({ [A]: text('192.0.2.1') }), refusedAt).inputs(configured(dhclient));
      expectObservable(inputs).toBe('(fis) 2196ms b 998ms e', values);
    }),
  );

  test(
    'so many files, each of them not too long, may have 64 MiB together: the first count',
    marbles(({ cold, expectObservable }) => {
      const asked: [string, number | undefined][] = [];
      const long = `${text('192.0.2.1')}#${' '.repeat(60 << 20)}\n`;
      const texts: Texts = { [A]: long, [B]: text('192.0.2.2', 'eth1') };
      const files = fakeFiles(() => ({ texts }));
      const read: typeof files.read = (path, most) => {
        asked.push([path, most]);
        return files.read(path);
      };
      const paths = cold('i 1s c', { i: [A, B], c: [A] });
      const all = leases(0, long, text('192.0.2.2', 'eth1'));
      const surroundings = { watch: { paths: () => paths }, files: { ...files, read }, clock: fakeClock() };
      expectObservable(
        dhclientSource(surroundings)
          .inputs(configured(dhclient))
          .pipe(
            take(3),
            map(({ kind }) => kind),
          ),
      ).toBe('(ls) 1197ms (l|)', { l: all.kind, s: serving.kind });
      expectObservable(timer(2000).pipe(map(() => asked))).toBe('2s (a|)', {
        a: [
          [A, 16 << 20],
          [B, (64 << 20) - long.length],
          [A, 16 << 20],
        ],
      });
    }),
  );

  test(
    'what cannot be read is told by line, and the rest counts',
    marbles(({ cold, expectObservable }) => {
      const paths = cold('i', { i: [A] });
      const bad = `x;\n${text('192.0.2.1')}y;\nz;\n}\n`;
      const expected = (line: number, found: string) =>
        `line ${line}: expected lease { … } or lease6 { … }, found "${found}"`;
      const values = {
        f: wrong(`lease file ${A}: ${expected(1, 'x')}; ${expected(3, 'y')}; ${expected(4, 'z')}; and 1 more`),
        i: leases(0, text('192.0.2.1')),
        s: serving,
      };
      expectObservable(source(paths, () => ({ [A]: bad })).inputs(configured(dhclient))).toBe('(fis)', values);
    }),
  );

  test(
    'nothing is watched unless dhclient is a Generator; a reload opens and closes it, one that changes nothing of it does not',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const paths = cold('i', { i: [A] });
      const other: Config = { ...dhclient, events: { debounceSec: 1, scriptsOnRenewal: true } };
      const config$ = hot('n--d-o--n--', { n: config(), d: dhclient, o: other });
      const subs = '       ---^----!--';
      const expected = '   ---(is)----';
      const values = { i: leases(3, text('192.0.2.1')), s: serving };
      expectObservable(source(paths, () => ({ [A]: text('192.0.2.1') })).inputs(config$)).toBe(expected, values);
      expectSubscriptions(paths.subscriptions).toBe(subs);
    }),
  );

  test(
    'nothing to watch says nothing, and what cannot be watched is an error of the source; unsubscribing watches no more',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const quiet$ = cold<readonly string[]>('-');
      const subs = '^----!';
      expectObservable(source(quiet$, () => ({})).inputs(configured(dhclient)), subs).toBe('-');
      expectSubscriptions(quiet$.subscriptions).toBe(subs);
      const full$ = cold<readonly string[]>('--#', {}, new Error('ENOSPC'));
      expectObservable(source(full$, () => ({})).inputs(configured(dhclient))).toBe('--#', {}, new Error('ENOSPC'));
    }),
  );
});
