import { expect, test } from '@jest/globals';
import { listenPlace } from '../../../src/config/listen-kind.js';

const read = (found: unknown) => listenPlace.read(found)?.value ?? 'refused';

test('is a path, or a port of this host alone', () => {
  expect(read('/run/network-broker/metrics.sock')).toEqual({ path: '/run/network-broker/metrics.sock' });
  expect(read(' 127.0.0.1:9217 ')).toEqual({ host: '127.0.0.1', port: 9217 });
  expect(read('[::1]:65535')).toEqual({ host: '::1', port: 65535 });
  expect(listenPlace.read('')).toEqual({ value: undefined });
});

test('is nothing that others can reach, nor anything that is no place', () => {
  const wrong = ['0.0.0.0:9217', '[::]:9217', ':9217', '9217', 9217, '127.0.0.1:0', '127.0.0.1:65536', 'localhost:1'];
  const paths = ['relative', '/', '/run/', '/run/a\0b', `/${'x'.repeat(107)}`, `/${'ü'.repeat(54)}`];
  expect([...wrong, ...paths].map(read)).toEqual([...wrong, ...paths].map(() => 'refused'));
});
