import { describe, expect, test } from '@jest/globals';
import { filter, NEVER, type Observable, of } from 'rxjs';
import type { LinkEvent, NetworkEvent } from '../../../../src/model/event.js';
import type { Step } from '../../../../src/model/world.js';
import type { Environment } from '../../../../src/sinks/scripts/environment.js';
import { scriptsSink } from '../../../../src/sinks/scripts/sink.js';
import { config, link, linkState, managerState, step, world } from '../../../../src/testing/builders.js';
import { fakeFiles } from '../../../../src/fakes/fake-files.js';
import { fakeProcesses } from '../../../../src/fakes/fake-processes.js';
import { marbles } from '../../../../src/testing/marbles.js';
import type { States } from '../../../../src/model/states.js';
import {
  carrier,
  eth0,
  eth1,
  eth2,
  fail,
  oneScript,
  routable,
  short,
  sinkOver,
  slots,
  timeline,
  tree,
  twoScripts,
} from './timeline.js';

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
      'events-joined: more than 256 events of link 2 were waiting for scripts: 256 of them were joined with later ones',
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
