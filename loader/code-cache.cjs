'use strict';
// Compiles the bundle beside this file for the Node that runs this: `node code-cache.cjs`, after the build, at installation and
// whenever Node is another one. The daemon works without it, it only starts slower. What is compiled is what a start needs: the
// daemon is started for real, from a copy, as a user that nobody else is, with nothing configured and without scripts, until it
// serves or waits.
const { spawn, spawnSync } = require('node:child_process');
const { randomInt } = require('node:crypto');
const { chownSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const longest = 10_000; // milliseconds
// The daemon does not run as root, which then takes over what it has compiled: no other process may be of this user, so the
// number is taken by chance, beyond those that user databases, systemd and containers give out.
const id = randomInt(0x78000000, 0x7ffffffe);
const powerless = ['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all'];
const drop = ['setpriv', `--reuid=${id}`, `--regid=${id}`, '--clear-groups', ...powerless, '--'];
const isRoot = process.geteuid() === 0;
const asOther = command => (isRoot ? [...drop, ...command] : command);
const works = ([file, ...args]) => spawnSync(file, args).status === 0;

for (const name of readdirSync(__dirname)) if (/^bundle-.*\.cache$/.test(name)) rmSync(join(__dirname, name));

/** Where it can be run: here, as file systems for scratch may be mounted noexec, unless others cannot come here. */
const copy = () => {
  const directory = mkdtempSync(join(works(asOther(['test', '-x', __dirname])) ? __dirname : tmpdir(), 'code-cache-'));
  const own = path => isRoot && chownSync(path, id, id);
  own(directory);
  for (const name of readdirSync(__dirname).filter(each => /\.(cjs|node)$/.test(each))) {
    copyFileSync(join(__dirname, name), join(directory, name));
    own(join(directory, name));
  }
  writeFileSync(join(directory, 'network-broker.toml'), '');
  return directory;
};

if (!works(asOther(['true']))) {
  console.error(
    'code-cache: not made: expected setpriv (util-linux) to become another user without capabilities, which it could not',
  );
} else {
  const directory = copy();
  const [file, ...args] = asOther([
    ...[process.execPath, ...process.execArgv, join(directory, 'network-broker.cjs')],
    ...['run', '--config', join(directory, 'network-broker.toml'), '--log-level', 'info', '--log-format', 'text'],
  ]);
  const env = { PATH: process.env.PATH, RUNTIME_DIRECTORY: directory, NETWORK_BROKER_CODE_CACHE: 'write' };
  const daemon = spawn(file, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const timer = setTimeout(() => daemon.kill('SIGKILL'), longest);
  let said = '';
  daemon.stderr.on('data', chunk => {
    said += chunk;
    if (/ info ready after | trying again/.test(said)) daemon.kill('SIGTERM');
  });
  daemon.on('error', error => console.error(`code-cache: not made: ${error.message}`));
  daemon.on('close', status => {
    clearTimeout(timer);
    if (status !== 0) console.error(`code-cache: not made: the daemon could not be tried:\n${said}`);
    else
      for (const name of readdirSync(directory).filter(each => each.endsWith('.cache')))
        writeFileSync(join(__dirname, name), readFileSync(join(directory, name)), { mode: 0o644 });
    rmSync(directory, { recursive: true });
  });
}
