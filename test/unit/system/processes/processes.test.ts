import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lastValueFrom, Subscription, toArray } from 'rxjs';
import { execaProcesses } from '../../../../src/system/processes/by-execa.js';
import { posixProcesses } from '../../../../src/system/processes/by-posix-spawn.js';
import type { ProcessEvent, Processes } from '../../../../src/system/processes/processes.js';

let processes: Processes;
let dir = '';
let subscription = new Subscription();
beforeEach(() => {
  dir = mkdtempSync('/tmp/script-processes-');
  subscription = new Subscription();
});
afterEach(() => {
  subscription.unsubscribe();
  rmSync(dir, { recursive: true, force: true });
});

const script = (body: string, firstLine = '#!/bin/sh'): string => {
  const path = `${dir}/script`;
  writeFileSync(path, `${firstLine}\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
};
const PATH = '/usr/bin:/bin';

/** Waits until something holds, and says what it waited for when it never does. */
const until = async (what: string, holds: () => boolean): Promise<void> => {
  for (const end = Date.now() + 20_000; !holds(); await new Promise(resolve => setTimeout(resolve, 5)))
    if (Date.now() > end) throw new Error(`waited 20 s in vain until ${what}`);
};
const isAlive = (pid: number): boolean => {
  try {
    // A zombie that nobody waits for is dead, too.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const numberIn = (name: string): number => Number(readFileSync(`${dir}/${name}`, 'utf8'));
const isWritten = (name: string) => (): boolean =>
  existsSync(`${dir}/${name}`) && readFileSync(`${dir}/${name}`, 'utf8').endsWith('\n');

interface Run {
  readonly events: readonly ProcessEvent[];
  readonly pid: () => number;
  readonly lines: () => readonly string[];
  readonly ended: () => Promise<ProcessEvent | undefined>;
}
const run = (path: string, env: Readonly<Record<string, string>> = { PATH }, outputLimit?: number): Run => {
  const events: ProcessEvent[] = [];
  let isComplete = false;
  subscription.add(
    processes.run({ path, env, ...(outputLimit !== undefined && { outputLimit }) }).subscribe({
      next: event => events.push(event),
      error: (error: unknown) => {
        throw error;
      },
      complete: () => {
        isComplete = true;
      },
    }),
  );
  return {
    events,
    pid: () => (events[0]?.kind === 'started' ? events[0].pid : NaN), // 0 would be this process's own group
    lines: () => events.flatMap(event => (event.kind === 'output' ? [`${event.stream} ${event.line}`] : [])),
    ended: async () => {
      await until(`${path} ends`, () => isComplete);
      return events.at(-1);
    },
  };
};

describe.each([
  ['posix_spawn', posixProcesses],
  ['execa', execaProcesses],
])('processes by %s', (by, create) => {
  beforeEach(() => {
    processes = create();
  });

  describe('run', () => {
    test('tells start, output and exit, in this order', async () => {
      const { events, lines, ended } = run(script('echo one; echo two >&2; exit 3'));
      expect(await ended()).toEqual({ kind: 'exited', code: 3, signal: null, duration: expect.any(Number) });
      expect(events.map(({ kind }) => kind).filter(kind => kind !== 'ended')).toEqual([
        'started',
        'output',
        'output',
        'exited',
      ]);
      expect([...lines()].sort()).toEqual(['stderr two', 'stdout one']);
    });

    test('arguments follow the name of the script', async () => {
      const events$ = processes.run({ path: script('echo "$# $1 $2"'), args: ['eth 0', ''], env: { PATH } });
      expect(await lastValueFrom(events$.pipe(toArray()), { defaultValue: [] })).toContainEqual({
        kind: 'output',
        stream: 'stdout',
        line: '2 eth 0 ',
      });
    });

    test('tells the signal that ended it', async () => {
      expect(await run(script('kill -USR1 $$')).ended()).toMatchObject({ code: null, signal: 'SIGUSR1' });
    });

    test("gives the environment that it is told to, and nothing of the daemon's own", async () => {
      const { lines, ended } = run('/usr/bin/env', { PATH, LINK: 'eth0', OperationalState: 'a "b"\tc' });
      await ended();
      expect([...lines()].sort()).toEqual([
        'stdout LINK=eth0',
        'stdout OperationalState=a "b"\tc',
        `stdout PATH=${PATH}`,
      ]);
    });

    test('runs from /, without standard input, under its own name, without arguments, leading its own group', async () => {
      const path = script('pwd; readlink /proc/$$/fd/0; echo "$0 $#"; ps -o pgid= -o sid= -p $$');
      const { pid, lines, ended } = run(path);
      await ended();
      const [where, input, name, groups] = lines();
      expect([where, input, name]).toEqual(['stdout /', 'stdout /dev/null', `stdout ${path} 0`]);
      expect(groups?.replace('stdout', '').trim().split(/\s+/)).toEqual([String(pid()), String(pid())]);
    });

    if (by === 'posix_spawn')
      test('lets scripts write to /dev/stdout and /dev/stderr by their names', async () => {
        const { lines, ended } = run(
          script('echo one >/dev/stdout && echo two >/dev/stderr && echo three >>/proc/self/fd/1'),
        );
        expect(await ended()).toMatchObject({ code: 0 });
        expect([...lines()].sort()).toEqual(['stderr two', 'stdout one', 'stdout three']);
      });

    test('keeps every line of megabytes, and leaves the event loop its turns meanwhile', async () => {
      let turns = 0;
      const ticking = setInterval(() => (turns += 1), 1);
      const { lines, ended } = run(script('seq 1 300000'));
      expect(await ended()).toMatchObject({ code: 0 });
      clearInterval(ticking);
      expect(lines()).toHaveLength(300_000);
      expect(lines().at(-1)).toBe('stdout 300000');
      // 2 MB in sips of 16 KiB: more than a hundred turns, most of which let a timer pass.
      expect(turns).toBeGreaterThan(20);
    });

    test('keeps the end of what a short script prints just before it exits', async () => {
      const { lines, ended } = run(script('head -c 150000 /dev/zero | tr "\\0" "x"; echo; echo last'));
      await ended();
      expect(lines().at(-1)).toBe('stdout last');
      expect(lines().join('').replaceAll('stdout ', '')).toHaveLength(150_004);
    });
  });

  describe('output of a script that has ended', () => {
    test('is told to its end, however slowly it is listened to', async () => {
      const path = script('seq -f %0300g 1 1000');
      const lines: string[] = [];
      let isComplete = false;
      subscription.add(
        processes.run({ path, env: { PATH } }).subscribe({
          next: event => {
            if (event.kind !== 'output') return;
            lines.push(event.line);
            for (const end = performance.now() + 1; performance.now() < end;); // as a log takes its time, on a busy machine
          },
          error: (error: unknown) => {
            throw error;
          },
          complete: () => {
            isComplete = true;
          },
        }),
      );
      await until('it ends', () => isComplete);
      expect(lines.length).toBe(1000);
    });
  });

  describe('output beyond the limit', () => {
    test('is counted and left out, of both outputs together, and the script is not kept waiting', async () => {
      const { lines, ended } = run(
        script('echo first; seq -s " " 1 300000; seq -s " " 1 300000 >&2; echo last'),
        { PATH },
        1000,
      );
      expect(await ended()).toMatchObject({ code: 0, cut: 2 * 1_988_895 + 11 - (1000 - 32) }); // the end of a line costs 32
      expect(lines()[0]).toBe('stdout first');
      expect(lines()).not.toContain('stdout last');
      expect(lines().join('').length).toBeLessThan(3000);
    });

    test('is nothing where there is less', async () => {
      const end = await run(script('echo 345678'), { PATH }, 7).ended();
      expect(end).toEqual({ kind: 'exited', code: 0, signal: null, duration: expect.any(Number) });
    });
  });

  describe('what cannot be executed fails, with a reason', () => {
    test.each([
      ['what does not exist', () => `${dir}/none`, {}, /does not exist.*\(ENOENT\)/],
      ['an interpreter that does not exist', () => script('', '#!/none'), {}, /interpreter.*\(ENOENT\)/],
      ['a directory', () => dir, {}, /\(EACCES\)/],
      ['an environment that is too large', () => script(''), { A: 'x'.repeat(200_000) }, /too large.*\(E2BIG\)/],
      ['an environment that no kernel takes', () => script(''), { A: 'a\0b' }, /found a NUL/],
    ])('%s', async (_, path, env, error) => {
      const { events, ended } = run(path(), env);
      await ended();
      expect(events).toEqual([{ kind: 'failed', error: expect.stringMatching(error) }]);
    });

    test('what another user is to run', async () => {
      const tree = { path: [dir], style: 'network-broker', timeoutSec: undefined, links: undefined } as const;
      const as = {
        user: 'root',
        tree: { ...tree, user: 'root', startup: false, directories: [] },
        directory: 'a.d',
      } as const;
      const path = script('touch "$0.ran"');
      expect(await lastValueFrom(processes.run({ path, env: {}, as }).pipe(toArray()), { defaultValue: [] })).toEqual([
        { kind: 'failed', error: 'it is to run as root (User = "root" of its tree), which is not possible here' },
      ]);
      expect(existsSync(`${path}.ran`)).toBe(false);
    });

    test('a file without execute permission', async () => {
      const path = script('');
      chmodSync(path, 0o644);
      expect(await run(path).ended()).toEqual({ kind: 'failed', error: expect.stringContaining('(EACCES)') });
    });

    test('what is being written to', async () => {
      execFileSync('cp', ['/bin/true', `${dir}/busy`]);
      execFileSync('sh', ['-c', `exec 3>>'${dir}/busy'; sleep 60 <&- >&- 2>&- & echo $! >'${dir}/pid'`]);
      const result = await run(`${dir}/busy`).ended();
      process.kill(numberIn('pid'));
      expect(result).toEqual({ kind: 'failed', error: expect.stringContaining('(ETXTBSY)') });
    });

    test('garbage ends badly, but ends', async () => {
      writeFileSync(`${dir}/garbage`, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 2, 3]), { mode: 0o755 });
      const last = await run(`${dir}/garbage`).ended();
      // The C library hands what the kernel refuses (ENOEXEC) to /bin/sh, as shells do; where it does not, it fails.
      expect(last?.kind === 'failed' || (last?.kind === 'exited' && last.code !== 0)).toBe(true);
    });
  });

  describe('children that live on', () => {
    test('are not waited for, and can go on writing', async () => {
      const path = script(`
      (trap 'echo broken >${dir}/pipe' PIPE; echo $$ >${dir}/child.tmp
       while ! test -e ${dir}/go; do sleep 0.01; done
       head -c 400000 /dev/zero && echo $? >${dir}/written) &
      echo parent`);
      const { lines, ended } = run(path);
      expect(await ended()).toMatchObject({ kind: 'exited', code: 0 });
      expect(lines()).toEqual(['stdout parent']);
      writeFileSync(`${dir}/go`, '');
      await until('the child has written more than a pipe holds', isWritten('written'));
      expect(numberIn('written')).toBe(0);
      expect(existsSync(`${dir}/pipe`)).toBe(false);
    });

    test('get a broken pipe when they have written more than a run may', async () => {
      const { ended } = run(script(`(yes; echo $? >${dir}/end) & echo parent`), { PATH }, 100_000);
      expect(await ended()).toMatchObject({ code: 0 });
      await until('the child has ended', isWritten('end'));
      // A socket that is closed before it was read to its end says ECONNRESET first.
      expect(by === 'execa' ? [1, 128 + 13] : [128 + 13]).toContain(numberIn('end'));
    });

    test('hold a bounded number of pipes: those of the oldest are closed', async () => {
      const open = (): number => readdirSync('/proc/self/fd').length;
      const path = script('sleep 300 & echo $! >>$CHILDREN');
      for (let nth = 0; nth < 20; nth += 1) await run(path, { PATH, CHILDREN: `${dir}/children` }).ended();
      const before = open();
      for (let nth = 0; nth < 20; nth += 1) await run(path, { PATH, CHILDREN: `${dir}/children` }).ended();
      const after = open();
      readFileSync(`${dir}/children`, 'utf8')
        .trim()
        .split('\n')
        .forEach(pid => process.kill(Number(pid)));
      expect(after).toBeLessThanOrEqual(before);
    });

    test('do not keep the daemon alive', async () => {
      const before = process.getActiveResourcesInfo().filter(name => name === 'PipeWrap').length;
      const { ended } = run(script(`sleep 60 & echo $! >${dir}/child`));
      await ended();
      await until('nothing of the process keeps the event loop', () => {
        const now = process.getActiveResourcesInfo();
        return now.filter(name => name === 'PipeWrap').length <= before && !now.includes('ProcessWrap');
      });
      const child = numberIn('child');
      expect(isAlive(child)).toBe(true);
      process.kill(child);
    });
  });

  describe('signal', () => {
    test('reaches everything in the group', async () => {
      const { pid, ended } = run(script(`sleep 60 & echo $! >${dir}/child; wait`));
      await until('the child runs', isWritten('child'));
      processes.signal(pid(), 'SIGTERM');
      expect(await ended()).toMatchObject({ signal: 'SIGTERM' });
      await until('the child is gone', () => !isAlive(numberIn('child')));
    });

    test('leaves a group alone that is gone', async () => {
      const { pid, ended } = run('/bin/true');
      await ended();
      expect(() => processes.signal(pid(), 'SIGKILL')).not.toThrow();
    });
  });

  describe('unsubscribing', () => {
    test('kills the whole group at once, also what ignores SIGTERM', async () => {
      const { pid, events } = run(
        script(`trap '' TERM; sh -c 'trap "" TERM; sleep 60; :' & echo $! >${dir}/child; wait`),
      );
      await until('the child runs', isWritten('child'));
      const child = numberIn('child');
      subscription.unsubscribe();
      await until('both are gone', () => !isAlive(pid()) && !isAlive(child));
      expect(events.map(({ kind }) => kind)).toEqual(['started']);
    });

    test('leaves alone what a script that has ended left running', async () => {
      const { ended } = run(script(`sleep 60 >/dev/null 2>&1 & echo $! >${dir}/child`));
      await ended();
      subscription.unsubscribe();
      const child = numberIn('child');
      expect(isAlive(child)).toBe(true);
      process.kill(child);
    });
  });

  describe('warmUp', () => {
    test('completes and says nothing', async () => {
      let values = 0;
      let isComplete = false;
      subscription.add(
        processes.warmUp().subscribe({
          next: () => (values += 1),
          error: (error: unknown) => {
            throw error;
          },
          complete: () => {
            isComplete = true;
          },
        }),
      );
      await until('it is warm', () => isComplete);
      expect(values).toBe(0);
    });
  });
});
