import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { environmentFile } from '../../../../src/sinks/units/environment-file.js';

const hostile = {
  QUOTES: `a"b'c`,
  SUBSTITUTION: '$(touch /tmp/x) `id` ${HOME} $HOME',
  BACKSLASH: 'a\\',
  LINES: 'one\nEVIL=two\n"; EVIL=three',
  COMMENT: '# ; no comment',
  SPACES: '  both ends  ',
  EMPTY: '',
  ACCENTS: 'Zürich',
};

describe('environmentFile', () => {
  test('nothing breaks out of a value: sh reads what was written', () => {
    const names = Object.keys(hostile);
    const script = `set -u; eval "$1"; printf '%s\\0' ${names.map(name => `"$${name}"`).join(' ')} "\${EVIL-none}"`;
    const read = execFileSync('sh', ['-c', script, 'sh', environmentFile(hostile)], { encoding: 'utf8' });
    expect(read.split('\0').slice(0, -1)).toEqual([...Object.values(hostile), 'none']);
  });

  test('what such a file cannot hold is left out: control characters, bytes that are no UTF-8', () => {
    expect(environmentFile({ A: 'a\u0007', B: 'a\udc80', C: 'a\r', D: 'd' })).toBe('D="d"\n');
  });
});
