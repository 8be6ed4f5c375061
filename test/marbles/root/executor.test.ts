import { describe, expect, test } from '@jest/globals';
import { asyncScheduler, defer, EMPTY, NEVER, Observable, of, Subject } from 'rxjs';
import { configure } from '../../../src/config/configure.js';
import type { Tree } from '../../../src/model/config.js';
import { executor, type RootMachine } from '../../../src/root/executor.js';
import { fakeFiles, place } from '../../../src/fakes/fake-files.js';
import { fakeProcesses, type FakeProgram } from '../../../src/fakes/fake-processes.js';
import type { Caller } from '../../../src/system/sockets/root-server.js';
import { marbles } from '../../../src/testing/marbles.js';

const tree: Tree = {
  path: ['/h'],
  style: 'network-broker',
  user: 'root',
  timeoutSec: 2,
  links: undefined,
  startup: false,
  directories: [{ name: 'carrier.d', timeoutSec: 0.004, links: undefined }],
};
const directories = {
  '/h/routable.d': ['a', 'b', 'hangs'],
  '/h/carrier.d': ['hangs'],
};

/** A caller who asks for a script for a link: `a eth0`. */
const asking = (what: string, changes: object = {}) => {
  const [script = '', LINK = '', directory = 'routable.d'] = what.split(' ');
  const said: string[] = [];
  let gone = false;
  const request = { tree, directory, script, args: [], variables: { LINK, ...changes } };
  return {
    said,
    leave: () => {
      gone = true;
    },
    text: JSON.stringify(request),
    say: reply => {
      said.push(
        reply.kind === 'refused'
          ? `refused: ${reply.why}`
          : reply.kind === 'exited' && reply.timedOut === true
            ? 'timed out'
            : reply.kind,
      );
    },
    end: () => said.push('end'),
    isGone: () => gone,
  } satisfies Caller & { readonly said: string[]; readonly leave: () => void };
};

const executing = (
  caller$: Observable<Caller>,
  programs: (path: string) => FakeProgram,
  changes: Partial<RootMachine> = {},
) => {
  const processes = fakeProcesses(programs);
  const held: string[] = [];
  const machine: RootMachine = {
    caller$,
    configuration: () => configure({ trees: [tree], scripts: { maxParallel: 3 } }),
    scriptDirectory: '/etc/network-broker',
    files: fakeFiles({ directories }),
    processes,
    scriptFiles: {
      hold: (name, text) =>
        new Observable<string>(out => {
          held.push(`+${name} ${text}`);
          out.next(`/run/${name}`);
          return () => held.push(`-${name}`);
        }),
    },
    held: path => new Observable(out => out.next({ place: place(path), isAt: () => true })),
    factsOf: link =>
      link.startsWith('no') ? EMPTY : of({ ifindex: 7, carrierState: 'carrier', addresses: new Set<string>() }),
    stop$: NEVER,
    ...changes,
  };
  return { executor$: executor(machine), processes, held };
};
const takes = (time: number) => (): FakeProgram => ({ takes: time });

/** Subscribes for so long, in virtual time, and looks. */
const during = (
  ms: number,
  body: (at: (time: number, act: () => void) => void) => {
    readonly executor$: Observable<unknown>;
    readonly then: (ended: number | undefined) => void;
  },
): (() => void) =>
  marbles(({ flush }) => {
    let ended: number | undefined;
    const { executor$, then } = body((time, act) => asyncScheduler.schedule(act, time));
    const running = executor$.subscribe({
      error: (error: unknown) => {
        throw error;
      },
      complete: () => (ended = asyncScheduler.now()),
    });
    asyncScheduler.schedule(() => running.unsubscribe(), ms);
    flush();
    then(ended);
  });

