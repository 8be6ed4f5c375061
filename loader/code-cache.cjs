'use strict';
// Compiles the bundle beside this file for the Node that runs this: `node code-cache.cjs`, after the build, at installation and
// whenever Node is another one. The daemon works without it, it only starts slower. What is compiled is what a start needs: the
// daemon is started for real, with nothing configured, without scripts and without a capability, until it serves or waits.
const { spawn, spawnSync } = require('node:child_process');
const { mkdtempSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const longest = 10_000; // milliseconds
const powerless = ['setpriv', '--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all', '--'];

for (const name of readdirSync(__dirname)) if (/^bundle-.*\.cache$/.test(name)) rmSync(join(__dirname, name));

const isRoot = process.geteuid() === 0;
if (isRoot && spawnSync(powerless[0], [...powerless.slice(1), 'true']).status !== 0) {
  console.error('code-cache: not made: expected setpriv (util-linux) to give up all capabilities, which it could not');
} else {
  const scratch = mkdtempSync(join(tmpdir(), 'network-broker-'));
  writeFileSync(join(scratch, 'network-broker.toml'), '');
  const command = [
    ...(isRoot ? powerless : []),
    ...[process.execPath, ...process.execArgv, join(__dirname, 'network-broker.cjs')],
    ...['run', '--config', join(scratch, 'network-broker.toml'), '--log-level', 'info', '--log-format', 'text'],
  ];
  const env = { PATH: process.env.PATH, RUNTIME_DIRECTORY: scratch, NETWORK_BROKER_CODE_CACHE: 'write' };
  const daemon = spawn(command[0], command.slice(1), { env, stdio: ['ignore', 'ignore', 'pipe'] });
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
    rmSync(scratch, { recursive: true });
  });
}
