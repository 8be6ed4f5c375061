import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { connect, listen, peerOf, socketPair } from '../../src/index.js';
import { codeOf } from './code-of.js';

const name = (): string => `unix-test.${process.pid}.${Math.random()}`;
const perl = `use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die $!;
connect($s, sockaddr_un("\\0$ARGV[0]")) or die $!; <STDIN>;`;
test('says which process, of which user, connected', async () => {
  const address = name().padEnd(107, '.'); // some Node fill a shorter one up
  const server = createServer().listen(`\0${address}`);
  await once(server, 'listening');
  const connected = new Promise<Socket>(resolve => server.once('connection', resolve));
  const child = spawn('perl', ['-e', perl, address], { stdio: ['pipe', 'inherit', 'inherit'] });
  const socket = await connected;
  const peer = peerOf(socket);
  child.stdin.end();
  await once(child, 'close');
  server.close();
  socket.destroy();
  expect(peer).toEqual({ pid: child.pid, uid: process.geteuid?.(), gid: process.getegid?.() });
  expect(codeOf(() => peerOf(socket))).toBe('EBADF');
});

test('says who listens', () => {
  const address = `@${name()}`;
  const server = listen(address);
  const client = connect(address);
  expect(peerOf(client).pid).toBe(process.pid);
  [server, client].forEach(fd => closeSync(fd));
});

test('what is not connected, and no such socket, has no peer', () => {
  const file = openSync('/dev/null', 'r');
  const [one, other] = socketPair();
  expect(codeOf(() => peerOf(file))).toBe('ENOTSOCK');
  expect(codeOf(() => peerOf(9999))).toBe('EBADF');
  expect(peerOf(one).uid).toBe(process.geteuid?.());
  [file, one, other].forEach(each => closeSync(each));
});
