// make bench ARGS='replay [EVENTS]': a trace of 1,000,000 events, of which each hundredth runs a script: how long its replay takes,
// and how much memory, beside those of a quarter and of twice as many.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkout } from '../test/live/lab/checkout.js';
import { recordLong } from '../test/live/lab/long-trace.js';

const events = Number(process.argv[2] ?? 1_000_000);

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
    recordLong(path, events);
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
