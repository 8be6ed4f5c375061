import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Subscription } from 'rxjs';
import { createWatch } from '../../../../src/system/files/watch-files.js';

let top: string;
let seen: string[];
let faults: string[];
let open: Subscription | undefined;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'watch-'));
  seen = [];
  faults = [];
});
afterEach(() => {
  open?.unsubscribe();
  rmSync(top, { recursive: true, force: true });
});

const watch = (...globs: readonly string[]): void => {
  open = createWatch()
    .paths(
      globs.map(glob => join(top, glob)),
      ({ code, message }) => faults.push(`${code} ${message.replace(top, '')}`),
    )
    .subscribe({
      next: paths => seen.push(...(paths.length === 0 ? ['none'] : paths.map(path => path.slice(top.length + 1)))),
      error: (error: unknown) => seen.push(String(error)),
    });
};
const write = (name: string): void => {
  writeFileSync(join(top, name), 'x');
};

/** What was seen by the time that `name` is seen; what was seen before is forgotten. */
const until = async (name: string): Promise<readonly string[]> => {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    await wait(2);
    if (seen.includes(name)) {
      await wait(20); // inotify tells several things of one write
      return [...new Set(seen.splice(0))];
    }
  }
  throw new Error(`waited 20 s in vain for ${name}, saw: ${seen.join(', ')}`);
};

describe('createWatch', () => {
  test('tells at once which files match, in all directories', () => {
    mkdirSync(join(top, 'a'));
    mkdirSync(join(top, 'b'));
    for (const name of ['a/dhclient.leases', 'a/dhclient-eth0.leases', 'a/other', 'b/dhclient6.lease.x']) write(name);
    watch('a/dhclient*.leases', 'b/dhclient*.lease*');
    expect(seen.sort()).toEqual(['a/dhclient-eth0.leases', 'a/dhclient.leases', 'b/dhclient6.lease.x']);
  });

  test('tells of writing, truncating, renaming over and removing, and nothing of other files', async () => {
    write('a.leases');
    watch('*.leases');
    expect(seen.splice(0)).toEqual(['a.leases']);
    appendFileSync(join(top, 'a.leases'), 'y');
    expect(await until('a.leases')).toEqual(['a.leases']);
    truncateSync(join(top, 'a.leases'), 0);
    expect(await until('a.leases')).toEqual(['a.leases']);
    write('temporary');
    renameSync(join(top, 'temporary'), join(top, 'a.leases'));
    expect(await until('a.leases')).toEqual(['a.leases']);
    appendFileSync(join(top, 'a.leases'), 'y');
    expect(await until('a.leases')).toEqual(['a.leases']);
    rmSync(join(top, 'a.leases'));
    expect(await until('a.leases')).toEqual(['a.leases']);
    write('b.leases');
    expect(await until('b.leases')).toEqual(['b.leases']);
  });

  test('waits for a directory that is made later, and for one that is replaced', async () => {
    watch('x/y/*.leases');
    expect(seen.splice(0)).toEqual(['none']);
    mkdirSync(join(top, 'x'));
    await wait(20);
    mkdirSync(join(top, 'x/y'));
    write('x/y/a.leases');
    expect(await until('x/y/a.leases')).toContain('x/y/a.leases');
    renameSync(join(top, 'x/y'), join(top, 'x/old'));
    mkdirSync(join(top, 'x/y'));
    write('x/y/b.leases');
    expect(await until('x/y/b.leases')).toContain('x/y/b.leases');
    rmSync(join(top, 'x/y'), { recursive: true });
    await wait(20);
    mkdirSync(join(top, 'x/y'));
    write('x/y/c.leases');
    expect(await until('x/y/c.leases')).toContain('x/y/c.leases');
  });

  test('of more than 1,000 files in one directory it takes the first and says so, once until they are fewer', async () => {
    for (let n = 0; n <= 1001; n += 1) write(`${String(n).padStart(4, '0')}.leases`);
    watch('*.leases');
    const fault = 'lease-files-many : expected at most 1,000 files that match, found 1,002: the others are not read';
    expect({ length: seen.length, last: seen.at(-1), faults }).toEqual({
      length: 1000,
      last: '0999.leases',
      faults: [fault],
    });
    seen.splice(0);
    write('0001.leases');
    expect(await until('0001.leases')).toEqual(['0001.leases']);
    expect(faults).toEqual([fault]);
    rmSync(join(top, '0002.leases'));
    rmSync(join(top, '0003.leases'));
    expect(await until('1001.leases')).toContain('1001.leases');
    write('2000.leases');
    await wait(50);
    expect(faults).toEqual([fault, fault.replace('1,002', '1,001')]);
  });

  test('tells of files whose names are no UTF-8, by names that can be read', async () => {
    const path = Buffer.concat([Buffer.from(`${top}/dhclient-wl`), Buffer.of(0xe4), Buffer.from('n0.leases')]);
    writeFileSync(path, 'x');
    watch('dhclient-wl?n0.leases');
    expect(seen.splice(0)).toEqual(['dhclient-wl\udce4n0.leases']);
    appendFileSync(path, 'y');
    expect(await until('dhclient-wl\udce4n0.leases')).toEqual(['dhclient-wl\udce4n0.leases']);
  });

  test('unsubscribing ends the watch', async () => {
    watch('*.leases');
    open?.unsubscribe();
    seen.splice(0);
    write('a.leases');
    await wait(50);
    expect(seen).toEqual([]);
  });
});
