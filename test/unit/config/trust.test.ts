import { describe, expect, test } from '@jest/globals';
import { distrust } from '../../../src/config/trust.js';
import { place } from '../../../src/fakes/fake-files.js';

const root = place('/', { kind: 'directory' });
const directory = (mode: number, uid = 0) => place('/d', { kind: 'directory', mode, uid });

describe('distrust', () => {
  test('says nothing of a way that only root can change', () => {
    expect(distrust([root, directory(0o755), place('/d/a')], [0])).toBeUndefined();
  });

  test.each([
    ['writable by group', [root, directory(0o775)], '/d is writable by group or others (mode 0775): chmod go-w it'],
    ['writable by others', [root, directory(0o757)], '/d is writable by group or others (mode 0757): chmod go-w it'],
    ['of somebody else', [root, directory(0o755, 1000)], '/d belongs to user 1000, expected root: chown it'],
    [
      'a writable file',
      [root, place('/a', { mode: 0o1777 })],
      '/a is writable by group or others (mode 1777): chmod go-w it',
    ],
    [
      "somebody's link in a sticky directory",
      [root, directory(0o1777), place('/d/l', { kind: 'link', mode: 0o777, uid: 1000 })],
      '/d/l belongs to user 1000, expected root: chown it',
    ],
    [
      'a sticky directory of somebody else',
      [root, directory(0o1777, 1000)],
      '/d belongs to user 1000, expected root: chown it',
    ],
  ])('names the first place that somebody else could change: %s', (_, places, expected) => {
    expect(distrust(places, [0])).toBe(expected);
  });

  test('trusts a sticky directory that all can write to, such as /tmp', () => {
    expect(distrust([root, directory(0o1777), place('/d/a')], [0])).toBeUndefined();
  });

  test("does not look at a link's own mode, which is always 0777", () => {
    expect(distrust([root, place('/l', { kind: 'link', mode: 0o777 }), place('/a')], [0])).toBeUndefined();
  });

  test("trusts the daemon's own user beside root where that is asked for", () => {
    expect(distrust([root, directory(0o755, 1000)], [0, 1000])).toBeUndefined();
    expect(distrust([directory(0o755, 1001)], [0, 1000])).toBe(
      '/d belongs to user 1001, expected root or user 1000: chown it',
    );
  });
});
