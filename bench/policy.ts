// How soon rules and routes follow addresses, beside ip(8), which somebody else tells of them. After `make build`:
// make test/.cache/policy.mjs && node test/.cache/policy.mjs [ROUNDS]
import { join } from 'node:path';
import { configureBroker, launchBroker } from '../test/live/lab/daemons/broker.js';
import { checkout } from '../test/live/lab/checkout.js';
import { openLab } from '../test/live/lab/lab.js';
import { quantile, table } from './table.js';

const rounds = Number(process.argv[2] ?? 5);
const times = 20;

/** What `policy-inside.mjs` tells, in milliseconds. */
interface Round {
  /** from one address to its rules, with no others and among 500 */
  readonly alone: readonly number[];
  readonly among: readonly number[];
  /** from the first of 500 addresses to the rules of all */
  readonly first: number;
  /** the same again */
  readonly later: readonly number[];
}

const lab = await openLab();
try {
  const lay = (n: number): string =>
    `ip link add eth${n} type veth peer name to${n}; ip link set to${n} up; ip link set eth${n} addrgenmode none up`;
  await lab.sh([0, 1, 2, 3, 4].map(lay).join('\n'));
  await configureBroker(lab, '[System]\nGenerator = "rtnetlink"\n[Network]\nRoutingPolicyRules = "eth*"\n');
  const measure = async (who: string): Promise<Round> =>
    JSON.parse(
      await lab.sh(`${process.execPath} ${join(checkout, 'bench', 'policy-inside.mjs')} ${who} ${times}`),
    ) as Round;
  const daemon: Round[] = [];
  const ip: Round[] = [];
  for (let n = 1; n <= rounds; n++) {
    console.error(`round ${n} of ${rounds}`);
    const broker = await launchBroker(lab, {}, []);
    await lab.until('the daemon to be ready', () => broker.lines.some(({ text }) => text.includes('ready after')));
    daemon.push(await measure('daemon'));
    await broker.stop();
    ip.push(await measure('ip'));
  }
  const of = (share: number, values: (round: Round) => readonly number[]): readonly number[] =>
    [daemon, ip].map(all => quantile(all.flatMap(values), share));
  const rows = [
    { what: 'one address, p50 (ms)', values: of(0.5, ({ alone }) => alone), goal: 'at most 5' },
    { what: 'one address, p90 (ms)', values: of(0.9, ({ alone }) => alone), goal: '' },
    { what: 'one more among 500, p50 (ms)', values: of(0.5, ({ among }) => among), goal: '' },
    { what: '500 on 5 links, p50 (ms)', values: of(0.5, ({ later }) => later), goal: 'at most 1000, ratio at most 2' },
    { what: 'the first time (ms)', values: of(0.5, ({ first }) => [first]), goal: 'at most 1000' },
  ];
  console.log(`\n${table(['network-broker', 'ip -batch'], rows)}`);
} finally {
  await lab.close();
}
