import { describe, expect, test } from '@jest/globals';
import { NEVER, of, Subject, throwError } from 'rxjs';
import type { Tree } from '../../../../src/model/config.js';
import type { World } from '../../../../src/model/world.js';
import { scriptsSink } from '../../../../src/sinks/scripts/sink.js';
import { fakeFiles, script } from '../../../../src/fakes/fake-files.js';
import { fakeProcesses } from '../../../../src/fakes/fake-processes.js';
import { config, managerState, step, tree as aTree, world } from '../../../../src/testing/builders.js';
import { carrier, eth0, routable, timeline, tree } from './timeline.js';

const trees = (...all: readonly Partial<Tree>[]) => config({ trees: all.map(aTree) });
const hooks = { path: ['/opt/hooks', '/usr/hooks'] };
const directories = {
  '/s/routable.d': ['50-own'],
  '/opt/hooks/routable.d': ['10-a', '20-b'],
  '/usr/hooks/routable.d': ['20-b', '30-c'],
};
const ran = (outcomes: readonly string[]) => outcomes.filter(line => /^\d+ \d+ /.test(line));

describe('further trees', () => {
  test('run after the own one, in the order of their tables; of the same name the first place counts', () => {
    const settings = trees({ path: ['/srv/x'] }, hooks);
    const files = tree({ ...directories, '/srv/x/routable.d': ['90-x'] });
    expect(timeline(files, {}, 'r|', { r: routable(1, eth0, settings) }).outcomes).toEqual([
      '0 began 1',
      '1 1 routable.d/50-own 0',
      '2 1 /srv/x/routable.d/90-x 0',
      '3 1 /opt/hooks/routable.d/10-a 0',
      '4 1 /opt/hooks/routable.d/20-b 0',
      '5 1 /usr/hooks/routable.d/30-c 0',
      '5 done 1',
    ]);
  });

  test('have our variables when they are of our style', () => {
    const { environments } = timeline(tree(directories), {}, 'r|', { r: routable(7, eth0, trees(hooks)) });
    expect(environments.get('/usr/hooks/routable.d/30-c')).toEqual(environments.get('/s/routable.d/50-own'));
    expect(environments.get('/usr/hooks/routable.d/30-c')).toMatchObject({
      LINK: 'eth0',
      STATE: 'routable',
      EVENT_ID: '7',
    });
  });

  test('have their own time limits, and so have their directories', () => {
    const forever = { takes: Infinity };
    const programs = Object.fromEntries(
      ['routable.d/50-own', '/opt/hooks/routable.d/10-a', '/opt/hooks/carrier.d/10-a'].map(path => [path, forever]),
    );
    const files = tree({
      '/s/routable.d': ['50-own'],
      '/opt/hooks/routable.d': ['10-a'],
      '/opt/hooks/carrier.d': ['10-a'],
    });
    const settings = trees(
      { directories: [{ name: 'routable.d', timeoutSec: 0.003, links: undefined }] },
      { ...hooks, timeoutSec: 0.02, directories: [{ name: 'carrier.d', timeoutSec: 0.005, links: undefined }] },
    );
    const steps = { c: carrier(1, eth0, settings), r: routable(2, eth0, settings) };
    expect(ran(timeline(files, programs, 'c----------r|', steps).outcomes)).toEqual([
      '5 1 /opt/hooks/carrier.d/10-a SIGTERM, timed out',
      '14 2 routable.d/50-own SIGTERM, timed out',
      '34 2 /opt/hooks/routable.d/10-a SIGTERM, timed out',
    ]);
  });

  test('are for the links that they or their directories name; events of no link are for all', () => {
    const settings = trees(
      { links: ['eth0'] },
      { path: ['/opt/hooks'], links: ['wlan*'] },
      { path: ['/usr/hooks'], directories: [{ name: 'routable.d', timeoutSec: undefined, links: ['wlan*'] }] },
      {
        path: ['/srv/x'],
        links: ['eth*'],
        directories: [{ name: 'routable.d', timeoutSec: undefined, links: ['eth0'] }],
      },
    );
    const files = tree({ ...directories, '/srv/x/routable.d': ['90-x'], '/opt/hooks/manager.d': ['10-m'] });
    const m = step(2, managerState({ OnlineState: 'online' }), world([eth0], settings));
    expect(ran(timeline(files, {}, 'r-----m|', { r: routable(1, eth0, settings), m }).outcomes)).toEqual([
      '1 1 routable.d/50-own 0',
      '2 1 /srv/x/routable.d/90-x 0',
      '7 2 /opt/hooks/manager.d/10-m 0',
    ]);
  });

  test('a tree of root’s runs only files of root’s, as root', () => {
    const asked: unknown[] = [];
    const working = fakeProcesses();
    const processes = {
      ...working,
      run: (spec: Parameters<typeof working.run>[0]) => {
        asked.push([spec.path, spec.as?.user, spec.as?.directory]);
        return working.run(spec);
      },
    };
    const own = script('/opt/hooks/routable.d/20-own', { uid: 990 });
    const files = {
      ...fakeFiles(tree({ '/s/routable.d': ['50-own'], '/opt/hooks/routable.d': ['10-a', own] })),
      owners: [0, 990],
    };
    const settings = trees({ path: ['/opt/hooks'], user: 'root' });
    const { said } = timeline(tree(), {}, 'r|', { r: routable(1, eth0, settings) }, { processes, files });
    expect(asked).toEqual([
      ['/s/routable.d/50-own', undefined, undefined],
      ['/opt/hooks/routable.d/10-a', 'root', 'routable.d'],
    ]);
    expect(said).toEqual([expect.stringContaining('20-own belongs to user 990, expected root')]);
  });

  test('one that does not exist is empty, and said to be so once; what would not run is said at once', () => {
    const said: string[] = [];
    const world$ = new Subject<World>();
    const files = fakeFiles(
      tree({ '/opt/hooks': [], '/opt/hooks/routable.d': [script('/opt/hooks/routable.d/10-a', { mode: 0o644 })] }),
    );
    const sink = scriptsSink({ files, processes: fakeProcesses(), scriptDir: '/s' });
    sink.consume({ step$: NEVER, world$ }, ({ code, message }) => said.push(`${code}: ${message}`)).subscribe();
    for (const settings of [
      config(),
      trees(hooks, { path: ['/none', '/nor/this'] }),
      trees(hooks, { path: ['/none', '/nor/this'] }),
    ])
      world$.next(world([eth0], settings));
    expect(said).toEqual([
      'script-skipped: script /opt/hooks/routable.d/10-a is skipped: it is not executable: chmod +x it',
      'tree-missing: script tree /none:/nor/this (network-broker) does not exist: none of its scripts will run',
    ]);
  });
});

