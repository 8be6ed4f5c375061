import { describe, expect, test } from '@jest/globals';
import {
  asyncScheduler,
  concat,
  EMPTY,
  filter,
  finalize,
  map,
  NEVER,
  type Observable,
  of,
  takeUntil,
  throwError,
  timer,
} from 'rxjs';
import type { LinkEvent, NetworkEvent } from '../../../../src/model/event.js';
import type { Fault } from '../../../../src/model/fault.js';
import type { Outcome } from '../../../../src/model/outcome.js';
import type { Step } from '../../../../src/model/world.js';
import type { Environment } from '../../../../src/sinks/scripts/environment.js';
import { standardDirectories } from '../../../../src/sinks/scripts/directories.js';
import { type ScriptsOptions, scriptsSink } from '../../../../src/sinks/scripts/sink.js';
import { config, link, linkState, managerState, step, world, inWords } from '../../../../src/testing/builders.js';
import { fakeFiles, type FakeTree, script } from '../../../../src/fakes/fake-files.js';
import { type FakeProgram, fakeProcesses } from '../../../../src/fakes/fake-processes.js';
import { marbles } from '../../../../src/testing/marbles.js';
import type { States } from '../../../../src/model/states.js';

const short = (path: string): string => path.replace('/s/', '');
const empty = Object.fromEntries(standardDirectories.map(name => [`/s/${name}`, []]));
const tree = (directories: FakeTree['directories'] = {}, texts: FakeTree['texts'] = {}): FakeTree => ({
  directories: { ...empty, ...directories },
  texts,
});

const shown = (outcome: Outcome): string => {
  switch (outcome.kind) {
    case 'fault':
    case 'applied':
      return outcome.message;
    case 'policy':
      return outcome.kind;
    case 'seen':
    case 'began':
    case 'done':
      return `${outcome.kind} ${outcome.step.id}`;
    case 'script-output':
      return `${short(outcome.script)} says ${outcome.line}`;
    case 'script-ran': {
      const { step: of, exit, timedOut, error } = outcome;
      return `${of.id} ${short(outcome.script)} ${error ?? exit.signal ?? exit.code}${timedOut ? ', timed out' : ''}`;
    }
  }
};

type Programs = Readonly<Record<string, FakeProgram>>;
/** The sink over a file system and programs, its outcomes as text. */
const sinkOver = (files: FakeTree | (() => FakeTree), programs: Programs, options: Partial<ScriptsOptions> = {}) => {
  const processes = fakeProcesses(path => programs[short(path)] ?? {});
  const faults: Fault[] = [];
  const sink = scriptsSink({ files: fakeFiles(files), processes, scriptDir: '/s', ...options });
  const result = (step$: Observable<Step>): Observable<string> =>
    sink.consume({ step$, world$: NEVER }, fault => faults.push(fault)).pipe(map(shown));
  const said = (): readonly string[] => faults.map(({ code, message }) => `${code}: ${message}`);
  return { result, processes, said };
};

const fail = (error: unknown): never => {
  throw error;
};

const [eth0, eth1, eth2] = [link(2, 'eth0'), link(3, 'eth1'), link(4, 'eth2')];
const carrier = (id: number, of = eth0, settings = config()): Step =>
  step(id, linkState(of, { CarrierState: 'carrier' }), world([of], settings));
const routable = (id: number, of = eth0, settings = config()): Step =>
  step(id, linkState(of, { OperationalState: 'routable' }), world([of], settings));
const slots = (maxParallel: number) => config({ scripts: { maxParallel } });
const twoScripts = tree({ '/s/carrier.d': ['10-a', '20-b'], '/s/routable.d': ['10-a'] });
const oneScript = tree({ '/s/carrier.d': ['10-a'], '/s/routable.d': ['10-a'] });

/** What processes do for these steps, with the time; ended at `until` if that is given. */
const timeline = (
  files: FakeTree | (() => FakeTree),
  programs: Programs,
  diagram: string,
  steps: Readonly<Record<string, Step>>,
  { until = Infinity, ...options }: Partial<ScriptsOptions> & { readonly until?: number } = {},
) => {
  const { result, processes, said } = sinkOver(files, programs, options);
  const outcomes: string[] = [];
  let isComplete = false;
  marbles(({ hot }) => {
    const end$ = until === Infinity ? NEVER : timer(until);
    result(hot(diagram, steps))
      .pipe(takeUntil(end$))
      .subscribe({
        next: outcome => outcomes.push(`${asyncScheduler.now()} ${outcome}`),
        error: (error: unknown) => outcomes.push(`${asyncScheduler.now()} error ${String(error)}`),
        complete: () => {
          isComplete = true;
        },
      });
  })();
  return { outcomes, log: processes.log, environments: processes.environments, said: said(), isComplete };
};

