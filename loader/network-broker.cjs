'use strict';
// The program: runs bundle.cjs, compiled if code-cache.cjs of this very build and Node has left its work beside it.
{
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(
      `network-broker: expected Node 20.19 or newer, found ${process.versions.node} (${process.execPath}): install it`,
    );
    process.exit(1);
  }
}
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const vm = require('node:vm');

/** V8 itself compares little more than the length of the source, so the name says what it was made of and by whom. */
const cache = join(__dirname, `bundle-BUILD-${process.version}-${process.arch}.cache`);

const read = (file, encoding) => {
  try {
    return readFileSync(file, encoding);
  } catch {
    return undefined;
  }
};

const filename = join(__dirname, 'bundle.cjs');
// As Node wraps a module, and with an import: what comes from the cache cannot import by itself.
const parameters = 'exports, require, module, __filename, __dirname, importByLoader';
const script = new vm.Script(`(function (${parameters}) {${readFileSync(filename, 'latin1')}\n})`, {
  filename,
  cachedData: read(cache),
});
const isWriting = process.env.NETWORK_BROKER_CODE_CACHE === 'write';
if (isWriting) {
  delete process.env.NETWORK_BROKER_CODE_CACHE;
  process.once('exit', () => require('node:fs').writeFileSync(cache, script.createCachedData(), { mode: 0o644 }));
}
// An event comes now and then, and its code is mostly run by the interpreter. What needs no optimisation, a translation in one go,
// takes an eighth off the time of an event and a tenth off its CPU. To optimise soon, as V8 does on other threads, takes a quarter of
// the CPU: in a flood it still does; later lines of Node have no such flag. Said now, as code that was cached under other flags is
// not taken, neither ours nor that of Node's modules.
if (!isWriting) {
  // Said in the log, or nobody would know why a start takes several times as long.
  if (script.cachedDataRejected !== false) process.env.NETWORK_BROKER_UNCOMPILED = join(__dirname, 'code-cache.cjs');
  for (const name of ['assert', 'crypto', 'net', 'tty', 'worker_threads']) require(`node:${name}`);
  setFlagsFromString('--always-sparkplug');
  if (process.version.startsWith('v20.')) setFlagsFromString('--interrupt-budget=400000');
}
script.runInThisContext()(exports, require, module, filename, __dirname, specifier => import(specifier));
