// One measurement, in the namespace that run.mjs has made: prints one number.
import { execSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const ROUTES = 20_000;
const folder = mkdtempSync(`${tmpdir()}/netlink-bench-`);
process.on('exit', () => rmSync(folder, { recursive: true }));
const sh = command => execSync(command, { stdio: ['pipe', 'pipe', 'inherit'], maxBuffer: 1 << 28 });
const ours = () => import('../dist/index.js');
const theirs = () => createRequire(import.meta.url)(process.env.PEER);
const cpu = (since = { user: 0, system: 0 }) => {
  const { user, system } = process.cpuUsage(since);
  return user + system;
};

function links() {
  sh(
    'ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; ip address add 192.0.2.1/24 dev v0',
  );
}

/** A file for ip -batch with so many routes. */
function routes(action, count) {
  const file = `${folder}/${action}-${count}`;
  const line = i =>
    `route ${action} 10.${i >> 8}.${i & 255}.0/24 via 192.0.2.${2 + (i % 50)} dev v0 metric 100 proto static\n`;
  writeFileSync(file, Array.from({ length: count }, (_, i) => line(i)).join(''));
  return file;
}

function rules(count) {
  const file = `${folder}/rules`;
  const line = i => `rule add from 10.0.${i >> 8}.${i & 255} lookup 100 priority ${1000 + i}\n`;
  writeFileSync(file, Array.from({ length: count }, (_, i) => line(i)).join(''));
  return file;
}

/** CPU time per message while another process changes routes, 200 at a time; the first 20,000 are not counted. */
async function receiving(counter) {
  let used = 0;
  let counted = 0;
  for (const [round, action] of ['add', 'del', 'add', 'del'].entries()) {
    const goal = counter() + ROUTES;
    // The peer does not survive an overrun, and cannot ask for a larger buffer: the pauses let every reader keep up.
    const feed = `split -l 200 ${routes(action, ROUTES)} ${folder}/part-; for part in ${folder}/part-*; do ip -batch $part; sleep 0.01; done`;
    const child = spawn('sh', ['-c', feed], { stdio: 'inherit' });
    const start = process.cpuUsage();
    await new Promise(resolve => child.on('exit', resolve));
    while (counter() < goal) await sleep(5);
    if (round > 0) [used, counted] = [used + cpu(start), counted + ROUTES];
  }
  return used / counted;
}

const MEASUREMENTS = {
  async receive() {
    links();
    const { subscribe } = await ours();
    let n = 0;
    subscribe({
      groups: ['ipv4-route'],
      onMessages: batch => (n += batch.length),
      onOverrun: fail,
      receiveBufferBytes: 64 << 20,
      ref: true,
    });
    return receiving(() => n);
  },
  async 'receive-peer'() {
    links();
    let n = 0;
    const socket = theirs().createRtNetlink({ ref: true });
    socket.on('message', messages => (n += messages.length));
    socket.addMembership('IPV4_ROUTE');
    return receiving(() => n);
  },
  async drain() {
    links();
    const { subscribe } = await ours();
    let n = 0;
    const subscription = subscribe({
      groups: ['ipv4-route'],
      onMessages: batch => (n += batch.length),
      onOverrun: fail,
      receiveBufferBytes: 64 << 20,
    });
    for (const action of ['add', 'del', 'add']) {
      sh(`ip -batch ${routes(action, ROUTES)}`);
      n = 0;
      const start = process.cpuUsage();
      subscription.drain();
      MEASUREMENTS.last = cpu(start) / n;
    }
    return MEASUREMENTS.last;
  },
  async list() {
    links();
    sh(`ip -batch ${routes('add', 10_000)}`);
    const { listRoutes } = await ours();
    const start = performance.now();
    const { length } = await listRoutes({ family: 2, table: 254 });
    const time = performance.now() - start;
    if (length !== 10_001) fail(`${length} routes`);
    return time;
  },
  'list-ip'() {
    links();
    sh(`ip -batch ${routes('add', 10_000)}`);
    const start = performance.now();
    const { length } = JSON.parse(sh('ip -json -4 route show table main'));
    const time = performance.now() - start;
    if (length !== 10_001) fail(`${length} routes`);
    return time;
  },
  async 'list-peer'() {
    links();
    sh(`ip -batch ${routes('add', 10_000)}`);
    const socket = theirs().createRtNetlink({ ref: true });
    const start = performance.now();
    const { length } = await socket.getRoutes({ family: 2 });
    const time = performance.now() - start;
    if (length < 10_001) fail(`${length} routes`);
    return time;
  },
  async rules() {
    const { applyAll } = await ours();
    const start = performance.now();
    const changes = Array.from({ length: 1000 }, (_, i) => ({
      action: 'add',
      object: { kind: 'rule', from: `10.0.${i >> 8}.${i & 255}`, table: 100, priority: 1000 + i },
    }));
    const errors = await applyAll(changes);
    const time = performance.now() - start;
    if (errors.some(error => error !== undefined)) fail('a rule was refused');
    return time;
  },
  'rules-ip'() {
    const file = rules(1000);
    const start = performance.now();
    sh(`ip -batch ${file}`);
    return performance.now() - start;
  },
  async memory() {
    const { subscribe } = await ours();
    subscribe({
      groups: ['link', 'ipv4-address', 'ipv6-address', 'ipv4-route', 'ipv4-rule'],
      onMessages: fail,
      onOverrun: fail,
    });
    return idle();
  },
  'memory-node': () => idle(),
};

function fail(what = 'an overrun') {
  throw new Error(`the measurement is worth nothing: ${what}`);
}

/** KiB that only this process has, after a collection. */
async function idle() {
  await sleep(100);
  globalThis.gc();
  const text = readFileSync('/proc/self/smaps_rollup', 'utf8');
  return [...text.matchAll(/^Private_(?:Clean|Dirty): +(\d+)/gm)].reduce((sum, [, kib]) => sum + Number(kib), 0);
}

console.log(await MEASUREMENTS[process.argv[2]]());
process.exit();
