import { describe, expect, test } from '@jest/globals';
import { map, NEVER, tap } from 'rxjs';
import type { Input } from '../../../src/model/input.js';
import { scriptListingsSource } from '../../../src/sources/script-listings.js';
import { fakeFiles, type FakeTree, script } from '../../../src/testing/fake-files.js';
import { marbles } from '../../../src/testing/marbles.js';

const routes = '/etc/nb/routes.d';
const holding = (...entries: NonNullable<FakeTree['directories']>[string]): FakeTree => ({
  directories: { [routes]: entries },
});
const inputs: Record<string, Input> = Object.fromEntries(
  [0, 1, 2].map(scripts => [String(scripts), { kind: 'listing', directory: 'routes.d', scripts }]),
);
const trees: Record<string, FakeTree> = {
  o: {},
  a: holding('10-a'),
  b: holding('10-a', '20-b'),
  // Neither of the others would run.
  x: holding('10-a', script(`${routes}/20-b`, { mode: 0o644 }), script(`${routes}/.hidden`)),
};

describe('scriptListingsSource', () => {
  const scenario = (diagram: string, expected: string): (() => void) =>
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
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
      expectObservable(source.inputs(NEVER), '^ 1999ms !').toBe(expected, inputs);
      expectSubscriptions(change$.subscriptions).toBe('^ 1999ms !');
      expect(watched).toEqual([routes]);
    });

  test(
    'tells at once how many scripts there are, and again whenever that number changes',
    scenario('o 199ms a 199ms b 199ms x 199ms o-', '0 199ms 1 199ms 2 199ms 1 199ms 0-'),
  );
  test('looks once at what changes in quick succession, when it is over', scenario('o-a-b-x-b---', '0 99ms 2---'));
  test('does not tell what is as it was', scenario('a 199ms a 199ms x---', '1---'));

  test(
    'what cannot be watched is an error of the source',
    marbles(({ cold, expectObservable }) => {
      const watch = { changes: () => cold<undefined>('o--#', { o: undefined }, new Error('ENOSPC')) };
      const source = scriptListingsSource({ files: fakeFiles({}), watch, scriptDir: '/etc/nb' });
      expectObservable(source.inputs(NEVER)).toBe('0--#', inputs, new Error('ENOSPC'));
    }),
  );
});
