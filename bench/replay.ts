// make bench ARGS='replay [EVENTS]': a trace of 1,000,000 events, of which each hundredth runs a script: how long its replay takes,
// and how much memory, beside those of a quarter and of twice as many.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { asapScheduler, asyncScheduler, concat, from, NEVER, of, Subject } from 'rxjs';
import { createBroker } from '../src/broker.js';
import type { Input } from '../src/model/input.js';
import type { ProcessEvent } from '../src/system/processes/processes.js';
import { standardSinks } from '../src/sinks/standard.js';
import { config, link } from '../src/testing/builders.js';
import { fakeFiles } from '../src/fakes/fake-files.js';
import { fakeScriptFiles } from '../test/support/fake-script-files.js';
import { absentSystem } from '../src/trace/null-system.js';
import { writeHeader } from '../src/trace/format.js';
import { createRecorder } from '../src/trace/recorder.js';
import { through } from '../src/trace/instrument.js';
import { emptyWorld } from '../src/world/advance.js';
import { checkout } from '../test/live/lab/checkout.js';
import type { OperationalState } from '../src/model/states.js';

const events = Number(process.argv[2] ?? 1_000_000);
const links = Array.from({ length: 20 }, (_, nth) => link(nth + 2, `eth${nth}`));
const ended: readonly ProcessEvent[] = [
  { kind: 'started', pid: 7 },
  { kind: 'exited', code: 0, signal: null, duration: 2 },
];
const states: readonly OperationalState[] = ['carrier', 'routable', 'degraded', 'no-carrier'];

/** Records a broker whose links change their states all the time, one change in 10 ms. */
const recordTo = (path: string, events: number): void => {
  const file = openSync(path, 'w');
  let text = '';
  let now = 0;
  const write = (line: string): void => {
    text += `${line}\n`;
    if (text.length < 1 << 20) return;
    writeSync(file, text);
    text = '';
  };
  const recorder = createRecorder({ now: () => now, write });
  const about = { began: 0, at: 0, continues: false, start: emptyWorld, lastId: 0, extensions: [], known: [] };
  write(writeHeader({ ...about, scriptDir: '/etc/network-broker', owners: [0] }));
  const input$ = new Subject<Input>();
  const scheduler = recorder.scheduler(asyncScheduler, 'wait');
  const running = createBroker({
    config$: concat(of(config({ network: { emitJson: false } })), NEVER),
    kernel: { name: 'kernel', inputs: () => input$, drain: () => undefined },
    sources: [],
    sinks: standardSinks({
      ...through(recorder.ask, {
        ...absentSystem([0]),
        files: fakeFiles({ directories: { '/etc/network-broker/dormant.d': ['10-log'] } }),
        processes: {
          run: () => from(ended),
          signal: () => undefined,
          warmUp: () => NEVER,
        },
        scriptFiles: fakeScriptFiles(),
      }),
      scriptDir: '/etc/network-broker',
      scheduler,
      asapScheduler: recorder.scheduler(asapScheduler, 'soon'),
    }),
    start: emptyWorld,
    onInput: recorder.onInput,
    scheduler,
  }).subscribe();
  input$.next({ kind: 'kernel-dump', links, addresses: [], afterLoss: false });
  for (let nth = 0; nth < events; nth += 1) {
    now += 10;
    const round = Math.floor(nth / links.length);
    const state = nth % 100 === 99 ? 'dormant' : (states[round % states.length] ?? 'off');
    input$.next({ kind: 'networkd-link', ifindex: (nth % links.length) + 2, changed: { OperationalState: state } });
  }
  recorder.stopped();
  running.unsubscribe();
  writeSync(file, text);
  closeSync(file);
};

/** Resident memory that is the process's own, in MiB. */
const memory = (pid: number): number => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^RssAnon:\s*(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
};

/**
 * MiB for what is kept. With more, V8 puts off its first full collection beyond the end, and garbage looks like a leak; with less,
 * the young generation has no room beside the program, and each collection is a full one.
 */
const little = ['--max-old-space-size=32'];

/** Replays a trace of so many events, and looks at the process all the time. */
const measured = async (events: number): Promise<Readonly<Record<string, number>>> => {
  const directory = mkdtempSync(join(tmpdir(), 'replay-'));
  try {
    const path = join(directory, 'trace.jsonl');
    recordTo(path, events);
    const began = performance.now();
    const program = [...little, join(checkout, 'dist', 'network-broker.cjs'), 'replay', path];
    const child = spawn(process.execPath, program, {
      stdio: ['ignore', openSync(join(directory, 'out'), 'w'), 'inherit'],
    });
    const ended = once(child, 'exit').then(() => performance.now() - began);
    let most = 0;
    for (let isOver = false; !isOver;) {
      isOver = await Promise.race([ended.then(() => true), wait(100).then(() => false)]);
      if (!isOver) most = Math.max(most, memory(child.pid ?? 0));
    }
    return {
      events,
      'size of the trace (MiB)': Math.round(statSync(path).size / 1024 / 1024),
      'lines of the replay': readFileSync(join(directory, 'out'), 'utf8').split('\n').length - 1,
      'replay (s)': Math.round((await ended) / 10) / 100,
      'memory, at most (MiB)': Math.round(most),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
};

const rows: Readonly<Record<string, number>>[] = [];
for (const count of [events / 4, events, events * 2]) rows.push(await measured(Math.round(count)));
console.table(rows);
console.log('goal: at most 10 s for 1,000,000 events, and no more memory for more events');
