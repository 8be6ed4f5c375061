import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { geteuid } from 'node:process';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Observable } from 'rxjs';
import { scriptsIn } from '../../../../src/sinks/scripts/judge.js';
import { createFiles, type Listing } from '../../../../src/system/files/files.js';

const files = createFiles();
/** What all these calls give: one value, at once. */
const only = <T>(one$: Observable<T>): T => {
  const values: T[] = [];
  one$.subscribe({
    next: value => values.push(value),
    error: (error: unknown) => {
      throw error;
    },
  });
  expect(values).toHaveLength(1);
  return values[0]!;
};
const stranger = 12_345;
let dir = '';
beforeEach(() => {
  // Straight below /tmp, whose sticky bit is part of what is tested.
  dir = mkdtempSync('/tmp/script-files-');
  chmodSync(dir, 0o755);
  mkdirSync(`${dir}/a.d`, 0o755);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (name: string, mode = 0o755, text = '#!/bin/sh\n'): void => {
  writeFileSync(`${dir}/${name}`, text);
  chmodSync(`${dir}/${name}`, mode);
};
const list = (name = 'a.d'): Listing => only(files.list([`${dir}/${name}`]))[0]!;
/** What the planner makes of the real directory, without the directory's own name. */
const plan = (name = 'a.d'): readonly string[] => {
  const { scripts, faults } = scriptsIn([list(name)], files.owners);
  return [...scripts.map(({ path }) => `run ${path}`), ...faults.map(({ message }) => message)].map(line =>
    line.replaceAll(dir, ''),
  );
};
const asRoot = geteuid?.() === 0;
if (!asRoot && process.env.CI === 'true') throw new Error('these tests need root: they give files to another user');
if (!asRoot) console.warn('skipped: files of another user (only root can give files away)');
const testAsRoot = asRoot ? test : test.skip;

describe('list', () => {
  test('tells each place on the way to a directory and to what is in it', () => {
    write('a.d/10-a');
    const { way, entries } = list();
    expect(way.places.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      'directory /',
      'directory /tmp',
      `directory ${dir}`,
      `directory ${dir}/a.d`,
    ]);
    expect(way.places[1]?.mode).toBe(0o1777);
    expect(entries).toEqual([expect.objectContaining({ name: '10-a' })]);
    expect(entries[0]?.end).toEqual({ path: `${dir}/a.d/10-a`, kind: 'file', uid: geteuid?.(), mode: 0o755, size: 10 });
  });

  test('a directory that does not exist has no end and no error, whatever of its path is missing', () => {
    for (const name of ['b.d', 'b/c/d']) {
      const { way, entries } = list(name);
      expect({ end: way.end, error: way.error, entries }).toEqual({ end: undefined, error: undefined, entries: [] });
    }
  });

  test('what is not a directory cannot be read', () => {
    write('file');
    expect(list('file').way.error).toMatch(/ENOTDIR/);
    expect(list('file/b.d').way.error).toMatch(/ENOTDIR/);
  });

  test('follows links component by component, and .. from where they lead', () => {
    mkdirSync(`${dir}/real/deep`, { recursive: true });
    write('real/tool');
    symlinkSync('real/deep', `${dir}/short`);
    symlinkSync('../short/../tool', `${dir}/a.d/x`);
    const [x] = list().entries;
    expect(x?.end?.path).toBe(`${dir}/real/tool`);
    expect(x?.places.map(({ path, kind }) => `${kind} ${path.slice(dir.length)}`)).toEqual([
      'link /a.d/x',
      'link /short',
      'directory /real',
      'directory /real/deep',
      'file /real/tool',
    ]);
  });

  test('links that go round in circles lead to nothing, and end', () => {
    symlinkSync('y', `${dir}/a.d/x`);
    symlinkSync('x', `${dir}/a.d/y`);
    expect(plan()).toEqual([
      'script /a.d/x is skipped: more than 40 symbolic links in one path',
      'script /a.d/y is skipped: more than 40 symbolic links in one path',
    ]);
  });

  test('a name that is not UTF-8 does not hide the others', () => {
    write('a.d/10-a');
    execFileSync('sh', ['-c', `cp '${dir}/a.d/10-a' "${dir}/a.d/$(printf 'b\\377')"`]);
    expect(plan()).toEqual(['run /a.d/10-a', 'run /a.d/b\udcff']);
  });

  test('sees a change at once: nothing is remembered from one listing to the next', () => {
    write('a.d/10-a');
    expect(plan()).toEqual(['run /a.d/10-a']);
    chmodSync(`${dir}/a.d/10-a`, 0o775);
    expect(plan()).toEqual([expect.stringMatching(/^script \/a.d\/10-a is refused/)]);
  });
});

describe('the scripts of real directories', () => {
  test('run below a sticky directory such as /tmp', () => {
    write('a.d/10-a');
    expect(plan()).toEqual(['run /a.d/10-a']);
  });

  test('are off when empty or linked to /dev/null', () => {
    write('a.d/10-empty', 0o755, '');
    symlinkSync('/dev/null', `${dir}/a.d/20-null`);
    expect(plan()).toEqual([]);
  });

  test('are refused when group or others can write to them', () => {
    write('a.d/10-a', 0o775);
    write('a.d/20-b', 0o757);
    expect(plan()).toEqual([
      'script /a.d/10-a is refused: /a.d/10-a is writable by group or others (mode 0775): chmod go-w it',
      'script /a.d/20-b is refused: /a.d/20-b is writable by group or others (mode 0757): chmod go-w it',
    ]);
  });

  test('are refused below a directory that group or others can write to', () => {
    write('a.d/10-a');
    chmodSync(dir, 0o775);
    expect(plan()).toEqual([
      'script directory /a.d is refused:  is writable by group or others (mode 0775): chmod go-w it',
    ]);
  });

  test('are refused when they are links into a directory that others can write to', () => {
    mkdirSync(`${dir}/open`);
    chmodSync(`${dir}/open`, 0o777);
    write('open/tool');
    symlinkSync(`${dir}/open/tool`, `${dir}/a.d/x`);
    expect(plan()).toEqual([
      'script /a.d/x is refused: /open is writable by group or others (mode 0777): chmod go-w it',
    ]);
  });

  test('are refused when a link on their way passes a directory that others can write to', () => {
    mkdirSync(`${dir}/open/in`, { recursive: true });
    write('tool');
    chmodSync(`${dir}/open`, 0o777);
    symlinkSync('../open/in/../../tool', `${dir}/a.d/x`);
    expect(plan()).toEqual([expect.stringMatching(/^script \/a.d\/x is refused: \/open is writable/)]);
  });

  testAsRoot("are refused when they, a link, a link's target or a directory belong to somebody else", () => {
    write('a.d/10-file');
    chownSync(`${dir}/a.d/10-file`, stranger, 0);
    mkdirSync(`${dir}/theirs`, 0o755);
    write('theirs/tool');
    chownSync(`${dir}/theirs`, stranger, 0);
    symlinkSync('../theirs/tool', `${dir}/a.d/20-target`);
    symlinkSync('/usr/bin/env', `${dir}/a.d/30-link`);
    execFileSync('chown', ['-h', String(stranger), `${dir}/a.d/30-link`]);
    expect(plan()).toEqual([
      'script /a.d/10-file is refused: /a.d/10-file belongs to user 12345, expected root: chown it',
      'script /a.d/20-target is refused: /theirs belongs to user 12345, expected root: chown it',
      'script /a.d/30-link is refused: /a.d/30-link belongs to user 12345, expected root: chown it',
    ]);
    chownSync(`${dir}/a.d`, stranger, 0);
    expect(plan()).toEqual(['script directory /a.d is refused: /a.d belongs to user 12345, expected root: chown it']);
  });
});

describe('owners', () => {
  test('are root, and an ordinary user itself when it holds no capabilities', () => {
    expect(files.owners).toEqual(asRoot ? [0] : [0, geteuid?.()]);
  });
});

describe('read', () => {
  test("is a file's text", () => {
    write('text', 0o644, 'ADDRESS=192.0.2.5\n');
    expect(only(files.read(`${dir}/text`))).toBe('ADDRESS=192.0.2.5\n');
  });

  test('is undefined for what is not there', () => {
    expect(only(files.read(`${dir}/none`))).toBeUndefined();
  });
});

describe('ensureDirectory', () => {
  const ensure = (path: string) => only(files.ensureDirectory(path));

  test('makes what is missing below a directory of its own user, mode 0755', () => {
    expect(ensure(`${dir}/new.d`)).toBe(true);
    expect(statSync(`${dir}/new.d`).mode & 0o7777).toBe(0o755);
  });

  test('leaves alone what is there', () => {
    chmodSync(`${dir}/a.d`, 0o700);
    expect(ensure(`${dir}/a.d`)).toBe(true);
    expect(statSync(`${dir}/a.d`).mode & 0o7777).toBe(0o700);
  });

  test('makes no directory whose parent is missing', () => {
    expect(ensure(`${dir}/x/new.d`)).toBe(false);
  });

  testAsRoot("makes nothing in somebody else's directory", () => {
    chownSync(dir, stranger, 0);
    expect(ensure(`${dir}/new.d`)).toBe(false);
  });
});

test('names that are no UTF-8 are found, followed, read and made as the bytes they are', () => {
  const at = (name: string): Buffer => Buffer.from(`${dir}/${name}`, 'latin1');
  mkdirSync(at('\xff.d'), 0o755);
  writeFileSync(at('\xff.d/10-\xe4'), '\u00fc');
  chmodSync(at('\xff.d/10-\xe4'), 0o755);
  symlinkSync(at('\xff.d/10-\xe4'), at('a.d/20-\xe5'));
  const script = `${dir}/\udcff.d/10-\udce4`;
  expect(list('a.d').entries).toMatchObject([{ name: '20-\udce5', end: { path: script, kind: 'file' } }]);
  expect(plan('\udcff.d')).toEqual(['run /\udcff.d/10-\udce4']);
  expect(only(files.read(script))).toBe('\u00fc');
  writeFileSync(at('text'), Buffer.of(0x61, 0xe4));
  expect(only(files.read(`${dir}/text`))).toBe('a\udce4');
  expect(only(files.ensureDirectory(`${dir}/\udcfe.d`))).toBe(true);
  expect(statSync(at('\xfe.d')).isDirectory()).toBe(true);
});
