import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';

test('docs/trace.md quotes what replay prints of a question without an answer', () => {
  const [, quoted = ''] = /never guessed, and fails: `\? ([^`]*):/.exec(readFileSync('docs/trace.md', 'utf8')) ?? [];
  expect(quoted).not.toBe('');
  expect(readFileSync('src/commands/replay.ts', 'utf8')).toContain(`${quoted.replace(/\s+/g, ' ')}: \${`);
});
