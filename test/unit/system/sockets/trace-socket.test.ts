import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, reduce, Subject, type Subscription, take, tap } from 'rxjs';
import { fetching, supplying, type TraceSupply, type Wanted } from '../../../../src/system/sockets/trace-socket.js';

let path = '';
let open: Subscription | undefined;
let headers = 0;
let line$ = new Subject<string>();
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'supply-')), 'trace.sock');
  headers = 0;
  line$ = new Subject();
});
afterEach(() => {
  open?.unsubscribe();
  rmSync(join(path, '..'), { recursive: true });
});

const listen = (pieces: readonly string[] | undefined): void => {
  const source: TraceSupply = {
    kept: () => {
      if (pieces === undefined) return undefined;
      const left = pieces.map(piece => Buffer.from(piece));
      return { read: () => left.shift(), close: () => left.splice(0) };
    },
    lines: fromHeader => {
      if (fromHeader) headers += 1;
      return line$;
    },
  };
  open = supplying(path, source).subscribe();
};
const told = (wanted: Wanted): Promise<string> =>
  lastValueFrom(fetching(path, wanted).pipe(reduce((all, piece) => all + piece, '')), { defaultValue: 'nothing' });

test('gives what is kept, however long it is, to this user only', async () => {
  const pieces = Array.from({ length: 100 }, (_, n) => `${n}${'x'.repeat(65_000)}\n`);
  listen(pieces);
  expect(await told('kept')).toBe(pieces.join(''));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('nothing is kept: it says nothing', async () => {
  listen(undefined);
  expect(await told('kept')).toBe('');
});

test('goes on with what comes, after what is kept', async () => {
  listen(['a\n', 'b\n']);
  const pieces: string[] = [];
  await lastValueFrom(
    fetching(path, 'follow').pipe(
      tap(piece => pieces.push(piece)),
      tap(() => {
        if (!pieces.join('').includes('c')) line$.next('c');
      }),
      take(2),
    ),
    { defaultValue: '' },
  );
  expect(pieces.join('')).toMatch(/^a\nb\n(c\n)+$/);
  expect(headers).toBe(0);
});

test.each(['live', 'follow'] as const)('%s: without anything kept it begins with a header', async wanted => {
  listen(undefined);
  const first = lastValueFrom(fetching(path, wanted).pipe(take(1)), { defaultValue: '' });
  while (!line$.observed) await new Promise(resolve => setImmediate(resolve));
  line$.next('now');
  expect(await first).toBe('now\n');
  expect(headers).toBe(1);
});

const observed = (): boolean => line$.observed;

test('who asks for something else is let go, and nothing is listened to for those who have gone', async () => {
  listen(['a\n']);
  const socket = connect(path);
  socket.write('status\n');
  await once(socket, 'close');
  expect(line$.observed).toBe(false);
  const following = fetching(path, 'follow').subscribe();
  while (!line$.observed) await new Promise(resolve => setImmediate(resolve));
  following.unsubscribe();
  while (observed()) await new Promise(resolve => setImmediate(resolve));
});
