import { describe, expect, test } from '@jest/globals';
import { distrustModule } from '../../../src/extensions/extension-trust.js';
import { linkTo, listing, place, script } from '../../../src/fakes/fake-files.js';

const directory = '/etc/network-broker/extensions';
const judged = (entry: ReturnType<typeof script>): string | undefined =>
  distrustModule(listing(directory, [entry]), 'x.mjs', [0]);

describe('whether a module may be loaded', () => {
  test('one of root’s that nobody else can write may, and need not be executable', () => {
    expect(judged(script(`${directory}/x.mjs`, { mode: 0o644 }))).toBeUndefined();
  });

  test('one that somebody else owns or can write may not', () => {
    expect(judged(script(`${directory}/x.mjs`, { uid: 1000 }))).toContain('belongs to user 1000, expected root');
    expect(judged(script(`${directory}/x.mjs`, { mode: 0o664 }))).toContain('writable by group or others');
  });

  test('nor one below a directory that somebody else can write, nor one that a link leads to there', () => {
    const open = listing(directory, ['x.mjs']);
    const way = { ...open.way, places: open.way.places.map(each => ({ ...each, mode: 0o777 })) };
    expect(distrustModule({ ...open, way }, 'x.mjs', [0])).toContain('writable by group or others');
    const link = linkTo(`${directory}/x.mjs`, place('/home/u/x.mjs', { uid: 1000 }));
    expect(judged(link)).toContain('/home/u/x.mjs belongs to user 1000');
  });

  test('what is missing or no file is said', () => {
    expect(distrustModule(listing(directory, []), 'x.mjs', [0])).toBe(`there is no x.mjs in ${directory}`);
    expect(judged(script(`${directory}/x.mjs`, { kind: 'directory' }))).toBe('expected a regular file');
  });
});
