import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMPTY, firstValueFrom, lastValueFrom, of, toArray } from 'rxjs';
import { tree as treeOf } from '../../../../src/testing/builders.js';
import { withRootExecutor } from '../../../../src/system/processes/by-root-executor.js';
import type { ProcessEvent, Processes, ProcessSpec } from '../../../../src/system/processes/processes.js';

const tree = treeOf({ path: ['/h'], user: 'root' });
const spec: ProcessSpec = {
  path: '/h/routable.d/10-a',
  env: { LINK: 'eth0', PATH: '/bin' },
  as: { user: 'root', tree, directory: 'routable.d' },
};
const signals: string[] = [];
const own: Processes = {
  run: () => of({ kind: 'failed', error: 'of our own' }),
  signal: (group, name) => signals.push(`${name} ${group}`),
  warmUp: () => EMPTY,
};

describe('a script that is run by the root executor', () => {
  let directory: string;
  let server: Server | undefined;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'root-executor-'));
    path = join(directory, 'socket');
  });
  afterEach(() => {
    server?.close();
    server = undefined;
    jest.useRealTimers();
    rmSync(directory, { recursive: true });
  });

  /** An executor that does this with each request. */
  const serving = (serve: (socket: Socket, request: string) => void): Promise<readonly string[]> =>
    new Promise(resolve => {
      const requests: string[] = [];
      server = createServer(socket => {
        let text = '';
        socket
          .on('error', () => undefined)
          .on('data', data => {
            text += String(data);
            if (!text.endsWith('\n')) return;
            requests.push(text);
            serve(socket, text);
          });
      }).listen(path, () => resolve(requests));
    });
  const saying = (...lines: readonly string[]) =>
    serving(socket => socket.end(lines.map(line => `${line}\n`).join('')));
  const run = (changes: Partial<ProcessSpec> = {}): Promise<readonly ProcessEvent[]> =>
    lastValueFrom(
      withRootExecutor(own, path)
        .run({ ...spec, ...changes })
        .pipe(toArray()),
      { defaultValue: [] },
    );

  const exited = '{"kind":"exited","code":0,"signal":null,"duration":3}';

  test('is told of as if it were our own', async () => {
    await saying(
      ...['{"kind":"accepted"}', '{"kind":"started","pid":7}', '{"kind":"output","stream":"stdout","line":"a"}'],
      ...[
        '{"kind":"ended"}',
        '{"kind":"exited","code":null,"signal":"SIGTERM","duration":3,"cut":1,"cost":{"cpu":2,"memory":4},"timedOut":true}',
      ],
    );
    expect(await run()).toEqual([
      { kind: 'started', pid: 7 },
      { kind: 'output', stream: 'stdout', line: 'a' },
      { kind: 'ended' },
      {
        kind: 'exited',
        code: null,
        signal: 'SIGTERM',
        duration: 3,
        cut: 1,
        cost: { cpu: 2, memory: 4 },
        timedOut: true,
      },
    ]);
  });

  test('is asked for by tree, directory and name; the executor gets what is in files of ours, and no PATH', async () => {
    const requests = await saying('{"kind":"accepted"}', exited);
    const file = join(directory, 'addresses');
    writeFileSync(file, 'added 192.0.2.5/24\nadded 192.0.2.6/24\n');
    const env = { ...spec.env, ADDRESSES: 'added 192.0.2.5/24', ADDRESSES_FILE: file, JSON_FILE: '/not/there' };
    await run({ env, args: ['eth0', 'up'] });
    expect(JSON.parse(requests[0] ?? '')).toEqual({
      tree: { path: ['/h'], style: 'network-broker' },
      directory: 'routable.d',
      script: '10-a',
      args: ['eth0', 'up'],
      variables: { LINK: 'eth0', ADDRESSES: 'added 192.0.2.5/24\nadded 192.0.2.6/24' },
    });
  });

  test('is asked for without what is in a file where that is too long for a request', async () => {
    const requests = await saying('{"kind":"accepted"}', exited);
    const file = join(directory, 'addresses');
    writeFileSync(file, 'x'.repeat(300_000));
    await run({ env: { ADDRESSES: 'added 192.0.2.5/24', ADDRESSES_FILE: file } });
    expect(JSON.parse(requests[0] ?? '')).toMatchObject({ variables: { ADDRESSES: 'added 192.0.2.5/24' } });
  });

  test('fails, and the reason is said, where there is no executor', async () => {
    expect(await run()).toEqual([
      { kind: 'failed', error: expect.stringContaining('systemctl enable --now network-broker-root.socket') },
    ]);
  });

  test.each([
    [
      'refuses it',
      ['{"kind":"accepted"}', '{"kind":"refused","why":"no such tree"}'],
      'the root executor refuses it: no such tree',
    ],
    ['cannot start it', ['{"kind":"accepted"}', '{"kind":"failed","error":"it does not exist"}'], 'it does not exist'],
    [
      'ends before the script',
      ['{"kind":"accepted"}', '{"kind":"started","pid":7}'],
      'the root executor ended before the script did',
    ],
    ['says what is no reply', ['{"kind":"accepted"}', 'hello'], 'the root executor said what is no reply'],
    ['says what is too long', ['{"kind":"accepted"}', 'x'.repeat(200_000)], 'the root executor said what is no reply'],
  ])('fails when the executor %s', async (_, lines, why) => {
    await saying(...lines);
    const events = await run();
    expect(events.at(-1)).toEqual({ kind: 'failed', error: expect.stringContaining(why) });
    expect(events.filter(({ kind }) => kind === 'failed')).toHaveLength(1);
  });

  test('is asked for again when the connection was closed before the executor had heard: it may have had too much to do', async () => {
    let times = 0;
    await serving(socket => {
      times += 1;
      socket.end(times < 3 ? '' : `{"kind":"accepted"}\n${exited}\n`);
    });
    expect((await run()).at(-1)).toMatchObject({ kind: 'exited' });
    expect(times).toBe(3);
  });

  test('is asked for again when it was turned away while it asked', async () => {
    let times = 0;
    server = createServer({ pauseOnConnect: true }, socket => {
      times += 1;
      if (times < 3) socket.destroy();
      else socket.on('error', () => undefined).end(`{"kind":"accepted"}\n${exited}\n`);
    });
    await new Promise<void>(resolve => server?.listen(path, resolve));
    const env = { JSON: 'x'.repeat(200_000) }; // more than the kernel takes at once: part of it is unread
    expect((await run({ env })).at(-1)).toMatchObject({ kind: 'exited' });
    expect(times).toBe(3);
  });

  test.each([
    ['does not answer', '', 10_000, 'does not answer within 10 s'],
    ['does not start it', '{"kind":"accepted"}\n', 120_000, 'has not started it within 120 s'],
  ])('fails when the executor %s', async (_, said, ms, why) => {
    const asked = new Promise<void>(resolve => {
      void serving(socket => {
        socket.write(said, () => resolve());
      });
    });
    await new Promise(resolve => server?.once('listening', resolve));
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
    const result = run();
    await asked;
    for (let turns = 0; turns < 50; turns += 1) await new Promise(resolve => setImmediate(resolve));
    jest.advanceTimersByTime(ms + 1);
    expect(await result).toEqual([{ kind: 'failed', error: expect.stringContaining(why) }]);
  });

  test('is ended by the executor: our signals do not reach it, and after SIGKILL it is waited for no longer than 5 s', async () => {
    await serving(socket => socket.write('{"kind":"accepted"}\n{"kind":"started","pid":7}\n'));
    const processes = withRootExecutor(own, path);
    const events: ProcessEvent[] = [];
    const ended = new Promise<void>((resolve, reject) => {
      processes.run(spec).subscribe({
        next: event => {
          events.push(event);
          if (event.kind !== 'started') return;
          processes.signal(7, 'SIGTERM');
          jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
          processes.signal(7, 'SIGKILL');
          jest.advanceTimersByTime(4_999);
          expect(events).toHaveLength(1);
          jest.advanceTimersByTime(2);
        },
        error: reject,
        complete: resolve,
      });
    });
    await ended;
    expect(events.at(-1)).toMatchObject({
      kind: 'failed',
      error: expect.stringContaining('does not say that it has ended'),
    });
    processes.signal(7, 'SIGTERM');
    expect(signals).toEqual(['SIGTERM 7']); // it is another's pid by now
  });

  test('leaves what is to run as our own user to us', async () => {
    const plain = { path: spec.path, env: spec.env };
    expect(await firstValueFrom(withRootExecutor(own, path).run(plain), { defaultValue: undefined })).toEqual({
      kind: 'failed',
      error: 'of our own',
    });
  });
});