describe('trees of other programs', () => {
  const nd = { path: ['/nd'], style: 'networkd-dispatcher' } as const;
  const files = tree({ '/s/routable.d': ['50-own'], '/nd/routable.d': ['10-a'] });

  test('have that program’s variables, and PATH', () => {
    const { environments } = timeline(
      files,
      {},
      'r|',
      { r: routable(1, eth0, trees(nd)) },
      { facts: () => of({ link: undefined, lease4: undefined }) },
    );
    expect(environments.get('/nd/routable.d/10-a')).toMatchObject({ IFACE: 'eth0', STATE: 'routable' });
    expect(Object.keys(environments.get('/nd/routable.d/10-a') ?? {})).toContain('PATH');
    expect(Object.keys(environments.get('/nd/routable.d/10-a') ?? {})).not.toContain('LINK');
    expect(Object.keys(environments.get('/s/routable.d/50-own') ?? {})).not.toContain('IFACE');
  });

  test('what is told of the link is asked for only when they have scripts', () => {
    const asked: number[] = [];
    const facts = ({ id }: { readonly id: number }) => {
      asked.push(id);
      return of({ link: undefined, lease4: undefined });
    };
    const settings = trees(nd);
    const steps = { c: carrier(1, eth0, settings), r: routable(2, eth0, settings) };
    timeline(files, {}, 'c-r|', steps, { facts });
    expect(asked).toEqual([2]);
  });

  test('if nothing can be had of the link, they run all the same', () => {
    const facts = () => throwError(() => new Error('no'));
    const { outcomes, said } = timeline(files, {}, 'r|', { r: routable(1, eth0, trees(nd)) }, { facts });
    expect(ran(outcomes)).toEqual(['1 1 routable.d/50-own 0', '2 1 /nd/routable.d/10-a 0']);
    expect(said).toEqual([
      'scripts-failed: event 1: scripts of other programs run without what they are told of its link: no',
    ]);
  });
});
