// A program that runs in the laboratory as the user network-broker, or as one of its scripts: SOCKET SEED COUNT. Says what it found, in JSON.
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { randomOf } from '../policy/random.js';
import { hostileRequest, proper } from './hostile-requests.js';

const [, , path = '', seed = '1', count = '1'] = process.argv;
const random = randomOf(Number(seed));
/** As many as the executor lets in. */
const AT_ONCE = 16;

/** Sends it, says that no more comes, and waits for the end; how many milliseconds that took. */
const send = (bytes: Buffer): Promise<number> =>
  new Promise(resolve => {
    const began = performance.now();
    const socket = connect({ path, allowHalfOpen: true }, () => socket.end(bytes));
    socket.resume();
    socket.on('error', () => undefined).on('close', () => resolve(performance.now() - began));
  });

let slowest = 0;
let left = Number(count);
const sending = async (): Promise<void> => {
  while (left > 0) {
    left -= 1;
    slowest = Math.max(slowest, await send(hostileRequest(random)));
  }
};
const began = performance.now();
await Promise.all(Array.from({ length: AT_ONCE }, sending));
const requests = { count: Number(count), slowest: Math.round(slowest), ms: Math.round(performance.now() - began) };

const open = (): Promise<Socket | undefined> =>
  new Promise(resolve => {
    const socket = connect(path, () => resolve(socket));
    socket.on('error', () => resolve(undefined));
  });
const opened = async (number: number): Promise<readonly Socket[]> =>
  (await Promise.all(Array.from({ length: number }, open))).filter(socket => socket !== undefined);
const closed = (socket: Socket): Promise<unknown> =>
  socket.destroyed ? Promise.resolve() : new Promise(resolve => socket.resume().once('close', resolve));

// Many who say nothing, or half of it: each is gone after a second.
const silent = performance.now();
for (let round = 0; round < 3; round += 1) {
  const many = await opened(100);
  many.forEach((socket, nth) => nth % 2 === 0 && socket.write('{"tree":'));
  await Promise.all(many.map(closed));
}
const silence = Math.round(performance.now() - silent);

// One that sends without end.
const endless = (await opened(1))[0];
if (endless !== undefined) {
  const chunk = Buffer.alloc(65_536, 'x');
  while (!endless.destroyed && endless.writable) {
    endless.write(chunk);
    await wait(1);
  }
}

// Those who ask for much and read nothing, and those who ask again and again and are gone at once.
const deaf = await opened(8);
deaf.forEach(socket =>
  socket.pause().write(`${JSON.stringify({ ...proper(), directory: 'degraded.d', script: '80-talks' })}\n`),
);
for (let round = 0; round < 300; round += 1) {
  const socket = await open();
  socket?.write(`${JSON.stringify(proper())}\n`, () => socket.destroy());
}
await wait(500);
deaf.forEach(socket => socket.destroy());

console.log(JSON.stringify({ ...requests, silence }));
process.exit();
