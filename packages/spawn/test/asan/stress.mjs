// Children that end in every way, at any moment, and arguments that are none; scripts/asan.mjs watches.
import { Buffer } from 'node:buffer';
import { closeSync, readdirSync, readFileSync } from 'node:fs';
import { URL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { addon as load } from '../../dist/addon.js';
import { spawn } from '../../dist/index.js';

const addon = load();
if (!readFileSync('/proc/self/maps', 'utf8').includes(process.env.ADDON))
  throw new Error('expected the addon of build/asan to be loaded, found another one');

let thrown = 0;
process.on('uncaughtException', () => thrown++);
const env = { PATH: '/usr/bin:/bin' };
const sh = (command, ended = () => undefined) =>
  new Promise(resolve => {
    const { pid, stdout, stderr } = spawn({ path: '/bin/sh', args: ['-c', command], env, cwd: '/' }, (code, signal) => {
      resolve({ code, signal });
      ended();
    });
    stdout.resume();
    stderr.resume();
    if (pid <= 0) throw new Error(`expected a process, found ${pid}`);
  });

const open = () => readdirSync('/proc/self/fd').length;
const before = open();
let ended = 0;
for (let round = 0; round < 10; round++) {
  const all = Array.from({ length: 20 }, (_, n) =>
    sh(['exit 3', 'kill -9 $$', 'echo x; echo y >&2', 'sleep 0.01'][n % 4]),
  );
  all.push(
    sh('exit 0', () => {
      throw new Error('on purpose');
    }),
  );
  all.push(sh('exit 0', () => void all.push(sh('exit 1')))); // one that starts another while it is told
  globalThis.gc();
  ended += (await Promise.all(all)).length;
}

let refused = 0;
for (const path of ['/nowhere', '/', '/etc/hostname', '/bin/sh\0'])
  try {
    spawn({ path, env, cwd: '/' }, () => undefined);
  } catch {
    refused++;
  }

// Arguments that are none: not texts, without a NUL at the end, none at all.
const text = Buffer.from('/bin/true\0');
const odd = [undefined, null, {}, 1, 'text', new Uint8Array(0), new Uint16Array(3), Buffer.from('/bin/true')];
addon.spawn();
for (let at = 0; at < 6; at++)
  for (const value of odd) {
    const argv = [text, text, new Uint8Array(0), Buffer.from('/\0'), () => undefined, -1];
    argv[at] = value;
    const started = addon.spawn(...argv);
    if (typeof started === 'number') refused++;
    else started.slice(1).forEach(fd => closeSync(fd));
  }
await sh('sleep 0.2');
globalThis.gc();
if (open() > before + 20) throw new Error(`expected about ${before} open descriptors, found ${open()}`);

// Workers that end while their children run.
const source = `import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)}).then(async ({ spawn }) => {
  for (let n = 0; n < 5; n++) spawn({ path: '/bin/sleep', args: [String(n / 50)], env: {}, cwd: '/' }, () => undefined);
  (await import('node:worker_threads')).parentPort.postMessage('started'); })`;
for (let round = 0; round < 6; round++) {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await worker.terminate();
}
if (ended === 0 || thrown === 0 || refused === 0) throw new Error(`nothing happened: ${[ended, thrown, refused]}`);
console.log(`stress: done, ${ended} children, ${thrown} exceptions on purpose, ${refused} calls refused`);
