import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { geteuid } from 'node:process';
import { loadConfig } from '../../../src/daemon/load-config.js';
import { defaults } from '../../../src/config/schema.js';

const asRoot = geteuid?.() === 0;
if (!asRoot) console.warn('skipped: a configuration of another user (only root can give files away)');
const testAsRoot = asRoot ? test : test.skip;

let directory = '';
let file = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'broker-config-'));
  file = join(directory, 'network-broker.toml');
});
afterEach(() => rmSync(directory, { recursive: true }));
const dropIn = (name: string, text: string) => {
  mkdirSync(`${file}.d`, { recursive: true });
  writeFileSync(join(`${file}.d`, name), text);
};

test('a missing file means all defaults and one warning', () => {
  const { config, faults } = loadConfig(file);
  expect(config).toEqual(defaults);
  expect(faults.map(f => `${f.severity} ${f.code}: ${f.message}`)).toEqual([
    `warn config-missing: ${file}: no such file; every key has its default`,
  ]);
});

test('drop-ins override the file in the order of their names, whether or not the file is there', () => {
  dropIn('20-b.toml', '[System]\nLogLevel = "error"');
  dropIn('10-a.toml', '[System]\nLogLevel = "warn"\nLogFormat = "json"');
  expect(loadConfig(file).config?.system).toMatchObject({ logLevel: 'error', logFormat: 'json' });
  writeFileSync(file, '[System]\nLogLevel = "debug"\n[Scripts]\nMaxParallel = 2');
  expect(loadConfig(file)).toMatchObject({
    config: { system: { logLevel: 'error' }, scripts: { maxParallel: 2 } },
    faults: [],
  });
});

test('drop-ins come in the order of the bytes of their names, whatever these are', () => {
  const names = ['\uffee.toml', '\u{1F600}.toml', Buffer.from([0xff, ...Buffer.from('.toml')])];
  names.forEach((name, nth) => {
    mkdirSync(`${file}.d`, { recursive: true });
    const text = `[Scripts]\nMaxParallel = ${nth + 1}`;
    writeFileSync(Buffer.concat([Buffer.from(`${file}.d/`), Buffer.from(name)]), text);
    expect(loadConfig(file).config?.scripts.maxParallel).toBe(nth + 1);
  });
  expect(loadConfig(file).texts.map(each => each.file.slice(file.length + 3))).toEqual([
    '',
    '\uffee.toml',
    '\u{1F600}.toml',
    '\udcff.toml',
  ]);
});

test('only *.toml is a drop-in, and hidden files are none', () => {
  for (const name of ['a.toml.bak', 'a.toml~', '.hidden.toml', 'README']) dropIn(name, 'no TOML at all');
  writeFileSync(file, '');
  expect(loadConfig(file)).toEqual({ config: defaults, faults: [], texts: [{ file, text: '' }] });
});

test('what was read is told; the file itself comes first, and says nothing if it is missing', () => {
  dropIn('10-a.toml', '[System]');
  const rest = { file: join(`${file}.d`, '10-a.toml'), text: '[System]' };
  expect(loadConfig(file).texts).toEqual([{ file, text: '' }, rest]);
  writeFileSync(file, '[Scripts]');
  expect(loadConfig(file).texts).toEqual([{ file, text: '[Scripts]' }, rest]);
});

test('what is there and is no file that can be read is an error for each, and is not waited for', () => {
  mkdirSync(file);
  mkdirSync(`${file}.d`);
  execFileSync('mkfifo', [join(`${file}.d`, '10-pipe.toml')]);
  symlinkSync('/dev/zero', join(`${file}.d`, '20-zero.toml'));
  dropIn('30-long.toml', ' '.repeat(2 ** 20 + 1));
  const { config, faults } = loadConfig(file);
  expect(config).toBeUndefined();
  expect(faults.map(f => `${f.code} ${f.message.replaceAll(directory, '')}`)).toEqual(
    [
      ['', 'a directory'],
      ['.d/10-pipe.toml', 'a FIFO'],
      ['.d/20-zero.toml', 'a character device'],
      ['.d/30-long.toml', 'one of 1048577 bytes'],
    ].map(
      ([name, found]) =>
        `config-unreadable /network-broker.toml${name}: expected a regular file of at most 1 MiB, found ${found}`,
    ),
  );
});

