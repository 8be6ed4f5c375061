// Inside a laboratory: how long rules take to be there after addresses. Arguments: who makes them (`daemon`, which runs already,
// or `ip`), how many addresses one after the other.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { add, listLinks, remove, subscribe } from '@network-stack/netlink';

const [who, times] = process.argv.slice(2);
const mark = 217;
const links = (await listLinks()).filter(({ name }) => /^eth\d$/.test(name));
const each = 100;
const many = links.flatMap((_, n) => Array.from({ length: each }, (_, host) => [n, `10.${n}.0.${host + 10}`]));
const table = n => 9999 + links[n].ifindex;

const addressAdd = ([n, address]) => `address add ${address}/16 dev eth${n}`;
const rules =
  action =>
  ([n, address]) =>
    ['from', 'to'].map(way => `rule ${action} ${way} ${address} lookup ${table(n)} priority 9999 protocol ${mark}`);
const routes = places =>
  [...new Map(places.map(place => [place[0], place])).values()].map(
    ([n, address]) =>
      `route replace ${address.replace(/\d+\.\d+$/, '0.0/16')} dev eth${n} src ${address} table ${table(n)} proto ${mark}`,
  );

/** Notes when the kernel has told of so many rules of ours. */
let added = 0;
let removed = 0;
let seen = () => undefined;
subscribe({
  groups: ['ipv4-rule'],
  receiveBufferBytes: 8 * 1024 * 1024,
  ref: true,
  onMessages: batch => {
    for (const { kind, object } of batch)
      if (object?.protocol === mark) {
        if (kind === 'new') added += 1;
        else removed += 1;
      }
    seen();
  },
  onOverrun: () => process.exit(1),
});
const until = condition =>
  new Promise(resolve => {
    seen = () => condition() && resolve(performance.now());
    seen();
  });
const batch = async lines => {
  writeFileSync('/tmp/batch', `${lines.join('\n')}\n`);
  const [code] = await once(spawn('ip', ['-batch', '/tmp/batch'], { stdio: 'inherit' }), 'exit');
  if (code !== 0) throw new Error(`ip -batch ended with ${code}`);
};

/** By ip(8), what the daemon does by itself. */
const byHand = async (places, make) => {
  if (who === 'ip') await batch(make(places));
};
const set = places => [...routes(places), ...places.flatMap(rules('add'))];
const unset = places => places.flatMap(rules('delete'));

/** Milliseconds from the first of these addresses until the rules of all are there. */
const bring = async (places, addAll) => {
  const expected = added + 2 * places.length;
  const there = until(() => added >= expected);
  const begun = performance.now();
  await addAll();
  await byHand(places, set);
  return (await there) - begun;
};
const take = async (places, removeAll) => {
  const expected = removed + 2 * places.length;
  const there = until(() => removed >= expected);
  await removeAll();
  await byHand(places, unset);
  await there;
  await wait(200); // until all is at rest
};

const place = [0, '10.99.0.9'];
const address = { kind: 'address', family: 2, ifindex: links[0].ifindex, address: place[1], prefixLength: 16 };
/** One after the other, each when all is at rest. */
const single = async () => {
  const found = [];
  for (let n = 0; n < Number(times); n += 1) {
    found.push(await bring([place], () => add(address)));
    await take([place], () => remove(address));
  }
  return found;
};
const alone = await single();
const floods = [];
const flood = async () => {
  floods.push(await bring(many, () => batch(many.map(addressAdd))));
  await wait(1500);
};
const ebb = () => take(many, () => batch(links.map(({ name }) => `address flush dev ${name}`)));
for (let n = 0; n < 3; n += 1) {
  await flood();
  await ebb();
}
await flood();
const among = await single();
await ebb();
const [first, ...later] = floods;
console.log(JSON.stringify({ alone, among, first, later }));
process.exit();
