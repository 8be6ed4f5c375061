import { describe, expect, test } from '@jest/globals';
import { distrustAsked, waysTo } from '../../../src/extensions/module-trust.js';
import type { Place, Walk } from '../../../src/system/files/files.js';

const by = '/etc/b/a.mjs';
const file = (path: string, uid = 0, mode = 0o644): Place => ({ path, kind: 'file', uid, mode, size: 1 });
const to = (place: Place): Walk => ({ places: [place], end: place });

describe('the ways to what a module asks for', () => {
  test.each([
    ['./lib.mjs', ['/etc/b/./lib.mjs', '/f']],
    ['../lib.mjs?x=1', ['/etc/b/../lib.mjs', '/f']],
    ['/usr/lib/x.js', ['/usr/lib/x.js', '/f']],
    ['file:///usr/lib/x.js#y', ['/usr/lib/x.js', '/f']],
    ['package/part', ['/node_modules/package', '/etc/node_modules/package', '/etc/b/node_modules/package', '/f']],
    ['#own', ['/package.json', '/etc/package.json', '/etc/b/package.json', '/f']],
    ['@a/b/c', ['/node_modules/@a/b', '/etc/node_modules/@a/b', '/etc/b/node_modules/@a/b', '/f']],
  ])('%s', (specifier, ways) => {
    expect(waysTo({ specifier, by, found: '/f' })).toEqual(ways);
  });
});

describe('what a module asks for', () => {
  const asked = { specifier: './lib.mjs', by, found: '/srv/lib.mjs' };

  test('is loaded if nobody but the owners could change it or the way to it', () => {
    expect(distrustAsked(asked, path => to(file(path)), [0])).toBeUndefined();
  });
  test('is not if somebody could change where the way leads', () => {
    expect(distrustAsked(asked, path => to(file(path, path.startsWith('/etc') ? 7 : 0)), [0])).toBe(
      '/srv/lib.mjs, which /etc/b/a.mjs loads, must not be loaded: /etc/b/./lib.mjs belongs to user 7, expected root: chown it',
    );
  });
  test('nor if somebody could change the file', () => {
    expect(distrustAsked(asked, path => to(file(path, 0, path.startsWith('/srv') ? 0o666 : 0o644)), [0])).toBe(
      '/srv/lib.mjs, which /etc/b/a.mjs loads, must not be loaded: /srv/lib.mjs is writable by group or others (mode 0666): chmod go-w it',
    );
  });
  test('nor if somebody could change what a directory says of what is to be loaded from it', () => {
    const walk = (path: string): Walk =>
      path === '/etc/b/./lib.mjs'
        ? to({ ...file(path), kind: 'directory' })
        : to(file(path, path.endsWith('/package.json') ? 7 : 0));
    expect(distrustAsked(asked, walk, [0])).toBe(
      '/srv/lib.mjs, which /etc/b/a.mjs loads, must not be loaded: /etc/b/./lib.mjs/package.json belongs to user 7, expected root: chown it',
    );
  });
  test('nor if nobody can see the way', () => {
    const walk = (): Walk => ({ places: [], end: undefined, error: 'EACCES' });
    expect(distrustAsked(asked, walk, [0])).toBe('/srv/lib.mjs, which /etc/b/a.mjs loads, must not be loaded: EACCES');
  });
});
