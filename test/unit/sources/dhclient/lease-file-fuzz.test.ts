import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseLeases } from '../../../../src/sources/dhclient/lease-file.js';

const files = ['dhclient.leases-after-release', 'dhclient6.leases', 'dhclient6.leases-after-release'].map(name =>
  readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url), 'utf8'),
);
const words = ['{', '}', ';', '"', '\\', '#', '\n', ',', '\0', 'lease {', 'lease6 {', 'option', 'never', 'epoch', '/', '\u{1f600}', '\ud800']; // prettier-ignore

/** One damage: `length` characters at `at` (as a share of the file) give way to `by`. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.constant(0), fc.nat(40), fc.nat(2000)),
  by: fc.oneof(fc.constant(''), fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 20 })),
});
const mutated = fc
  .tuple(fc.constantFrom(...files), fc.array(damage, { minLength: 1, maxLength: 6 }))
  .map(([file, all]) =>
    all.reduce((text, { at, length, by }) => {
      const from = Math.floor(at * text.length);
      return text.slice(0, from) + by + text.slice(from + length);
    }, file),
  );

const isAddress = /^[0-9a-f.:]+$/;

test('20,000 mutated real files: it never throws, and every lease says whose it is, which addresses and until when', () => {
  fc.assert(
    fc.property(mutated, text => {
      const { leases, unreadable } = parseLeases(text, Date.UTC(2026, 10, 24));
      const lines = text.split('\n').length;
      for (const { line } of unreadable) expect(line >= 1 && line <= lines).toBe(true);
      for (const lease of leases) {
        const { link, addresses, prefixes, dns, routers, expire, renew, rebind } = lease;
        const isWell =
          link !== '' &&
          addresses.length + prefixes.length > 0 &&
          [...addresses, ...dns, ...routers].every(address => isAddress.test(address)) &&
          [expire, renew, rebind].every(instant => instant === 'never' || Number.isFinite(instant));
        if (!isWell) throw new Error(`an impossible lease: ${JSON.stringify(lease)}`);
      }
    }),
    { numRuns: 20_000 },
  );
});
