import { describe, expect, test } from '@jest/globals';
import { parseRequest } from '../../../src/root/request.js';

const request = {
  tree: { path: ['/etc/hooks', '/usr/lib/hooks'], style: 'network-broker' },
  directory: 'routable.d',
  script: '10-a',
  args: [],
  variables: { LINK: 'eth0' },
};
const refusal = (changes: object): string => {
  const read = parseRequest(JSON.stringify({ ...request, ...changes }));
  return 'refused' in read ? read.refused : 'taken';
};
const many = (count: number): readonly string[] => Array.from({ length: count }, (_, nth) => String(nth));

describe('a request to the root executor', () => {
  test('is a tree, a directory, a script, arguments and variables; what else it holds is left out', () => {
    expect(parseRequest(JSON.stringify({ ...request, user: 'root', path: '/bin/sh' }))).toEqual(request);
  });

  test.each(['', 'x', 'null', '7', '"text"', '[]', '{', '{}', '{"tree":7}', '\0', JSON.stringify([request])])(
    'is refused if it is no request: %j',
    text => {
      expect(parseRequest(text)).toEqual({ refused: expect.stringMatching(/^expected /) });
    },
  );

  test.each([
    ['a script with a slash', { script: '../10-a' }],
    ['a script that is a path', { script: '/bin/sh' }],
    ['a script that is the directory', { script: '.' }],
    ['a script that is the directory above', { script: '..' }],
    ['a script without a name', { script: '' }],
    ['a script with a NUL in its name', { script: '10-a\0' }],
    ['a script that is no text', { script: ['10-a'] }],
    ['a directory that is no text', { directory: 1 }],
    ['a style that there is not', { tree: { path: ['/etc/hooks'], style: 'systemd' } }],
    ['a path that is no list', { tree: { path: '/etc/hooks', style: 'network-broker' } }],
    ['paths without end', { tree: { path: many(65), style: 'network-broker' } }],
    ['arguments without end', { args: many(9) }],
    ['arguments that are no texts', { args: [{}] }],
    ['variables that are no texts', { variables: { LINK: 1 } }],
    ['variables in a list', { variables: ['LINK=eth0'] }],
    ['variables without end', { variables: Object.fromEntries(many(513).map(name => [name, ''])) }],
  ])('is refused with %s', (_, changes) => {
    expect(refusal(changes)).toMatch(/^expected /);
  });

  test('is refused beyond 256 KiB, before it is parsed', () => {
    expect(refusal({ variables: { JSON: 'x'.repeat(256 * 1024) } })).toBe('expected a request of at most 256 KiB');
  });
});
