import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RouteChange } from '../../../../src/model/route/route.js';
import { addressLines, linesThatFit, routeLines } from '../../../../src/sinks/scripts/changes-variable.js';
import { address } from '../../../../src/testing/builders.js';

/** MAX_ARG_STRLEN, with the name, `=` and the end. */
const longest = 131_072;
const bytesOf = (value: string): number => Buffer.byteLength(`ROUTES=${value}\0`);

describe('ROUTES', () => {
  test('a change is a line', () => {
    const changes: readonly RouteChange[] = [
      { action: 'added', route: '10.0.0.0/8 via 192.0.2.1 table main' },
      { action: 'changed', route: 'blackhole 10.1.0.0/16 table main', was: '10.1.0.0/16 via 192.0.2.1 table main' },
      { action: 'removed', route: '2001:db8::/32 table 10002' },
    ];
    expect(routeLines(changes)).toBe(
      'added 10.0.0.0/8 via 192.0.2.1 table main\nchanged blackhole 10.1.0.0/16 table main was 10.1.0.0/16 via 192.0.2.1 table main\nremoved 2001:db8::/32 table 10002',
    );
  });

  test('that changes were lost has no route to name', () => {
    expect(routeLines([{ action: 'lost', route: '' }])).toBe('lost');
  });

  test('no changes are no lines', () => {
    expect(routeLines([])).toBe('');
  });

  test('what just fits is left whole, one character more costs the last line', () => {
    const first = 'a'.repeat(100);
    const rest = longest - bytesOf(`${first}\n`);
    const fits = `${first}\n${'b'.repeat(rest)}`;
    expect(bytesOf(fits)).toBe(longest);
    expect(linesThatFit('ROUTES', fits)).toBe(fits);
    expect(linesThatFit('ROUTES', `${fits}b`)).toBe(first);
  });

  test('a single line that is too long is left out', () => {
    expect(linesThatFit('ROUTES', 'a'.repeat(longest))).toBe('');
  });

  test('is measured in bytes: names of links may have any letters', () => {
    const first = `added 10.0.0.0/8 nexthop dev ${'é'.repeat(7)} table main`;
    const rest = longest - bytesOf(`${first}\n`);
    expect(bytesOf(linesThatFit('ROUTES', `${first}\n${'b'.repeat(rest)}`))).toBe(longest);
    expect(linesThatFit('ROUTES', `${first}\n${'b'.repeat(rest + 1)}`)).toBe(first);
  });

  test('are always the first lines, whole, within the limit, and as many as fit', () => {
    const line = fc.stringMatching(/^[a-z0-9./ ]{1,60}$/);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 800 }), (some, times) => {
        const all = Array.from({ length: times }, () => some).flat();
        const given = linesThatFit('ROUTES', all.join('\n'));
        const count = given.split('\n').length;
        expect(given).toBe(all.slice(0, count).join('\n'));
        expect(bytesOf(given)).toBeLessThanOrEqual(longest);
        if (count < all.length) expect(bytesOf(`${given}\n${all[count]}`)).toBeGreaterThan(longest);
      }),
      { numRuns: 30 },
    );
  });
});

describe('ADDRESSES', () => {
  test('a change is a line, with the address as ADDRESS has it', () => {
    expect(
      addressLines([
        { action: 'added', address: address(2, '192.0.2.5/24') },
        { action: 'removed', address: { ...address(2, '10.0.0.1/32'), peer: '10.0.0.2' } },
      ]),
    ).toBe('added 192.0.2.5/24\nremoved 10.0.0.1/32');
  });
});
