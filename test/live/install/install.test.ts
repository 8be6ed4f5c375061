import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keys } from '../../../src/config/schema.js';

// What `make build` made is copied into a directory of the test's own.
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'broker-install-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const script = (name: 'install' | 'uninstall', prefix = '/usr'): string =>
  execFileSync(`scripts/${name}`, {
    env: { PATH: process.env.PATH, DESTDIR: root, PREFIX: prefix },
    encoding: 'utf8',
  });
const files = (): readonly string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length));
const run = (prefix: string, ...args: readonly string[]): string =>
  execFileSync(join(root, prefix, 'bin/network-broker'), args, { encoding: 'utf8' });

test('what was installed runs by itself, manual pages name every key, and uninstalling leaves nothing', () => {
  script('install');
  expect(run('/usr', '--version')).toMatch(/^network-broker \d/);
  const page = readFileSync(join(root, '/usr/share/man/man5/network-broker.toml.5'), 'utf8');
  for (const { name } of keys) expect(page).toContain(name);
  expect(JSON.parse(readFileSync(join(root, '/usr/share/network-broker/link.schema.json'), 'utf8'))).toMatchObject({
    type: 'object',
  });
  for (const alias of ['network-broker.conf', 'networkd-broker.conf'])
    expect(readFileSync(join(root, `/usr/share/man/man5/${alias}.5`), 'utf8')).toBe('.so man5/network-broker.toml.5\n');
  for (const name of ['routable.d', 'leases.d'])
    expect(statSync(join(root, '/etc/network-broker', name)).mode & 0o7777).toBe(0o755);
  for (const file of files()) expect(statSync(join(root, file)).mode & 0o022).toBe(0);
  script('uninstall');
  expect(files()).toEqual([]);
  expect(readdirSync(root, { recursive: true }).filter(name => name.toString().includes('network-broker'))).toEqual([]);
});

test('nothing but a shell and tools that copy is needed to install', () => {
  const tools = mkdtempSync(join(tmpdir(), 'broker-tools-'));
  for (const tool of ['sh', 'dirname', 'install', 'mkdir', 'readlink', 'rm', 'sed'])
    symlinkSync(execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(), join(tools, tool));
  execFileSync('scripts/install', { env: { PATH: tools, DESTDIR: root }, stdio: 'pipe' });
  rmSync(tools, { recursive: true });
  expect(run('/usr', '--version')).toMatch(/^network-broker \d/);
});

test('a PREFIX of one’s own is where the unit looks for the program', () => {
  script('install', '/usr/local');
  const unit = readFileSync(join(root, '/usr/local/lib/systemd/system/network-broker.service'), 'utf8');
  expect(unit).toContain('\nExecStart=/usr/local/bin/network-broker run\n');
  expect(run('/usr/local', '--version')).toMatch(/^network-broker \d/);
  script('uninstall', '/usr/local');
  expect(files()).toEqual([]);
});

test('a configuration that somebody changed is neither overwritten nor removed', () => {
  script('install');
  const config = join(root, '/etc/network-broker/network-broker.toml');
  writeFileSync(config, '[System]\nLogLevel = "debug"\n');
  script('install');
  script('uninstall');
  expect(files()).toEqual(['/etc/network-broker/network-broker.toml']);
  expect(readFileSync(config, 'utf8')).toContain('debug');
});

test('the code cache is made by whoever installs, root too, and nothing else is left', () => {
  script('install');
  const library = join(root, '/usr/lib/network-broker');
  const before = readdirSync(library).sort();
  for (const cache of before.filter(name => name.endsWith('.cache'))) rmSync(join(library, cache));
  const made = spawnSync(process.execPath, [join(library, 'code-cache.cjs')], { encoding: 'utf8' });
  expect(made).toMatchObject({ status: 0, stdout: '', stderr: '' });
  const after = before.map(name => name.replace(/-v[\d.]+-/, `-${process.version}-`)); // the build may be another Node's
  expect(readdirSync(library).sort()).toEqual(after);
});

test('a code cache of another Node, a broken one and none are no reason not to start', () => {
  script('install');
  const library = join(root, '/usr/lib/network-broker');
  const caches = readdirSync(library).filter(name => name.endsWith('.cache'));
  expect(caches).toHaveLength(1);
  for (const cache of caches) writeFileSync(join(library, cache), 'not a code cache');
  expect(run('/usr', '--version')).toMatch(/^network-broker \d/);
  for (const cache of caches) rmSync(join(library, cache));
  expect(run('/usr', '--version')).toMatch(/^network-broker \d/);
});
