import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { runInNewContext } from 'node:vm';
import picomatch from 'picomatch';
import { globOf, wrongGlob } from '../../../../src/model/names/glob.js';

describe('globOf', () => {
  test.each([
    ['eth*', 'eth0 eth eth10', 'et xeth0 ETH0'],
    ['*', 'a . .. abc 😀', ''],
    ['e?h', 'eth e😀h e?h', 'eh etth'],
    ['eth[01]', 'eth0 eth1', 'eth2 eth01 eth'],
    ['eth[!01]', 'eth2 ethx', 'eth0 eth'],
    ['eth[^01]', 'eth2', 'eth0'],
    ['[a-c-]x', 'ax cx -x', 'dx'],
    ['[c-a]', '', 'a b c'],
    ['[]a]', '] a', 'b'],
    ['[!]a]', 'b', '] a'],
    ['[[:digit:]x]', '0 9 x', 'a : d'],
    ['[![:upper:]]', 'a 0', 'A'],
    ['[[:nothing:]', ': n [', 'x'],
    ['[a', '[a', 'a'],
    ['[*]', '*', 'a'],
    ['[\\]]', ']', '\\'],
    ['\\*', '*', 'a \\*'],
    ['a\\', 'a\\', 'a'],
    ['a**b', 'ab axb', 'a b'],
    ['*a*b*', 'ab xaxbx', 'ba'],
    ['(a|b)', '(a|b)', 'a b'],
    ['{a,b}', '{a,b}', 'a b'],
    ['a.b+c$', 'a.b+c$', 'axb+c'],
    ['eth0', 'eth0', 'eth00 eth'],
  ])('%s matches %s and not %s', (pattern, good, bad) => {
    const names = `${good} ${bad}`.split(' ').filter(Boolean);
    expect(names.filter(globOf(pattern))).toEqual(good.split(' ').filter(Boolean));
  });

  test('an empty pattern matches only the empty name', () => {
    expect(['', 'a'].filter(globOf(''))).toEqual(['']);
  });

  test('agrees with picomatch, whatever is put together of letters, *, ? and brackets', () => {
    const some = (...parts: readonly string[]) =>
      fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 8 }).map(all => all.join(''));
    const patterns = some('a', 'b', 'c', '*', '?', '[ab]', '[^a]', '[a-c]', '\\*', '[[:alpha:]]');
    fc.assert(
      fc.property(patterns, some('a', 'b', 'c', '0', '*'), (pattern, name) => {
        const options = { dot: true, noextglob: true, nonegate: true, nobrace: true, noglobstar: true };
        expect(globOf(pattern)(name)).toBe(picomatch(pattern, options)(name));
      }),
      { numRuns: 20_000 },
    );
  });

  test('costs next to nothing against a long name: no more looks than letters and parts multiplied', () => {
    const classes = 84;
    const matches = globOf('*[[:lower:]]'.repeat(classes) + '[[:upper:]]');
    const name = 'a'.repeat(255);
    let looks = 0;
    const test = jest.spyOn(RegExp.prototype, 'test').mockImplementation(function (this: RegExp, letter: string) {
      if ((looks += 1) > name.length * 2 * (classes + 1)) throw new Error('it looks ever again');
      return this.exec(letter) !== null;
    });
    try {
      expect(matches(name)).toBe(false);
    } finally {
      test.mockRestore();
    }
    expect(looks).toBeGreaterThanOrEqual(name.length);
  });

  // What takes a few milliseconds has a minute: only what would never end takes longer, on whatever machine.
  test.each([
    '*a*a*a*a*a*a*b',
    `${'*a'.repeat(511)}b`,
    `${'*?'.repeat(511)}b`,
    '['.repeat(1024),
    '[[:'.repeat(341),
    `${'[[:'.repeat(340)}\\]`,
  ])('ends soon against a long name, pattern %#', pattern => {
    const run = (): boolean => globOf(pattern)('a'.repeat(255));
    expect(runInNewContext('run()', { run }, { timeout: 60_000 })).toBe(false);
  });
});

describe('wrongGlob', () => {
  test.each(['eth*', 'a', '[(a)]', '\\{a,b\\}', '\\(a\\)', '{a}', 'a(b', '[{]a,b}', '*'])(
    '%s can be meant',
    pattern => {
      expect(wrongGlob(pattern)).toBeUndefined();
    },
  );

  test.each([
    ['', 'it is empty'],
    ['eth{0,1}', 'braces are not expanded: write each name out'],
    ['eth{0..3}', 'braces are not expanded: write each name out'],
    ['eth(0|1)', 'groups are not known: write each pattern out'],
    ['@(a|b)', 'groups are not known: write each pattern out'],
    ['a'.repeat(1025), 'it is longer than 1024 characters'],
  ])('%.20s is a mistake', (pattern, why) => {
    expect(wrongGlob(pattern)).toBe(why);
  });
});
