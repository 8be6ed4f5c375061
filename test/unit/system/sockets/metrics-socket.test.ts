import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Subscription, tap } from 'rxjs';
import type { ListenPlace } from '../../../../src/model/config.js';
import type { Fault } from '../../../../src/model/fault.js';
import { servingPage } from '../../../../src/system/sockets/metrics-socket.js';

let directory = '';
let open = new Subscription();
let faults: Fault[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'metrics-'));
  open = new Subscription();
  faults = [];
});
afterEach(() => {
  open.unsubscribe();
  rmSync(directory, { recursive: true });
});

const serve = (place: ListenPlace): void => {
  const page = { path: '/metrics', make: (accepted: string) => ({ type: 'text/plain', text: `page ${accepted}` }) };
  open.add(
    servingPage(place, page)
      .pipe(tap(fault => faults.push(fault)))
      .subscribe(),
  );
};
const freePort = (): Promise<number> =>
  new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
const onLoopback = async (): Promise<{ readonly host: string; readonly port: number }> => {
  const place = { host: '127.0.0.1', port: await freePort() };
  serve(place);
  return place;
};
const bodyOf = async (response: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return `${response.statusCode} ${text}`;
};
const asked = (options: RequestOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    request({ path: '/metrics', agent: false, ...options }, response => resolve(bodyOf(response)))
      .on('error', reject)
      .end();
  });
/** What is said on a connection where these bytes were said, until it is closed. */
const told = (port: number, bytes: string | Buffer): Promise<string> =>
  new Promise(resolve => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket
      .on('data', data => (text += String(data)))
      .on('error', () => undefined)
      .on('close', () => resolve(text));
  });

test('serves the page at a path, to every user, with what was accepted', async () => {
  const socketPath = join(directory, 'metrics.sock');
  serve({ path: socketPath });
  expect(await asked({ socketPath, headers: { accept: 'text/x' } })).toBe('200 page text/x');
  expect(statSync(socketPath).mode & 0o777).toBe(0o666);
  open.unsubscribe();
  expect(existsSync(socketPath)).toBe(false);
});

test('serves the page at a port of this host, one request a connection', async () => {
  const { port, host } = await onLoopback();
  expect(await asked({ host, port })).toBe('200 page ');
  const one = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n';
  expect((await told(port, one + one)).match(/HTTP\/1.1 200/g)).toHaveLength(1);
});

test('nothing else is there, and nothing but GET is done', async () => {
  const at = await onLoopback();
  expect(await asked({ ...at, path: '/' })).toMatch(/^404 /);
  expect(await asked({ ...at, path: '/metrics/../etc' })).toMatch(/^404 /);
  expect(await asked({ ...at, method: 'POST' })).toMatch(/^405 /);
  expect(await asked({ ...at, method: 'DELETE', path: '/metrics' })).toMatch(/^405 /);
  expect(await told(at.port, 'CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n')).toBe('');
});

test('whoever is led here by a name of somebody else is turned away', async () => {
  const at = await onLoopback();
  expect(await asked({ ...at, headers: { host: 'evil.example' } })).toMatch(/^421 /);
  expect(await asked({ ...at, headers: { host: '127.0.0.1.evil.example:80' } })).toMatch(/^421 /);
  expect(await asked({ ...at, headers: { host: 'localhost:9217' } })).toMatch(/^200 /);
  expect(await asked({ ...at, headers: { host: '[::1]:9217' } })).toMatch(/^200 /);
});

test('what is too long or no HTTP is cut off', async () => {
  const { port } = await onLoopback();
  expect(await told(port, `GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`)).not.toMatch(
    / 200 /,
  );
  expect(await told(port, Buffer.alloc(100_000, 0xff))).not.toMatch(/ 200 /);
  expect(await told(port, `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`)).not.toMatch(/ 200 /);
});

test('whoever says nothing, or a little at a time, is let go after five seconds', async () => {
  const { port } = await onLoopback();
  const began = performance.now();
  expect(await told(port, 'GET /metrics HTTP/1.1\r\nX: ')).toBe('');
  expect(performance.now() - began).toBeLessThan(15_000);
}, 20_000);

test('those who hold connections keep nobody out', async () => {
  const at = await onLoopback();
  const held: Socket[] = [];
  for (let n = 0; n < 200; n++) {
    const socket = connect(at.port, at.host).on('error', () => undefined);
    held.push(socket);
    await new Promise(resolve => socket.on('connect', resolve));
  }
  expect(await asked(at)).toBe('200 page ');
  held.forEach(socket => socket.destroy());
});

test('a body that is sent with a request is not waited for', async () => {
  const { port } = await onLoopback();
  const chunked = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nx';
  expect(await told(port, chunked)).toMatch(/^HTTP\/1.1 200 /);
});

test('what is no socket is left alone, and a port that is taken is told of', async () => {
  const path = join(directory, 'precious');
  writeFileSync(path, 'text');
  serve({ path });
  expect(readFileSync(path, 'utf8')).toBe('text');
  const place = await onLoopback();
  serve(place);
  await new Promise(resolve => setImmediate(resolve));
  expect(faults.map(({ code }) => code)).toEqual(['metrics-socket', 'metrics-socket']);
  expect(faults[1]?.message).toContain(`127.0.0.1:${place.port}`);
});
