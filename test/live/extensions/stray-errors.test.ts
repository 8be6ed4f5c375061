import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Extended, openExtended, type Started } from './daemon.js';
import { nodeOf } from '../lab/packages/nodes.js';

let later: Extended;
let extended: Extended;
beforeEach(() => {
  extended = openExtended();
});
afterEach(() => extended.close());

/** A module that does this when it is called by the daemon; `beside` does it when it is loaded. */
const doing = (body: string, beside = ''): string => `
  import { execFile, spawn } from 'node:child_process';
  import { EventEmitter } from 'node:events';
  import { createReadStream, readFile } from 'node:fs';
  import { createServer, get } from 'node:http';
  import { connect } from 'node:net';
  import { promisify } from 'node:util';
  import { Worker } from 'node:worker_threads';
  ${beside}
  export default ({ rxjs, events, defineExtension }) => { ${body} };`;
const atOnce = (body: string): string => doing(`${body}; return defineExtension({ name: 'stray' })`);
const isTick = '({ event }) => events.isExtension(event) && event.payload === 1';
const ticks = `sources: [() => rxjs.timer(0, 50).pipe(rxjs.map(payload => ({ payload })))]`;

/** What a module does that goes wrong when nobody is there any more to catch it, and what the fault says. */
const ways: readonly (readonly [string, string, string])[] = [
  ['a timer', atOnce(`setTimeout(() => { throw new Error('late') }, 50)`), 'late'],
  ['an immediate', atOnce(`setImmediate(() => { throw new Error('late') })`), 'late'],
  ['a tick', atOnce(`process.nextTick(() => { throw new Error('late') })`), 'late'],
  ['a microtask', atOnce(`queueMicrotask(() => { throw new Error('late') })`), 'late'],
  ['a rejected promise', atOnce(`Promise.reject(new Error('late'))`), 'late'],
  ['a promise that is rejected with a text', atOnce(`Promise.reject('late')`), 'late'],
  [
    'a promise that is rejected with what has no text',
    atOnce(`Promise.reject(Object.create(null))`),
    'something was thrown that has no text',
  ],
  [
    'an error whose message is none',
    atOnce(`setTimeout(() => { throw Object.assign(new TypeError('late'), { message: undefined }) }, 50)`),
    'TypeError',
  ],
  [
    'a chain of promises',
    atOnce(`new Promise(r => setTimeout(r, 20)).then(() => 1).then(() => { throw new Error('late') })`),
    'late',
  ],
  [
    'an async function',
    atOnce(`void (async () => { await new Promise(r => setTimeout(r, 20)); throw new Error('late') })()`),
    'late',
  ],
  ['fetch', atOnce(`void fetch('http://127.0.0.1:1/')`), 'fetch failed'],
  ['a socket that nobody listens to', atOnce(`connect(1, '127.0.0.1')`), 'connect ECONNREFUSED 127.0.0.1:1'],
  ['a listener of a socket', atOnce(`connect(1, '127.0.0.1').on('error', () => { throw new Error('late') })`), 'late'],
  [
    'a server',
    atOnce(
      `const server = createServer(() => { throw new Error('late') }).listen(0, '127.0.0.1', () => get(server.address()).on('error', () => {}))`,
    ),
    'late',
  ],
  ['a program that is not there', atOnce(`spawn('/nonexistent')`), 'spawn /nonexistent ENOENT'],
  ['a program that failed', atOnce(`void promisify(execFile)('false')`), 'Command failed: false'],
  ['a stream', atOnce(`createReadStream('/nonexistent')`), "ENOENT: no such file or directory, open '/nonexistent'"],
  [
    'a call-back of the file system',
    atOnce(`readFile('/nonexistent', error => { throw error })`),
    "ENOENT: no such file or directory, open '/nonexistent'",
  ],
  [
    'an emitter',
    atOnce(`const emitter = new EventEmitter(); setTimeout(() => emitter.emit('error', new Error('late')), 20)`),
    'late',
  ],
  ['a worker', atOnce(`new Worker('throw new Error("late")', { eval: true })`), 'late'],
  ['an import', atOnce(`void import('./nonexistent.mjs')`), "Cannot find module '"],
  [
    'the top level of the module',
    doing(`return defineExtension({ name: 'stray' })`, `Promise.reject(new Error('late'))`),
    'late',
  ],
  ['a package beside the module', doing(`return defineExtension({ name: 'stray' })`, `import 'later'`), 'late'],
  [
    'a stage',
    doing(
      `return defineExtension({ name: 'stray', ${ticks}, stages: [rxjs.tap(step => { if ((${isTick})(step)) void Promise.reject(new Error('late')) })] })`,
    ),
    'late',
  ],
  [
    'a sink',
    doing(
      `return defineExtension({ name: 'stray', ${ticks}, sinks: [({ step$ }) => step$.pipe(rxjs.filter(${isTick}), rxjs.tap(() => { setTimeout(() => { throw new Error('late') }) }))] })`,
    ),
    'late',
  ],
  [
    "a subscriber of a sink's own",
    doing(
      `return defineExtension({ name: 'stray', ${ticks}, sinks: [({ step$ }) => { step$.pipe(rxjs.filter(${isTick})).subscribe(() => { throw new Error('late') }); return step$.pipe(rxjs.ignoreElements()) }] })`,
    ),
    'late',
  ],
  [
    'the world of a sink',
    doing(
      `return defineExtension({ name: 'stray', sinks: [({ world$ }) => world$.pipe(rxjs.take(1), rxjs.tap(() => void Promise.reject(new Error('late'))))] })`,
    ),
    'late',
  ],
  [
    'a source',
    doing(
      `return defineExtension({ name: 'stray', sources: [config$ => config$.pipe(rxjs.tap(() => void Promise.reject(new Error('late'))), rxjs.ignoreElements())] })`,
    ),
    'late',
  ],
  [
    'the end of a source',
    doing(
      `return defineExtension({ name: 'stray', sources: [() => rxjs.throwError(() => 1).pipe(rxjs.finalize(() => void Promise.reject(new Error('late'))))] })`,
    ),
    'late',
  ],
];