describe('the root executor', () => {
  test(
    'runs what is asked for and tells of it, and ends when nobody has asked for 30 s',
    during(60_000, at => {
      const a = asking('a eth0', { LINKINDEX: '2' });
      const caller$ = new Subject<Caller>();
      at(5, () => caller$.next(a));
      const { executor$, processes } = executing(caller$, takes(3));
      return {
        executor$,
        then: ended => {
          expect(a.said).toEqual(['accepted', 'started', 'exited', 'end']);
          expect(processes.environments.get('/h/routable.d/a')).toEqual({
            PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
            LINK: 'eth0',
            LINKINDEX: '7',
          });
          expect(ended).toBe(30_008);
        },
      };
    }),
  );

  test(
    'runs scripts of one link one after the other, those of others meanwhile, and of all no more than MaxParallel',
    during(100, at => {
      const caller$ = new Subject<Caller>();
      at(0, () => ['a eth0', 'b eth0', 'a eth1', 'a eth2', 'b eth3'].forEach(what => caller$.next(asking(what))));
      const { executor$, processes } = executing(caller$, path => ({ takes: path.endsWith('b') ? 1 : 4 }));
      return {
        executor$,
        then: () => {
          expect(processes.log.filter(line => line.includes(' run '))).toEqual([
            ...['0 run routable.d/a', '0 run routable.d/a', '0 run routable.d/a'],
            ...['4 run routable.d/b', '4 run routable.d/b'],
          ]);
        },
      };
    }),
  );

  test(
    'turns the seventeenth away, and lets him in once another has gone',
    during(100, at => {
      const caller$ = new Subject<Caller>();
      const callers = Array.from({ length: 17 }, () => asking('a eth0'));
      const late = asking('a eth0');
      at(0, () => callers.forEach(caller => caller$.next(caller)));
      at(5, () => caller$.next(late));
      const { executor$ } = executing(caller$, takes(2));
      return {
        executor$,
        then: () => {
          expect(callers.slice(0, 16).every(({ said }) => said.at(-2) === 'exited')).toBe(true);
          expect(callers[16]?.said).toEqual(['end']);
          expect(late.said).toContain('exited');
        },
      };
    }),
  );

  test(
    'runs nothing for who has gone before its turn, and ends nothing of who goes later',
    during(100, at => {
      const [first, second] = [asking('a eth0'), asking('b eth0')];
      const caller$ = new Subject<Caller>();
      at(0, () => [first, second].forEach(caller => caller$.next(caller)));
      at(1, () => [first, second].forEach(caller => caller.leave()));
      const { executor$, processes } = executing(caller$, takes(5));
      return { executor$, then: () => expect(processes.log).toEqual(['0 run routable.d/a', '5 exit routable.d/a']) };
    }),
  );

  test(
    "ends what takes longer than root's configuration says, and says so",
    during(20_000, at => {
      const a = asking('hangs eth0 carrier.d');
      const caller$ = new Subject<Caller>();
      at(0, () => caller$.next(a));
      const { executor$, processes } = executing(caller$, () => ({ takes: Infinity, tidiesFor: Infinity }));
      return {
        executor$,
        then: () => {
          expect(processes.log).toEqual(
            expect.arrayContaining([
              '4 SIGTERM carrier.d/hangs',
              '5004 SIGKILL carrier.d/hangs',
              '5004 exit carrier.d/hangs',
            ]),
          );
          expect(a.said).toEqual(['accepted', 'started', 'timed out', 'end']);
        },
      };
    }),
  );

  test(
    'lets what runs end after it was told to stop, and takes no more',
    during(1000, at => {
      const [a, b] = [asking('a eth0'), asking('a eth1')];
      const caller$ = new Subject<Caller>();
      const stop$ = new Subject<void>();
      at(0, () => caller$.next(a));
      at(1, () => stop$.next());
      at(2, () => caller$.next(b));
      const { executor$ } = executing(caller$, takes(9), { stop$ });
      return {
        executor$,
        then: ended => {
          expect([a.said.at(-2), b.said]).toEqual(['exited', []]);
          expect(ended).toBe(9);
        },
      };
    }),
  );

  test(
    'writes JSON and lists into files of its own, which go with the run, and passes no path on',
    during(100, at => {
      const caller$ = new Subject<Caller>();
      const variables = { JSON: '{"a":1}', ADDRESSES: 'added 192.0.2.5/24\nadded 192.0.2.6/24' };
      const [a, b] = [asking('a eth0', variables), asking('a eth1', { JSON_FILE: '/etc/shadow' })];
      at(0, () => [a, b].forEach(caller => caller$.next(caller)));
      const { executor$, processes, held } = executing(caller$, takes(1));
      return {
        executor$,
        then: () => {
          expect(processes.environments.get('/h/routable.d/a')).toMatchObject({
            ...variables,
            JSON_FILE: '/run/json',
            ADDRESSES_FILE: '/run/addresses',
          });
          expect(held.sort()).toEqual([
            '+addresses added 192.0.2.5/24\nadded 192.0.2.6/24\n',
            '+json {"a":1}',
            '-addresses',
            '-json',
          ]);
          expect(b.said.at(-2)).toMatch(/^refused: expected variables of the style network-broker, found "JSON_FILE"/);
        },
      };
    }),
  );

  const refusals: readonly (readonly [string, ReturnType<typeof asking>, RegExp, Partial<RootMachine>?])[] = [
    ['is no request', { ...asking(''), text: 'x' }, /in JSON/],
    ['is no script of the tree', asking('x eth0'), /there is no such script/],
    ['is for a link that there is not', asking('a none'), /the kernel knows, found none/],
    ['is for a link with a name for shells', asking('a $(id)'), /expected a link name/],
    ['comes while root’s configuration has errors', asking('a eth0'), /has errors/, { configuration: () => undefined }],
    [
      'is for a script that was swapped after the look',
      asking('a eth0'),
      /replaced while being checked/,
      { held: path => of({ place: place(path), isAt: () => false }) },
    ],
    [
      'is for a script that has become another’s after the look',
      asking('a eth0'),
      /replaced while being checked/,
      { held: path => of({ place: place(path, { uid: 998 }), isAt: () => true }) },
    ],
  ];
  for (const [what, caller, why, changes] of refusals)
    test(
      `refuses what ${what}, and runs nothing`,
      during(100, at => {
        const caller$ = new Subject<Caller>();
        at(0, () => caller$.next(caller));
        const { executor$, processes } = executing(caller$, takes(1), changes);
        return {
          executor$,
          then: () => {
            expect(caller.said).toEqual(['accepted', expect.stringMatching(why), 'end']);
            expect(processes.log).toEqual([]);
          },
        };
      }),
    );

  test(
    'says what could not be looked at, and goes on',
    during(100, at => {
      const [a, b] = [asking('a eth0'), asking('a eth1')];
      const caller$ = new Subject<Caller>();
      at(0, () => caller$.next(a));
      at(1, () => caller$.next(b));
      let isBroken = true;
      const files = fakeFiles({ directories });
      const list: RootMachine['files']['list'] = wanted =>
        defer(() => {
          if (!isBroken) return files.list(wanted);
          isBroken = false;
          throw new Error('EMFILE');
        });
      const { executor$ } = executing(caller$, takes(1), { files: { list } });
      return {
        executor$,
        then: () => {
          expect(a.said).toEqual(['accepted', 'refused: EMFILE', 'end']);
          expect(b.said.at(-2)).toBe('exited');
        },
      };
    }),
  );
});