describe('scriptsSink', () => {
  test(
    'never: without events it says nothing',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<Step>('-');
      expectObservable(sinkOver(twoScripts, {}).result(source), '^---!').toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^---!');
    }),
  );

  test(
    'empty: it ends with the events',
    marbles(({ cold, expectObservable }) => {
      expectObservable(sinkOver(twoScripts, {}).result(cold<Step>('---|'))).toBe('---|');
    }),
  );

  test(
    'an error of the events is an error of the sink, for it is a defect',
    marbles(({ cold, expectObservable }) => {
      expectObservable(sinkOver(twoScripts, {}).result(cold<Step>('---#'))).toBe('---#');
    }),
  );

  test(
    'one event: began, its scripts one after the other with what they say, done',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const { result } = sinkOver(twoScripts, { 'carrier.d/10-a': { takes: 5, output: ['hello'] } });
      const source = hot('-c----------|', { c: carrier(1) });
      const subs = '      ^-----------!';
      const expected = '  -(bo)-r(sd)-|';
      expectObservable(result(source)).toBe(expected, {
        b: 'began 1',
        o: 'carrier.d/10-a says hello',
        r: '1 carrier.d/10-a 0',
        s: '1 carrier.d/20-b 0',
        d: 'done 1',
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  test('many events of one link: in their order, one done before the next begins', () => {
    const { outcomes, isComplete } = timeline(twoScripts, { 'carrier.d/10-a': { takes: 4 } }, '(cr)|', {
      c: carrier(1),
      r: routable(2),
    });
    expect(outcomes).toEqual([
      '0 began 1',
      '4 1 carrier.d/10-a 0',
      '5 1 carrier.d/20-b 0',
      '5 done 1',
      '5 began 2',
      '6 2 routable.d/10-a 0',
      '6 done 2',
    ]);
    expect(isComplete).toBe(true);
  });

  test('the directories of one event: carrier, operational, online, administrative', () => {
    const all = tree({
      '/s/configured.d': ['a'],
      '/s/online.d': ['a'],
      '/s/routable.d': ['b', 'a'],
      '/s/carrier.d': ['z'],
    });
    const states: States = { AdministrativeState: 'configured', OnlineState: 'online', CarrierState: 'carrier' };
    const event = linkState(eth0, { ...states, OperationalState: 'routable' });
    expect(timeline(all, {}, 'e|', { e: step(1, event) }).log).toEqual([
      '0 run carrier.d/z',
      '1 exit carrier.d/z',
      '1 run routable.d/a',
      '2 exit routable.d/a',
      '2 run routable.d/b',
      '3 exit routable.d/b',
      '3 run online.d/a',
      '4 exit online.d/a',
      '4 run configured.d/a',
      '5 exit configured.d/a',
    ]);
  });

  test('links, and networkd itself, do not wait for one another', () => {
    const files = tree({ '/s/carrier.d': ['a'], '/s/routable.d': ['a'], '/s/manager.d': ['a'] });
    const { log } = timeline(
      files,
      { 'carrier.d/a': { takes: Infinity } },
      '(crm)',
      {
        c: carrier(1),
        r: routable(2, eth1),
        m: step(3, managerState({ OnlineState: 'online' })),
      },
      { until: 9 },
    );
    expect(log).toEqual([
      '0 run carrier.d/a',
      '0 run routable.d/a',
      '0 run manager.d/a',
      '1 exit routable.d/a',
      '1 exit manager.d/a',
      '9 kill carrier.d/a',
    ]);
  });

  test('MaxParallel counts scripts: a link has its turn between two scripts of another', () => {
    const { log } = timeline(twoScripts, { 'carrier.d/10-a': { takes: 3 }, 'carrier.d/20-b': { takes: 3 } }, '(cr)|', {
      c: carrier(1, eth0, slots(1)),
      r: routable(2, eth1, slots(1)),
    });
    expect(log).toEqual([
      '0 run carrier.d/10-a',
      '3 exit carrier.d/10-a',
      '3 run routable.d/10-a',
      '4 exit routable.d/10-a',
      '4 run carrier.d/20-b',
      '7 exit carrier.d/20-b',
    ]);
  });

  test('with more links than slots no event is lost', () => {
    const links = Array.from({ length: 20 }, (_, nth) => link(nth + 2, `eth${nth}`));
    const steps = Object.fromEntries(
      links.map((of, nth) => [String.fromCharCode(97 + nth), carrier(nth + 1, of, slots(2))] as const),
    );
    const { outcomes, log, isComplete } = timeline(oneScript, {}, `(${Object.keys(steps).join('')}|)`, steps);
    expect(outcomes.filter(line => line.includes('done'))).toHaveLength(20);
    expect(log.filter(line => line.startsWith('0 run'))).toHaveLength(2);
    expect(log.at(-1)).toBe('10 exit carrier.d/10-a');
    expect(isComplete).toBe(true);
  });

  test('each event goes by the configuration of its time: a reload leaves alone what runs', () => {
    const hang = { 'carrier.d/10-a': { takes: Infinity } };
    const { outcomes } = timeline(oneScript, hang, 'a-b|', {
      a: carrier(1, eth0, config({ scripts: { timeoutSec: 0.02 } })),
      b: carrier(2, eth1, config({ scripts: { timeoutSec: 0.005 } })),
    });
    expect(outcomes).toEqual([
      '0 began 1',
      '2 began 2',
      '7 2 carrier.d/10-a SIGTERM, timed out',
      '7 done 2',
      '20 1 carrier.d/10-a SIGTERM, timed out',
      '20 done 1',
    ]);
  });

  test('a link that takes a name over waits for what its former holder still has to run, and for nothing else', () => {
    const news = (id: number, action: LinkEvent['action'], ifindex: number, name: string, oldName = ''): Step =>
      step(id, { kind: 'link', action, ifindex, name, oldName }, world());
    const files = tree({ '/s/links.d': ['10-a'], '/s/carrier.d': ['10-a'] });
    const programs = { 'links.d/10-a': { takes: 15 }, 'carrier.d/10-a': { takes: 1 } };
    const again = {
      r: news(1, 'removed', 2, 'tun0'),
      a: news(2, 'added', 3, 'tun0'),
      c: carrier(3, link(3, 'tun0')),
      o: carrier(4, eth2),
    };
    const ran = (outcomes: readonly string[]): readonly string[] => outcomes.filter(line => line.includes('.d/'));
    expect(ran(timeline(files, programs, 'raco|', again).outcomes)).toEqual([
      '4 4 carrier.d/10-a 0',
      '15 1 links.d/10-a 0',
      '30 2 links.d/10-a 0',
      '31 3 carrier.d/10-a 0',
    ]);

    const swap = {
      a: news(1, 'renamed', 2, 'tmp', 'eth0'),
      b: news(2, 'renamed', 3, 'eth0', 'eth1'),
      c: news(3, 'renamed', 2, 'eth1', 'tmp'),
      d: news(4, 'renamed', 2, 'eth9', 'eth1'),
    };
    expect(ran(timeline(files, programs, '(abcd|)', swap).outcomes)).toEqual([
      '15 1 links.d/10-a 0',
      '30 2 links.d/10-a 0',
      '45 3 links.d/10-a 0',
      '60 4 links.d/10-a 0',
    ]);
  });

  test('a script whose time is over says how many events of its own link waited for it', () => {
    const files = fakeFiles(oneScript);
    const processes = fakeProcesses(path => (short(path) === 'carrier.d/10-a' ? { takes: Infinity } : {}));
    const settings = config({ scripts: { timeoutSec: 0.02 } });
    const behind: unknown[] = [];
    marbles(({ hot }) => {
      const step$ = hot('abc|', {
        a: carrier(1, eth0, settings),
        b: routable(2, eth0, settings),
        c: routable(3, eth1, settings),
      });
      scriptsSink({ files, processes, scriptDir: '/s' })
        .consume({ step$, world$: NEVER }, () => undefined)
        .pipe(filter(outcome => outcome.kind === 'script-ran'))
        .subscribe({ next: ({ step: of, behind: waiting }) => behind.push([of.id, waiting]), error: fail });
    })();
    expect(behind).toEqual([
      [3, undefined],
      [1, 1],
      [2, undefined],
    ]);
  });

  test('a script that hangs is ended: SIGTERM, SIGKILL 5 seconds later, then the next one runs', () => {
    const programs = { 'carrier.d/10-a': { takes: Infinity, tidiesFor: Infinity } };
    const { log, outcomes } = timeline(twoScripts, programs, 'c|', { c: carrier(1) });
    expect(log).toEqual([
      '0 run carrier.d/10-a',
      '90000 SIGTERM carrier.d/10-a',
      '95000 SIGKILL carrier.d/10-a',
      '95000 exit carrier.d/10-a',
      '95000 SIGKILL carrier.d/10-a',
      '95000 run carrier.d/20-b',
      '95001 exit carrier.d/20-b',
    ]);
    expect(outcomes).toContain('95000 1 carrier.d/10-a SIGKILL, timed out');
  });

  test('scripts that fail, or cannot be executed any more, do not stop the others', () => {
    const files = tree({ '/s/carrier.d': ['10-a', '20-b', '30-c'] });
    const programs = { 'carrier.d/10-a': { code: 3 }, 'carrier.d/20-b': { fails: 'gone (ENOENT)' } };
    expect(timeline(files, programs, 'c|', { c: carrier(1) }).outcomes).toEqual([
      '0 began 1',
      '1 1 carrier.d/10-a 3',
      '1 1 carrier.d/20-b gone (ENOENT)',
      '2 1 carrier.d/30-c 0',
      '2 done 1',
    ]);
  });

  test('completion drains a full lane, and 257 that wait become one, with a warning', () => {
    const letters = Array.from('abcdefghijklmnopqrstuvwxyz');
    const steps = Object.fromEntries(letters.map((letter, nth) => [letter, carrier(nth + 1)] as const));
    const many = letters.join('').repeat(10).slice(0, 258);
    const { outcomes, said, isComplete } = timeline(oneScript, { 'carrier.d/10-a': { takes: 5 } }, `(${many}|)`, steps);
    // One runs, and 257 wait.
    expect(outcomes.filter(line => line.includes('done'))).toEqual(['5 done 1', '10 done 24']);
    expect(said).toEqual([
      'events-joined: more than 256 events of link 2 waited for scripts to end: 256 were joined with later ones',
    ]);
    expect(isComplete).toBe(true);
  });

  test('news of links keep no World while they wait: they have the newest when it is their turn', () => {
    const files = tree({ '/s/carrier.d': ['10-a'], '/s/links.d': ['10-a'] });
    const worlds: unknown[] = [];
    const enrich = (of_: Step): Observable<Environment> => {
      worlds.push([of_.id, of_.world]);
      return of({});
    };
    const [c, o] = [carrier(1), carrier(3, eth1)];
    const news: NetworkEvent = { kind: 'link', action: 'renamed', ifindex: 2, name: 'lan0', oldName: 'eth0' };
    timeline(files, { 'carrier.d/10-a': { takes: 5 } }, '(cno|)', { c, n: step(2, news), o }, { enrich });
    expect(worlds).toEqual([[1, c.world], [3, o.world], [2, o.world]]); // prettier-ignore
  });

  test('unsubscribing kills what runs and forgets what waits', () => {
    const hang = { 'carrier.d/10-a': { takes: Infinity } };
    const { log } = timeline(
      oneScript,
      hang,
      '(abc)',
      {
        a: carrier(1, eth0, slots(2)),
        b: carrier(2, eth1, slots(2)),
        c: carrier(3, eth2, slots(2)),
      },
      { until: 5 },
    );
    expect(log).toEqual([
      '0 run carrier.d/10-a',
      '0 run carrier.d/10-a',
      '5 kill carrier.d/10-a',
      '5 kill carrier.d/10-a',
    ]);
  });
});

describe('which scripts', () => {
  test('an event without scripts is done at once: nothing of it can be in progress', () => {
    expect(timeline(tree(), {}, 'c|', { c: carrier(1) }).outcomes).toEqual(['0 done 1']);
  });

  test('a state that is on no list runs nothing and is reported', () => {
    const evil = tree({ '/s/../evil.d': ['a'] });
    const { log, said } = timeline(evil, {}, 'e|', {
      e: step(1, linkState(eth0, inWords({ OperationalState: '../evil' }))),
    });
    expect(log).toEqual([]);
    expect(said).toEqual([expect.stringMatching(/^state-unknown: OperationalState is "\.\.\/evil", expected one of/)]);
  });

  test('are looked up at each event', () => {
    const { log } = timeline(() => tree({ '/s/carrier.d': asyncScheduler.now() === 0 ? ['a'] : ['b'] }), {}, 'c---d|', {
      c: carrier(1),
      d: carrier(2),
    });
    expect(log.filter(line => line.includes('run'))).toEqual(['0 run carrier.d/a', '4 run carrier.d/b']);
  });

  test('those that do not run are reported at the start, once, and again when they were right in between', () => {
    const mode = (): number => (asyncScheduler.now() === 4 ? 0o755 : 0o644);
    const files = () => tree({ '/s/carrier.d': [script('/s/carrier.d/a', { mode: mode() })] });
    const message = 'script-skipped: script /s/carrier.d/a is skipped: it is not executable: chmod +x it';
    expect(timeline(files, {}, '|', {}).said).toEqual([message]);
    const steps = { c: carrier(1), d: carrier(2), e: carrier(3), f: carrier(4) };
    expect(timeline(files, {}, 'c-d-e---f|', steps).said).toEqual([message, message]);
  });

  test('directories that are missing and cannot be made are named in one warning', () => {
    const files = { directories: { '/s/carrier.d': [], '/s/routable.d': [] } };
    expect(timeline(files, {}, '|', {}).said).toEqual([
      'directory-missing: /s lacks addresses.d, configured.d, degraded.d, leases.d, links.d, manager.d, no-carrier.d, ' +
        'routes.d: create them, owned by root and with mode 0755, to have scripts run from there',
    ]);
  });
});

describe('what they are given', () => {
  const given = (more: Partial<ScriptsOptions> = {}, texts: FakeTree['texts'] = {}) => {
    const files = tree({ '/s/carrier.d': ['a'] }, texts);
    const { environments, said, outcomes } = timeline(files, {}, 'c|', { c: carrier(1) }, more);
    const { PATH, ...environment } = environments.get('/s/carrier.d/a') ?? {};
    expect(PATH).toMatch(/^\/usr/);
    return { environment, said, outcomes };
  };
  const base = {
    EVENT: 'link-state',
    EVENT_ID: '1',
    LINK: 'eth0',
    LINKINDEX: '2',
    CarrierState: 'carrier',
    CHANGED: 'CarrierState',
    STATE: 'carrier',
  };

  test('the lease of the link, if networkd has one', () => {
    expect(given().environment).toEqual(base);
    const texts = { '/run/systemd/netif/leases/2': '# private\nADDRESS=192.0.2.5\nLIFETIME=2min\n' };
    expect(given({}, texts).environment).toEqual({
      ...base,
      DHCP_LEASE: 'ADDRESS=192.0.2.5 LIFETIME=2min',
      DHCP_ADDRESS: '192.0.2.5',
      DHCP_LIFETIME: '120',
    });
  });

  test('what enrichment adds, which stays subscribed for as long as the scripts run', () => {
    const seen: string[] = [];
    const enrich = (): Observable<{ readonly JSON: string }> =>
      concat(of({ JSON: '{}' }), NEVER).pipe(finalize(() => seen.push(`${asyncScheduler.now()} removed`)));
    const { environment, outcomes } = given({ enrich });
    expect(environment).toEqual({ ...base, JSON: '{}' });
    expect(outcomes).toEqual(['0 began 1', '1 1 carrier.d/a 0', '1 done 1']);
    expect(seen).toEqual(['1 removed']);
  });

  test('nothing more if enrichment has nothing to add', () => {
    expect(given({ enrich: () => EMPTY }).environment).toEqual(base);
  });

  test.each([
    ['fails', () => throwError(() => new Error('no'))],
    [
      'throws',
      (): never => {
        throw new Error('no');
      },
    ],
  ])('nothing more if enrichment %s, which is reported', (_, enrich) => {
    const { environment, said, outcomes } = given({ enrich });
    expect(environment).toEqual(base);
    expect(said).toEqual(['scripts-failed: event 1: its scripts run without the variables that were to be added: no']);
    expect(outcomes.at(-1)).toBe('1 done 1');
  });
});

describe('a defect', () => {
  const broken = (): never => {
    throw new Error('broken');
  };

  test('in looking for scripts costs that event its scripts, and no other', () => {
    const working = fakeFiles(oneScript);
    let calls = 0;
    const list: typeof working.list = paths => ((calls += 1) <= 2 ? broken() : working.list(paths));
    const { outcomes, said } = timeline(
      oneScript,
      {},
      'c-d|',
      { c: carrier(1), d: carrier(2) },
      { files: { ...working, list } },
    );
    expect(outcomes).toEqual(['0 done 1', '2 began 2', '3 2 carrier.d/10-a 0', '3 done 2']);
    expect(said).toEqual([
      'scripts-failed: the script directories were not looked at: broken',
      'scripts-failed: event 1: its scripts do not run: broken',
    ]);
  });

  test.each([
    ['throws', broken],
    ['fails', () => throwError(() => new Error('broken'))],
  ])('in a process that %s is how that script ended', (_, run) => {
    const working = fakeProcesses();
    const processes = {
      ...working,
      run: (spec: { path: string; env: Record<string, string> }) =>
        spec.path.endsWith('10-a') ? run() : working.run(spec),
    };
    expect(timeline(twoScripts, {}, 'c|', { c: carrier(1) }, { processes }).outcomes).toEqual([
      '0 began 1',
      '0 1 carrier.d/10-a broken',
      '1 1 carrier.d/20-b 0',
      '1 done 1',
    ]);
  });
});
