import { expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';

const page = readFileSync('docs/security.md', 'utf8');
const rows = [...page.matchAll(/^\| (.+) \| (test\/\S+\.test\.ts): ?(.*) \|$/gm)].map(
  ([, promise = '', file = '', name = '']) => ({
    promise,
    file,
    name,
  }),
);

test('there are promises with tests', () => {
  expect(rows.length).toBeGreaterThan(15);
});

test.each(rows)('$promise: the test is there', ({ file, name }) => {
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, 'utf8')).toContain(name);
});
