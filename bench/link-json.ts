// make bench ARGS=link-json: what the JSON of a link takes: of an ordinary link, of one among many others, and of a very large one.
import { join } from 'node:path';
import { checkout } from '../test/live/lab/checkout.js';
import type { Lab } from '../test/live/lab/lab.js';
import { withNetwork } from '../test/live/lab/network.js';
import { quantile, type Row, table } from './table.js';

const rounds = 200;

/** p50 and p99 with networkd's account of the link, and without. */
const measure = async (lab: Lab, link: string): Promise<readonly number[]> => {
  const program = join(checkout, 'bench', 'link-json-inside.mjs');
  const figures: number[] = [];
  for (const how of ['described', 'kernel']) {
    const { times, faults } = JSON.parse(await lab.sh(`${process.execPath} ${program} ${link} ${rounds} ${how}`)) as {
      times: readonly number[];
      faults: readonly string[];
    };
    if (faults.length > 0) throw new Error(`${faults.length} faults, the first: ${faults[0]}`);
    const warm = times.slice(rounds / 10);
    figures.push(quantile(warm, 0.5), quantile(warm, 0.99));
  }
  return figures;
};

const batch = (lab: Lab, lines: readonly string[]): Promise<string> =>
  lab.write('/tmp/batch', `${lines.join('\n')}\n`).then(() => lab.sh('ip -batch /tmp/batch'));
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

await withNetwork(['static'], async ({ lab }) => {
  const rows: Row[] = [];
  const row = async (what: string, goal: string): Promise<void> => {
    rows.push({ what, values: await measure(lab, 'eth0'), goal });
  };
  await row('an ordinary link (ms)', 'p50 at most 2');
  await batch(
    lab,
    numbers(150).map(n => `link add a${n} type veth peer name b${n}`),
  );
  await batch(
    lab,
    numbers(300).map(n => `route add 10.50.${n >> 8}.${n & 255}/32 dev lo`),
  );
  await lab.until(
    'networkd to know all links',
    async () => (await lab.sh('networkctl list')).includes('302 links listed'),
    30,
  );
  await row('the same among 300 links (ms)', 'p50 at most 2');
  await batch(
    lab,
    numbers(150).map(n => `route add 10.60.0.${n}/32 via 10.0.0.1`),
  );
  await row('of 150 routes (ms)', '');
  await batch(
    lab,
    numbers(2000).map(n => `address add 10.200.${n >> 8}.${n & 255}/32 dev eth0`),
  );
  await batch(
    lab,
    numbers(10_000).map(n => `route add 10.100.${n >> 8}.${n & 255}/32 via 10.0.0.1`),
  );
  await row('2,000 addresses, 10,000 routes (ms)', 'at most 60');
  console.log(table(['p50', 'p99', 'p50, no networkd', 'p99, no networkd'], rows));
});
