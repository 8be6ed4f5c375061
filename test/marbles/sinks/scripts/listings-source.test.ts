import { describe, expect, test } from '@jest/globals';
import { concat, filter, map, NEVER, of as of$, tap } from 'rxjs';
import type { Tree } from '../../../../src/model/config.js';
import type { Input } from '../../../../src/model/input.js';
import { scriptListingsSource } from '../../../../src/sinks/scripts/listings-source.js';
import { fakeFiles, type FakeTree, script } from '../../../../src/fakes/fake-files.js';
import { config, tree } from '../../../../src/testing/builders.js';
import { marbles } from '../../../../src/testing/marbles.js';

const routes = '/etc/nb/routes.d';
const holding = (...entries: NonNullable<FakeTree['directories']>[string]): FakeTree => ({
  directories: { [routes]: entries },
});
const inputs: Record<string, Input> = Object.fromEntries(
  [0, 1, 2].map(scripts => [String(scripts), { kind: 'listing', directory: 'routes.d', scripts }]),
);
const none = (directory: string): Input => ({ kind: 'listing', directory, scripts: 0 });
const serving: Input = { kind: 'source', name: 'script directories', state: { is: 'serving', why: '' } };
const trees: Record<string, FakeTree> = {
  o: {},
  a: holding('10-a'),
  b: holding('10-a', '20-b'),
  // Neither of the others would run.
  x: holding('10-a', script(`${routes}/20-b`, { mode: 0o644 }), script(`${routes}/.hidden`)),
};

describe('scriptListingsSource', () => {
  const scenario = (diagram: string, expected: string): (() => void) =>
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      let tree: FakeTree = {};
      const change$ = cold(diagram, trees);
      const watched: string[] = [];
      const changes = (directory: string) => {
        watched.push(directory);
        return change$.pipe(
          tap(next => (tree = next)),
          map(() => undefined),
        );
      };
      const source = scriptListingsSource({ files: fakeFiles(() => tree), watch: { changes }, scriptDir: '/etc/nb' });
      const listings$ = source
        .inputs(NEVER)
        .pipe(filter(input => input.kind === 'listing' && input.directory === 'routes.d'));
      expectObservable(listings$, '^ 1999ms !').toBe(expected, inputs);
      expectSubscriptions(change$.subscriptions).toBe(['^ 1999ms !', '^ 1999ms !', '^ 1999ms !', '^ 1999ms !']);
      flush();
      expect(watched).toEqual([routes, '/etc/nb/rules.d', '/etc/nb/suspend.d', '/etc/nb/resume.d']);
    });

  test(
    'tells at once how many scripts there are, and again whenever that number changes',
    scenario('o 199ms a 199ms b 199ms x 199ms o-', '0 199ms 1 199ms 2 199ms 1 199ms 0-'),
  );
  test('looks once at what changes in quick succession, when it is over', scenario('o-a-b-x-b---', '0 99ms 2---'));
  test('does not tell what is as it was', scenario('a 199ms a 199ms x---', '1---'));

  test(
    'scripts of further trees count as well, from the configuration that names them on',
    marbles(({ hot, expectObservable }) => {
      const of = (...trees: readonly Partial<Tree>[]) => config({ trees: trees.map(tree) });
      const directories = { [routes]: ['10-a'], '/opt/hooks/routes.d': ['10-a', '20-b'], '/opt/nd/routes.d': ['10-a'] };
      const watch = { changes: () => concat(of$(undefined), NEVER) };
      const source = scriptListingsSource({ files: fakeFiles({ directories }), watch, scriptDir: '/etc/nb' });
      const nd = { path: ['/opt/nd'], style: 'networkd-dispatcher' } as const;
      const config$ = hot('c-t-c-', { c: of(), t: of({ path: ['/opt/hooks'] }, nd) });
      const listings$ = source
        .inputs(config$)
        .pipe(filter(input => input.kind === 'listing' && input.directory === 'routes.d'));
      expectObservable(listings$).toBe('1-3-1-', {
        ...inputs,
        3: { kind: 'listing', directory: 'routes.d', scripts: 3 },
      });
    }),
  );

  test(
    'it serves once the directory is watched, and again after a loss; what cannot be watched is an error',
    marbles(({ cold, expectObservable }) => {
      const watch = { changes: () => cold<undefined>('o-------#', { o: undefined }, new Error('ENOSPC')) };
      const source = scriptListingsSource({ files: fakeFiles({}), watch, scriptDir: '/etc/nb' });
      expectObservable(source.inputs(NEVER)).toBe(
        '(s0ruv)-#',
        { ...inputs, s: serving, r: none('rules.d'), u: none('suspend.d'), v: none('resume.d') },
        new Error('ENOSPC'),
      );
    }),
  );
});