// Other lines of Node keep contexts by other means.
describe.each([
  ['of this machine', () => process.execPath],
  ['24', () => join(nodeOf(24), 'node')],
])('Node %s: what of an extension fails later, when nobody can catch it any more', (_, node) => {
  let broker: Started;
  beforeAll(() => {
    later = openExtended(node());
    const { configured, start, write } = later;
    write('node_modules/later/package.json', '{ "main": "index.js" }');
    write('node_modules/later/index.js', `setTimeout(() => { throw new Error('late') }, 20);`);
    const paths = ways.map(([, text], n) => write(`${n}.mjs`, text.replaceAll("'stray'", `'stray-${n}'`)));
    broker = start(configured(...paths));
  });
  afterAll(() => later.close());

  test.each(ways.map(([what, , message], n) => ({ what, message, name: `stray-${n}` })))(
    '$what: a fault names the extension',
    async ({ message, name }) => broker.until(`extension ${name} failed outside its stages and sinks: ${message}`),
  );

  test('and the daemon goes on, and stops as asked', async () => {
    await broker.until('ready after');
    expect(broker.log()).not.toContain('a defect');
    broker.child.kill('SIGTERM');
    expect(await once(broker.child, 'close')).toEqual([0, null]);
  });

  test('check says it, too, and nothing worse', () => {
    const { check, configured, write } = extended;
    const said = check(configured(write('stray.mjs', atOnce(`Promise.reject(new Error('late'))`))));
    expect(said).toMatch(/^ok +extensions +\S+stray\.mjs: stray, with 0 stages/m);
    expect(said).toMatch(/^error +extensions +extension stray failed outside its stages and sinks: late$/m);
    expect(said).toMatch(/^\w+ +state /m);
  });
});

describe('a defect of the daemon itself', () => {
  test.each([
    ['a timer', `setTimeout(() => { throw new Error('its own') }, 500)`],
    ['a promise', `setTimeout(() => Promise.reject(new Error('its own')), 500)`],
    ['a microtask', `setTimeout(() => queueMicrotask(() => { throw new Error('its own') }), 500)`],
  ])('in %s: ends it, also while an extension is loaded and at work', async (_, defect) => {
    const { configured, start, write } = extended;
    const busy = doing(
      `return defineExtension({ name: 'busy', ${ticks}, stages: [rxjs.identity], sinks: [({ step$ }) => step$] })`,
    );
    const config = configured(write('busy.mjs', busy));
    const { child, log } = start(config, { NODE_OPTIONS: `--require=${write('defect.cjs', defect)}` });
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(log()).toContain('a defect ended the daemon: its own');
  });
});