test('a file where the directory of drop-ins should be is an error', () => {
  writeFileSync(file, '');
  writeFileSync(`${file}.d`, 'a file where a directory should be');
  expect(loadConfig(file).faults.map(f => f.message)).toEqual([expect.stringMatching(/\.d: .*ENOTDIR/)]);
});

test('drop-ins of more than 4 MiB together are an error, and none is read', () => {
  for (let n = 10; n < 16; n += 1) dropIn(`${n}.toml`, `# ${' '.repeat(900_000)}\n[System]\nLogLevel = "debug"`);
  const { config, faults, texts } = loadConfig(file);
  expect(config).toBeUndefined();
  expect(texts).toHaveLength(1);
  expect(faults.map(f => `${f.severity} ${f.code} ${f.message}`)).toContain(
    `error config-unreadable ${file}.d: expected drop-ins of at most 4 MiB together, found more`,
  );
});

test('more than 1,000 drop-ins are an error, and none is read', () => {
  for (let n = 0; n <= 1000; n += 1) dropIn(`${n}.toml`, 'no TOML at all');
  expect(loadConfig(file).faults.map(f => `${f.severity} ${f.code} ${f.message}`)).toContain(
    `error config-unreadable ${file}.d: expected at most 1,000 drop-ins, found 1,001`,
  );
  expect(loadConfig(file).texts).toHaveLength(1);
});

test('faults name the file they are in', () => {
  writeFileSync(file, '');
  dropIn('10-a.toml', '\n\n[System]\nLogLevel = "loud"');
  chmodSync(`${file}.d`, 0o755);
  expect(loadConfig(file).faults[0]?.message).toMatch(new RegExp(`^${file}\\.d/10-a\\.toml:4: `));
});

describe('a configuration that somebody else may write', () => {
  const messages = (): readonly string[] =>
    loadConfig(file).faults.map(f => `${f.severity} ${f.code} ${f.message.replaceAll(directory, '')}`);
  beforeEach(() => writeFileSync(file, '[System]'));

  test('is refused, and none of it is read', () => {
    chmodSync(file, 0o664);
    expect(messages()).toEqual([
      'error config-unsafe /network-broker.toml is refused: /network-broker.toml is writable by group or others (mode 0664): chmod go-w it',
    ]);
    expect(loadConfig(file)).toMatchObject({ config: undefined, texts: [] });
  });

  test('is refused below a directory that they may write to', () => {
    chmodSync(directory, 0o777);
    expect(messages()).toEqual([
      expect.stringMatching(
        /^error config-unsafe \/network-broker\.toml is refused: {2}is writable by group or others \(mode 0777\)/,
      ),
    ]);
    chmodSync(directory, 0o1777);
    expect(messages()).toEqual([]);
  });

  test('is refused as a drop-in, the file or its directory', () => {
    dropIn('10-a.toml', '[System]');
    chmodSync(join(`${file}.d`, '10-a.toml'), 0o646);
    expect(messages()).toEqual([
      expect.stringMatching(/^error config-unsafe \/network-broker\.toml\.d\/10-a\.toml is refused: /),
    ]);
    chmodSync(join(`${file}.d`, '10-a.toml'), 0o644);
    expect(messages()).toEqual([]);
    chmodSync(`${file}.d`, 0o775);
    expect(messages()).toEqual([
      'error config-unsafe /network-broker.toml.d is refused: /network-broker.toml.d is writable by group or others (mode 0775): chmod go-w it',
    ]);
  });

  testAsRoot('is refused when it, or what a link leads to, belongs to them', () => {
    chownSync(file, 12_345, 0);
    expect(messages()).toEqual([
      'error config-unsafe /network-broker.toml is refused: /network-broker.toml belongs to user 12345, expected root: chown it',
    ]);
    renameSync(file, join(directory, 'theirs'));
    symlinkSync('theirs', file);
    expect(messages()).toEqual([expect.stringContaining('/theirs belongs to user 12345')]);
  });

  test('is what a link to /dev/null is not: it is an empty file', () => {
    rmSync(file);
    symlinkSync('/dev/null', file);
    expect(loadConfig(file)).toEqual({ config: defaults, faults: [], texts: [{ file, text: '' }] });
  });
});
