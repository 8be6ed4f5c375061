// Everything that the addon can do, again and again, with arguments that are none; scripts/asan.mjs watches.
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { URL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { addon as load } from '../../dist/addon.js';
import {
  connect,
  listen,
  lock,
  notify,
  peerOf,
  receiveDescriptors,
  sendDescriptors,
  socketPair,
} from '../../dist/index.js';

const addon = load();
if (!readFileSync('/proc/self/maps', 'utf8').includes(process.env.ADDON))
  throw new Error('expected the addon of build/asan to be loaded, found another one');

const open = () => readdirSync('/proc/self/fd').length;
const fails = act => {
  try {
    act();
    return 0;
  } catch {
    return 1;
  }
};

const before = open();
let [passed, refused] = [0, 0];
for (let round = 0; round < 200; round++) {
  const [one, other] = socketPair();
  for (const count of [0, 1, 2, 63, 64]) {
    sendDescriptors(
      one,
      new Uint8Array(count + 1),
      Array.from({ length: count }, () => other),
    );
    const { descriptors } = receiveDescriptors(other, round % 2 === 0 ? 4096 : 1);
    passed += descriptors.length;
    descriptors.forEach(fd => closeSync(fd));
    while (fails(() => receiveDescriptors(other, 1)) === 0); // what is left of the bytes
  }
  const address = `@stress.${process.pid}.${round}`;
  const server = listen(address);
  const client = connect(address);
  peerOf(client);
  const file = openSync('/dev/null', 'r');
  lock(file);
  refused += fails(() => notify(address, { READY: '1' })); // no datagrams there
  refused += fails(() => notify(address, { STATUS: 'x'.repeat(round * 50) }));
  refused += fails(() => connect(`@${'x'.repeat(round)}`));
  [one, other, server, client, file].forEach(fd => closeSync(fd));
}

// Arguments that are none.
const odd = [undefined, null, {}, 'text', -1, 9999, Number.NaN, [], new Uint8Array(0), new Uint16Array(3)];
const unwritable = new Uint8Array(4);
for (const call of ['notify', 'listen', 'connect', 'peer', 'lock', 'send', 'receive'])
  for (const first of odd.filter(value => value !== 'text'))
    for (const second of [...odd, unwritable]) addon[call](first, second, odd);
for (const call of ['notify', 'listen', 'connect', 'peer', 'lock', 'send', 'receive']) addon[call]();
const [one, other] = socketPair();
addon.send(one, unwritable, [{}, 'x']);
addon.send(
  one,
  unwritable,
  Array.from({ length: 1000 }, () => one),
);
addon.send(one, unwritable, [9999]);
addon.receive(other, unwritable);
[one, other].forEach(fd => closeSync(fd));
if (open() !== before) throw new Error(`expected ${before} open descriptors, found ${open()}`);

for (let round = 0; round < 4; round++) {
  const source = `import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)}).then(({ socketPair, sendDescriptors }) => {
    const [one, other] = socketPair(); sendDescriptors(one, new Uint8Array(1), [other]); })`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  await new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
}
if (passed === 0 || refused === 0) throw new Error(`nothing happened: ${[passed, refused]}`);
console.log(`stress: done, ${passed} descriptors passed, ${refused} calls refused`);
