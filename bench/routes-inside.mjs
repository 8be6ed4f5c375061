// Inside a laboratory: 100,000 routes are added and removed while the broker runs in this very process. Argument: `scripts` to have one in routes.d.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as wait } from 'node:timers/promises';
import { concat, NEVER, of, Subject } from 'rxjs';
import { createBroker } from '../dist/broker.js';
import { scriptsSink } from '../dist/sinks/scripts/sink.js';
import { withRoutes } from '../dist/sinks/scripts/with-changes.js';
import { rtnetlinkSource } from '../dist/sources/kernel/source.js';
import { scriptListingsSource } from '../dist/sinks/scripts/listings-source.js';
import { createFiles } from '../dist/system/files/files.js';
import { createProcesses } from '../dist/system/processes/processes.js';
import { rtnetlink } from '../dist/system/rtnetlink.js';
import { createScriptFiles } from '../dist/system/files/script-files.js';
import { directoryWatch } from '../dist/system/files/watch-directory.js';
import * as make from '../dist/testing/builders.js';
import { emptyWorld } from '../dist/world/advance.js';

const count = 100_000;
const interested = process.argv[2] === 'scripts';
const root = '/etc/bench';
const record = '/tmp/routes';
rmSync(root, { recursive: true, force: true });
mkdirSync(`${root}/routes.d`, { recursive: true });
rmSync(record, { force: true });
// A script that keeps account of all routes: when the daemon says that it has missed some, it lists them anew.
const script = `#!/bin/sh
[ "$LINK" = eth0 ] || exit 0
if grep -q '^lost' "$ROUTES_FILE"; then
  { echo lost; ip route show dev eth0 | sed 's/^/added /'; } >>${record}
else
  cat "$ROUTES_FILE" >>${record}
fi
`;
if (interested) writeFileSync(`${root}/routes.d/10-record`, script, { mode: 0o755 });
const line = (action, n) => `route ${action} 10.${n >> 16}.${(n >> 8) & 255}.${n & 255}/32 dev eth0`;
for (const action of ['add', 'del'])
  writeFileSync(`/tmp/${action}`, Array.from({ length: count }, (_, n) => `${line(action, n)}\n`).join(''));

const files = createFiles();
const config = make.config({ system: { generator: ['rtnetlink'] } });
const stop$ = new Subject();
const seen = { scripts: 0, faults: [] };
const outcome$ = createBroker({
  config$: concat(of(config), NEVER),
  kernel: rtnetlinkSource(rtnetlink),
  sources: [scriptListingsSource({ files, watch: directoryWatch, scriptDir: root })],
  sinks: [
    scriptsSink({
      files,
      processes: createProcesses(),
      scriptDir: root,
      enrich: withRoutes(createScriptFiles('/run/bench')),
    }),
  ],
  start: emptyWorld,
  stop$,
});
const running = outcome$.subscribe(outcome => {
  if (outcome.kind === 'script-ran') seen.scripts += 1;
  if (outcome.kind === 'fault' && outcome.code !== 'directory-missing') seen.faults.push(outcome.message);
});

const settled = async () => {
  for (let before = -1; before !== seen.scripts; await wait(700)) before = seen.scripts;
};
const memory = () => {
  globalThis.gc();
  return process.memoryUsage.rss() / 2 ** 20;
};
const flood = async action => {
  // Looking takes time itself, more than a daemon that nobody interests in routes: of that only the CPU is looked at.
  const delay = interested ? monitorEventLoopDelay({ resolution: 1 }) : undefined;
  let most = 0;
  const sampling = interested
    ? setInterval(() => (most = Math.max(most, process.memoryUsage.rss() / 2 ** 20)), 50)
    : undefined;
  // On a busy machine a late timer may be somebody else's doing: what of its lateness we were at work in is our own.
  let blocked = 0;
  let last = { at: performance.now(), cpu: process.cpuUsage() };
  const looking = interested
    ? setInterval(() => {
        const now = { at: performance.now(), cpu: process.cpuUsage() };
        const used = (now.cpu.user + now.cpu.system - last.cpu.user - last.cpu.system) / 1000;
        blocked = Math.max(blocked, Math.min(now.at - last.at, used));
        last = now;
      }, 1)
    : undefined;
  const before = { memory: memory(), cpu: process.cpuUsage(), at: performance.now() };
  delay?.enable();
  await once(spawn('ip', ['-batch', `/tmp/${action}`], { stdio: 'inherit' }), 'exit');
  const seconds = (performance.now() - before.at) / 1000;
  await settled();
  delay?.disable();
  clearInterval(sampling);
  clearInterval(looking);
  const { user, system } = process.cpuUsage(before.cpu);
  await wait(1000);
  return {
    seconds,
    cpu: (user + system) / 1000,
    delay: delay && delay.max / 1e6 - 1,
    blocked,
    grown: delay && most - before.memory,
    kept: memory() - before.memory,
  };
};

/** What the scripts were told, put together. */
const view = () => {
  const routes = new Set();
  let lost = 0;
  for (const told of existsSync(record) ? readFileSync(record, 'utf8').split('\n') : []) {
    const [action, route = ''] = told.replace('/32', '').split(' ');
    if (action === 'added' && route.startsWith('10.')) routes.add(route);
    if (action === 'removed') routes.delete(route);
    if (action !== 'lost') continue;
    lost += 1;
    routes.clear();
  }
  return { routes: routes.size, lost };
};
const actual = () =>
  execFileSync('ip', ['route'], { encoding: 'utf8', maxBuffer: 1 << 28 })
    .split('\n')
    .filter(each => each.startsWith('10.')).length;

await wait(500);
// The first flood warms up: code is compiled and the heap has grown to what it takes.
const warm = [await flood('add'), await flood('del')];
writeFileSync(record, '');
seen.scripts = 0;
const added = { ...(await flood('add')), view: view(), actual: actual() };
const removed = { ...(await flood('del')), view: view(), actual: actual() };
stop$.next();
running.unsubscribe();
console.log(JSON.stringify({ warm, added, removed, ...seen }));
process.exit(0);
