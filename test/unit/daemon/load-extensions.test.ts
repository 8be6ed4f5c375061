import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { from, lastValueFrom } from 'rxjs';
import { loadExtensions } from '../../../src/daemon/load-extensions.js';
import { createFiles } from '../../../src/system/files/files.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'broker-extensions-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (name: string, text: string, mode = 0o644): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};
const load = async (...paths: readonly string[]): Promise<readonly string[]> =>
  (
    await lastValueFrom(
      loadExtensions(paths, createFiles(), path => from(import(path))),
      { defaultValue: [] },
    )
  ).map(one =>
    'fault' in one
      ? one.fault.message.replaceAll(directory, '')
      : `${one.extension.name} of ${one.path.slice(directory.length)}`,
  );
const module = (name: string): string =>
  `export default ({ defineExtension }) => defineExtension({ name: '${name}' });`;

describe('loading extensions', () => {
  test('modules and CommonJS files are loaded in the order in which they are named', async () => {
    const paths = [
      write('b.mjs', module('b')),
      write('a.cjs', `module.exports = ({ defineExtension }) => defineExtension({ name: 'a' });`),
    ];
    expect(await load(...paths)).toEqual(['b of /b.mjs', 'a of /a.cjs']);
  });

  test('one that cannot be loaded says why, and the others are loaded', async () => {
    const found = await load(
      write('throws.mjs', 'throw new Error("at once");'),
      write('none.mjs', 'export const x = 1;'),
      write('nameless.mjs', 'export default ({ defineExtension }) => defineExtension({});'),
      write('nothing.mjs', 'export default () => undefined;'),
      write('late.mjs', 'export default async () => ({});'),
      write('open.mjs', module('open'), 0o666),
      join(directory, 'absent.mjs'),
      write('good.mjs', module('good')),
      write('twin.mjs', module('good')),
    );
    expect(found).toEqual([
      'extension /throws.mjs is not loaded: at once',
      'extension /none.mjs is not loaded: expected its default export to be a function ({ rxjs, operators, events, defineExtension }) => …',
      'extension /nameless.mjs is not loaded: defineExtension: expected a name of up to 64 letters, digits, -, _ and ., found undefined',
      'extension /nothing.mjs is not loaded: expected its default export to return defineExtension({ … })',
      'extension /late.mjs is not loaded: expected its default export to return at once, found a promise',
      'extension /open.mjs is not loaded: /open.mjs is writable by group or others (mode 0666): chmod go-w it',
      'extension /absent.mjs is not loaded: there is no absent.mjs in ',
      'good of /good.mjs',
      'extension /twin.mjs is not loaded: /good.mjs has the name good, too',
    ]);
  });
});
