// make bench ARGS=leases: how long reading a lease file of 10,000 leases takes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseLeases } from '../src/sources/dhclient/lease-file.js';
import { checkout } from '../test/live/lab/checkout.js';

const file = readFileSync(join(checkout, 'test', 'fixtures', 'dhclient.leases-after-release'), 'utf8');
const [first = '', second = ''] = file.split(/(?<=^}\n)/m);
const leases = (link: (n: number) => string): string =>
  Array.from({ length: 10_000 }, (_, n) => (n % 2 === 0 ? first : second).replace(/"eth\d"/, `"${link(n)}"`)).join('');

for (const [what, text] of [
  ['of 4 links', leases(n => `eth${n % 4}`)],
  ['of 10,000 links', leases(n => `eth${n}`)],
] as const) {
  const took = Array.from({ length: 9 }, () => {
    const start = performance.now();
    parseLeases(text, Date.now());
    return performance.now() - start;
  });
  const cold = took[0] ?? 0;
  const median = took.toSorted((a, b) => a - b)[4] ?? 0;
  console.log(`10,000 leases ${what}: ${cold.toFixed(0)} ms the first time, median ${median.toFixed(0)} ms (goal: 50)`);
}
