import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { from, NEVER, Subscription } from 'rxjs';
import type { Config } from '../../../../src/model/config.js';
import type { Fault } from '../../../../src/model/fault.js';
import type { Outcome, ScriptRan } from '../../../../src/model/outcome.js';
import type { Step } from '../../../../src/model/world.js';
import { scriptsSink } from '../../../../src/sinks/scripts/sink.js';
import { createFiles } from '../../../../src/system/files/files.js';
import { createProcesses } from '../../../../src/system/processes/anywhere.js';
import { config, link, linkState, step, world } from '../../../../src/testing/builders.js';

// The sink over real directories and real processes.
let dir = '';
let subscription = new Subscription();
beforeEach(() => {
  dir = mkdtempSync('/tmp/scripts-sink-');
  chmodSync(dir, 0o755);
  subscription = new Subscription();
});
afterEach(() => {
  subscription.unsubscribe();
  rmSync(dir, { recursive: true, force: true });
});

const write = (name: string, body: string): void => {
  mkdirSync(`${dir}/${name.slice(0, name.indexOf('/'))}`, { recursive: true });
  writeFileSync(`${dir}/${name}`, `#!/bin/sh\n${body}\n`);
  chmodSync(`${dir}/${name}`, 0o755);
};
const eth0 = link(99_999, 'eth0');
const routable = (id = 1, scripts: Partial<Config['scripts']> = {}): Step =>
  step(id, linkState(eth0, { OperationalState: 'routable' }), world([eth0], config({ scripts })));

const isAlive = (pid: string): boolean => {
  try {
    // A zombie that nobody waits for is dead, too.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

/** Waits until something holds, and says what it waited for when it never does. */
const until = async (what: string, holds: () => boolean): Promise<void> => {
  for (const end = Date.now() + 20_000; !holds(); await new Promise(resolve => setTimeout(resolve, 5)))
    if (Date.now() > end) throw new Error(`waited 20 s in vain until ${what}`);
};

const run = async (...steps: readonly Step[]) => {
  const outcomes: Outcome[] = [];
  const faults: Fault[] = [];
  let isComplete = false;
  const sink = scriptsSink({ files: createFiles(), processes: createProcesses(), scriptDir: dir });
  const outcome$ = sink.consume({ step$: from(steps), world$: NEVER }, fault => faults.push(fault));
  subscription.add(
    outcome$.subscribe({
      next: outcome => outcomes.push(outcome),
      error: (error: unknown) => {
        throw error;
      },
      complete: () => {
        isComplete = true;
      },
    }),
  );
  await until('the scripts have ended', () => isComplete);
  const ran = outcomes.filter((outcome): outcome is ScriptRan => outcome.kind === 'script-ran');
  const lines = outcomes.flatMap(outcome => (outcome.kind === 'script-output' ? [outcome.line] : []));
  return { ran, lines, faults };
};

describe('real scripts', () => {
  test('find in their environment what the manual lists, and nothing else', async () => {
    write('routable.d/10-env', 'exec env');
    process.env.SECRET_OF_THE_DAEMON = 'x';
    const { lines, faults } = await run(routable(7));
    delete process.env.SECRET_OF_THE_DAEMON;
    // PWD is the shell's own.
    expect(lines.filter(line => !/^(PWD|SHLVL|_)=/.test(line)).sort()).toEqual([
      'CHANGED=OperationalState',
      'EVENT=link-state',
      'EVENT_ID=7',
      'LINK=eth0',
      'LINKINDEX=99999',
      'OperationalState=routable',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'STATE=routable',
    ]);
    expect(faults).toEqual([]);
  });

  test('run in byte order under their own names, and a failing one does not stop the others', async () => {
    write('routable.d/9-last', 'echo "$0"');
    write('routable.d/10-first', 'echo "$0"; exit 4');
    const { lines, ran } = await run(routable());
    expect(lines).toEqual([`${dir}/routable.d/10-first`, `${dir}/routable.d/9-last`]);
    expect(ran.map(({ exit }) => exit.code)).toEqual([4, 0]);
  });

  test('that vanish between listing and start are an outcome with a reason', async () => {
    write('routable.d/10-a', 'rm "$(dirname "$0")/20-b"');
    write('routable.d/20-b', 'echo never');
    write('routable.d/30-c', 'echo still');
    const { lines, ran } = await run(routable());
    expect(ran.map(({ error }) => error)).toEqual([undefined, expect.stringContaining('(ENOENT)'), undefined]);
    expect(lines).toEqual(['still']);
  });

  test('that write without end are logged up to OutputLimit, each for itself', async () => {
    write('routable.d/10-loud', 'seq 1 100000');
    write('routable.d/20-quiet', 'echo quiet');
    const { lines, ran } = await run(routable(1, { outputLimit: 2 }));
    const loud = lines.slice(0, -1);
    const kept = 588_895 - (ran[0]?.exit.cut ?? 0);
    expect([0, 1]).toContain(kept - loud.join('\n').length); // the last line's end may be kept, too
    // A line counts for 32 bytes more than it has: the log adds no less to it.
    expect(kept + 32 * loud.length).toBeGreaterThan(2048 - 33);
    expect(kept + 32 * loud.length).toBeLessThanOrEqual(2048 + 32);
    expect(ran[1]?.exit.cut).toBeUndefined();
    expect(lines.at(-1)).toBe('quiet');
  });

  test('that write nothing but line ends fill no log either', async () => {
    write('routable.d/10-empty', 'yes "" | head -c 1000000');
    const { lines, ran } = await run(routable(1, { outputLimit: 64 }));
    expect(lines.length).toBeLessThanOrEqual(2048);
    expect(lines.length).toBeGreaterThan(1900);
    expect(ran[0]?.exit.cut).toBe(1_000_000 - lines.length);
  });

  test('that hang are ended with all their children, also those that ignore SIGTERM', async () => {
    write('routable.d/10-hang', `sh -c 'trap "" TERM; echo $$ >${dir}/child; sleep 60; :' & wait`);
    write('routable.d/20-next', 'echo next');
    const { lines, ran } = await run(routable(1, { timeoutSec: 1 }));
    expect(ran[0]).toMatchObject({ timedOut: true, exit: { signal: 'SIGTERM' } });
    expect(lines).toEqual(['next']);
    const child = readFileSync(`${dir}/child`, 'utf8').trim();
    await until('the child is gone', () => !isAlive(child));
  });

  test('of one link never overlap, event after event', async () => {
    write('routable.d/10-a', `mkdir ${dir}/lock || echo overlap; sleep 0.02; rmdir ${dir}/lock; echo "$EVENT_ID"`);
    const { lines } = await run(routable(1), routable(2), routable(3));
    expect(lines).toEqual(['1', '2', '3']);
  });

  test('have their directories made where that is possible', async () => {
    await run();
    expect(existsSync(`${dir}/carrier.d`)).toBe(true);
    expect(existsSync(`${dir}/routes.d`)).toBe(true);
  });
});
