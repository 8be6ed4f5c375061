import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { type FaultEntry, faultCodes } from '../../../src/model/fault-codes.js';
import { faultPage, faultText } from '../../../src/text/fault-words.js';

test('docs/faults.md is what the catalogue says (make docs)', () => {
  expect(readFileSync('docs/faults.md', 'utf8')).toBe(faultPage());
});

test('the page has a section for each code, with its severity, meaning and remedy', () => {
  const sections = faultPage().split(/^## /m).slice(1);
  expect(sections).toHaveLength(Object.keys(faultCodes).length);
  Object.entries<FaultEntry>(faultCodes).forEach(([code, { severity, meaning, remedy }], nth) => {
    for (const text of [`${code}\n`, `\`${severity}\``, meaning, remedy]) expect(sections[nth]).toContain(text);
  });
});

test('people get code, severity, what it means and what to do, in lines that fit a terminal', () => {
  expect(faultText('config-twice')).toBe(`config-twice (error)

A key is set twice in one file, in different spellings.

What to do: Remove one of the two.
`);
  for (const line of faultText('config-unkept').split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});
