import { expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';

const page = readFileSync('docs/security.md', 'utf8');
const promises = (page.split('## What strangers cannot do')[1] ?? '').split('\n## ')[0] ?? '';
const lines = promises.split('\n').filter(line => /^\| (?!promise)/.test(line));
const rows = lines.map(line => {
  const [, promise = '', file = '', name = ''] = /^\| (.+) \| (\S+): (.+) \|$/.exec(line) ?? [];
  return { line, promise, file, name };
});

/** What is said of tests and of groups of them, and what begins a row of their tables, as it is written. */
const titles = (file: string): readonly string[] =>
  [
    ...readFileSync(file, 'utf8').matchAll(
      /(?:(?:\b(?:test(?:\.concurrent)?|describe|describeLive|asRoot|testAsRoot)|\)|\bas const)\(|\[)\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g,
    ),
  ].map(([, , title = '']) => title.replace(/\\(.)/g, '$1'));

test('there are promises with tests', () => {
  expect(rows.length).toBeGreaterThan(40);
});

test.each(rows)('$line: a test is called so', ({ promise, file, name }) => {
  expect(promise).not.toBe('');
  expect(file).toMatch(/^test\/\S+\.test\.ts$/);
  expect(existsSync(file)).toBe(true);
  expect(titles(file).filter(title => title.includes(name))).not.toEqual([]);
  expect(name.split(' ').length).toBeGreaterThan(2); // so that it is no other test by chance
});
