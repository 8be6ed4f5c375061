// Everything that the addon can do, again and again; scripts/asan.mjs watches.
import { execSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { URL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { addon as load } from '../../dist/addon.js';
import { add, applyAll, listLinks, listRoutes, subscribe } from '../../dist/index.js';

const sh = command => execSync(command, { env: { ...process.env, LD_PRELOAD: '' } });
const addon = load();
if (!readFileSync('/proc/self/maps', 'utf8').includes(process.env.ADDON))
  throw new Error('expected the addon of build/asan to be loaded, found another one');

sh('ip link set lo up');
let [heard, overruns, thrown] = [0, 0, 0];
process.on('uncaughtException', () => thrown++);

const routes = (action, count) =>
  Array.from({ length: count }, (_, i) => ({
    action,
    object: { kind: 'route', destination: `10.${i >> 8}.${i & 255}.0/24`, oif: 1 },
  }));

// Messages on the loop, a buffer that overruns, sockets that close themselves or throw, and are collected.
for (let round = 0; round < 5; round++) {
  const options = {
    groups: ['ipv4-route'],
    receiveBufferBytes: round % 2 === 0 ? 4096 : 1 << 20,
    onOverrun: () => overruns++,
  };
  subscribe({ ...options, onMessages: batch => (heard += batch.length) });
  subscribe({
    ...options,
    onMessages() {
      throw new Error('on purpose');
    },
  });
  const once = subscribe({ ...options, onMessages: () => once.close() });
  const drained = subscribe({ ...options, onMessages: batch => (heard += batch.length) });
  await applyAll(routes('replace', 2000));
  drained.drain();
  drained.close();
  await turn();
  await listRoutes();
  await listLinks({ timeoutMs: 0 }).catch(() => undefined);
  await listLinks({ signal: AbortSignal.abort() }).catch(() => undefined);
  await applyAll(routes('delete', 2000));
  globalThis.gc();
}
await add({ kind: 'rule', from: '192.0.2.1', table: 100 });

// In another namespace, this one, by a thread; the sockets are closed when they are collected.
for (let n = 0; n < 200; n++) {
  if (typeof addon.open(0, '/proc/self/ns/net') === 'number') throw new Error('expected a socket by a thread');
  for (const netns of ['none', 'x'.repeat(4095), 'x'.repeat(9000), 'a\0b', '', -1, 99999, {}, null, true])
    addon.open(0, netns);
}
globalThis.gc();

// Arguments that are none.
for (const protocol of [undefined, {}, -1, 9999]) addon.open(protocol);
for (const call of ['watch', 'close', 'ref', 'send', 'receive', 'setOption', 'getOption'])
  for (const handle of [undefined, {}, 1]) addon[call](handle, new Uint8Array(8), 1, 1);
const handle = addon.open(0);
addon.watch(handle, undefined, false);
addon.watch(handle, () => undefined, undefined);
addon.watch(handle, () => undefined, false);
addon.watch(handle, () => undefined, false);
for (let n = 0; n < 500; n++) addon.open(0); // closed when they are collected
globalThis.gc();
await turn();
if (readdirSync('/proc/self/fd').length > 100)
  throw new Error('expected collected sockets to be closed, found them open');
for (const bytes of [undefined, new Uint8Array(0), new Uint8Array(100), new Uint16Array(9)]) {
  addon.send(handle, bytes);
  addon.receive(handle, bytes);
}
addon.close(handle);
addon.receive(handle, new Uint8Array(1 << 21));

// As without libuv, by a thread: it tells, again after it was read, also if that throws, and ends with its socket or its worker.
const [SOL_NETLINK, ADD_MEMBERSHIP, IPV4_ROUTE] = [270, 1, 7];
const watching = (addon, onReadable) => {
  const socket = addon.open(0);
  addon.setOption(socket, SOL_NETLINK, ADD_MEMBERSHIP, IPV4_ROUTE);
  if (addon.watch(socket, () => onReadable(socket), true) !== 0) throw new Error('expected a thread to watch');
  return socket;
};
const room = new Uint8Array(1216 * 1024);
for (let round = 0; round < 20; round++) {
  let told = 0;
  const thrownBefore = thrown;
  const reading = watching(addon, socket => addon.receive(socket, room) > 0 && told++);
  const throwing = watching(addon, socket => {
    addon.receive(socket, room);
    throw new Error('on purpose');
  });
  watching(addon, socket => addon.close(socket));
  for (const on of [false, true]) addon.ref(reading, on);
  for (const action of ['replace', 'delete']) {
    const before = told;
    await applyAll(routes(action, 100));
    while (told === before || thrown === thrownBefore) await turn();
  }
  addon.close(reading);
  addon.close(throwing);
}
const waiting = `
  const { addon } = await import(${JSON.stringify(new URL('../../dist/addon.js', import.meta.url).href)});
  for (let i = 0; i < 5; i++) {
    const socket = addon().open(0);
    addon().setOption(socket, ${SOL_NETLINK}, ${ADD_MEMBERSHIP}, ${IPV4_ROUTE});
    addon().watch(socket, () => addon().receive(socket, new Uint8Array(1216 * 1024)), true);
  }
  (await import('node:worker_threads')).parentPort.postMessage('open');`;
for (let round = 0; round < 6; round++) {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(waiting)}`));
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await applyAll(routes(round % 2 === 0 ? 'replace' : 'delete', 500));
  await worker.terminate();
}

// A datagram of any length: an error repeats a request, if nobody has asked for less. What no buffer has room for is lost.
const [SOL_SOCKET, SO_SNDBUFFORCE] = [1, 32];
const echo = addon.open(0);
if (addon.setOption(echo, SOL_SOCKET, SO_SNDBUFFORCE, 8 << 20) === 0) {
  const buffer = new Uint8Array(new ArrayBuffer(1216 * 1024));
  for (const [size, isLost] of [
    [64 << 10, false],
    [1 << 20, false],
    [3 << 20, true],
  ]) {
    const request = new Uint8Array(size - 100);
    const view = new DataView(request.buffer);
    view.setUint32(0, request.length, true);
    view.setUint16(4, 17, true); // RTM_DELLINK of no link: refused
    view.setUint16(6, 5, true);
    if (addon.send(echo, request) !== request.length) throw new Error(`a request of ${size} bytes could not be sent`);
    const used = addon.receive(echo, buffer);
    const [length, lost] = new Uint32Array(buffer.buffer, 0, 2);
    if ((lost !== 0) !== isLost || used < length || (!isLost && length < request.length))
      throw new Error(`an answer to ${size} bytes: ${used} bytes received, of them ${length}, lost: ${lost}`);
  }
} else console.log('longest datagrams: left out, the send buffer cannot be enlarged here');
addon.close(echo);

// Workers that end with open sockets, at any moment.
const source = `
  const { subscribe } = await import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)});
  for (let i = 0; i < 5; i++) subscribe({ groups: ['ipv4-route'], ref: true, onMessages() {}, onOverrun() {} });
  (await import('node:worker_threads')).parentPort.postMessage('open');`;
for (let round = 0; round < 6; round++) {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await applyAll(routes(round % 2 === 0 ? 'replace' : 'delete', 500));
  await worker.terminate();
}
if (heard === 0 || overruns === 0 || thrown === 0) throw new Error(`nothing happened: ${[heard, overruns, thrown]}`);
console.log(`stress: done, ${heard} messages, ${overruns} overruns, ${thrown} exceptions on purpose`);
