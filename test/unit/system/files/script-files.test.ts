import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Subscription } from 'rxjs';
import { createScriptFiles, type ScriptFiles } from '../../../../src/system/files/script-files.js';

let top = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'script-files-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const hold = (
  files: ScriptFiles,
  name: string,
  text: string,
): { paths: string[]; errors: unknown[]; held: Subscription } => {
  const paths: string[] = [];
  const errors: unknown[] = [];
  const held = files
    .hold(name, text)
    .subscribe({ next: path => paths.push(path), error: (error: unknown) => errors.push(error) });
  return { paths, errors, held };
};

describe('script files', () => {
  test('a file is there, with its text, until it is let go', () => {
    const { paths, held } = hold(createScriptFiles(join(top, 'files')), 'link-1.json', '{"Name":"ü"}');
    expect(paths).toEqual([join(top, 'files', 'link-1.json')]);
    expect(readFileSync(paths[0]!, 'utf8')).toBe('{"Name":"ü"}');
    held.unsubscribe();
    expect(existsSync(paths[0]!)).toBe(false);
  });

  test('two of one name, of two events with one id, are two files', () => {
    const files = createScriptFiles(join(top, 'files'));
    const [one, two, three] = ['a', 'b', 'c'].map(text => hold(files, 'link-1.json', text));
    expect([one, two, three].map(each => readFileSync(each!.paths[0]!, 'utf8'))).toEqual(['a', 'b', 'c']);
    one!.held.unsubscribe();
    expect(readdirSync(join(top, 'files')).sort()).toEqual(['2.link-1.json', '3.link-1.json']);
    expect(hold(files, 'link-1.json', 'd').paths).toEqual([join(top, 'files', 'link-1.json')]);
  });

  test('everybody may read it, whatever the umask', () => {
    const before = process.umask(0o077);
    try {
      const { paths } = hold(createScriptFiles(join(top, 'files')), 'a', 'x');
      expect(statSync(paths[0]!).mode & 0o777).toBe(0o644);
      expect(statSync(join(top, 'files')).mode & 0o777).toBe(0o755);
    } finally {
      process.umask(before);
    }
  });

  test('what an earlier run left is removed at the start', () => {
    mkdirSync(join(top, 'files'));
    writeFileSync(join(top, 'files', 'link-1.json'), 'old');
    createScriptFiles(join(top, 'files'));
    expect(readdirSync(top)).toEqual([]);
  });

  test('a directory that somebody removed is made again', () => {
    const files = createScriptFiles(join(top, 'files'));
    hold(files, 'a', 'x').held.unsubscribe();
    rmSync(join(top, 'files'), { recursive: true });
    expect(hold(files, 'b', 'x').errors).toEqual([]);
  });

  test('several at a time are independent', () => {
    const files = createScriptFiles(join(top, 'files'));
    const [one, other] = [hold(files, 'a', '1'), hold(files, 'b', '2')];
    one.held.unsubscribe();
    expect(readFileSync(other.paths[0]!, 'utf8')).toBe('2');
  });

  test('a place that cannot be written to is an error that names it, and no file is left', () => {
    writeFileSync(join(top, 'files'), 'no directory');
    const files = createScriptFiles(join(top, 'files', 'below'));
    const { paths, errors } = hold(files, 'a', 'x');
    expect(paths).toEqual([]);
    expect(String(errors[0])).toContain(join(top, 'files'));
  });
});
