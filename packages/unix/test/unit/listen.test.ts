import { expect, test } from '@jest/globals';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { connect, listen } from '../../src/index.js';
import { codeOf } from './code-of.js';

const address = `@unix-test.${process.pid}.listen`;

test('who is connected learns of the end, without having been accepted', async () => {
  const server = listen(address);
  expect(codeOf(() => listen(address))).toBe('EADDRINUSE');
  const socket = new Socket({ fd: connect(address) });
  const closed = new Promise(resolve => socket.on('error', () => undefined).on('close', resolve));
  socket.resume();
  closeSync(server);
  await closed;
  expect(codeOf(() => connect(address))).toBe('ECONNREFUSED');
});

test('nobody waits to be connected', () => {
  const server = listen(address);
  const connected: number[] = [];
  const fill = (): unknown => {
    for (;;) connected.push(connect(address));
  };
  expect(codeOf(fill)).toBe('EAGAIN');
  [server, ...connected].forEach(fd => closeSync(fd));
});

test('an address must fit', () => {
  expect(codeOf(() => listen(''))).toBe('EMSGSIZE');
  expect(codeOf(() => connect(`@${'x'.repeat(108)}`))).toBe('EMSGSIZE');
  expect(codeOf(() => connect('/nowhere/at/all'))).toBe('ENOENT');
});
