// make bench ARGS=routes: 100,000 routes come and go: with nobody interested, and with a script in routes.d.
import { join } from 'node:path';
import { checkout } from '../test/live/lab/checkout.js';
import { openLab } from '../test/live/lab/lab.js';

/** What `routes-inside.mjs` tells of one flood; times in milliseconds, sizes in MiB. */
interface Flood {
  readonly seconds: number;
  readonly cpu: number;
  /** of one that was looked at closely */
  readonly delay?: number;
  readonly blocked: number;
  readonly grown?: number;
  readonly kept: number;
  readonly view: { readonly routes: number; readonly lost: number };
  readonly actual: number;
}

const lab = await openLab();
try {
  await lab.sh('ip link add eth0 type veth peer name to; ip link set to up; ip link set eth0 addrgenmode none up');
  const program = join(checkout, 'bench', 'routes-inside.mjs');
  const measure = async (interest: string): Promise<readonly Flood[]> => {
    const said = await lab.sh(`${process.execPath} --expose-gc ${program} ${interest}`);
    const { added, removed } = JSON.parse(said) as { added: Flood; removed: Flood };
    return [added, removed];
  };
  const floods = [...(await measure('none')), ...(await measure('scripts'))];
  const columns: readonly string[] = ['added, no script', 'removed, no script', 'added, a script', 'removed, a script'];
  const rows: readonly (readonly [string, (flood: Flood) => number | undefined])[] = [
    ['the flood (s)', ({ seconds }) => seconds],
    ['our CPU for it (ms); without a script at most 50', ({ cpu }) => cpu],
    ['event loop late by at most (ms); at most 50', ({ delay }) => delay],
    ['of that at work ourselves (ms)', ({ blocked }) => blocked],
    ['memory grown by at most (MiB); at most 30', ({ grown }) => grown],
    ['memory kept afterwards (MiB)', ({ kept }) => kept],
    ['routes that scripts know of', ({ view }) => view.routes],
    ['routes that there are', ({ actual }) => actual],
    ['times messages were lost', ({ view }) => view.lost],
  ];
  const figure = (value: number | undefined) => (value === undefined ? '' : Math.round(value * 10) / 10);
  const figures = (of: (flood: Flood) => number | undefined) =>
    Object.fromEntries(floods.map((flood, nth) => [columns[nth] ?? '', figure(of(flood))]));
  console.table(Object.fromEntries(rows.map(([what, of]) => [what, figures(of)])));
} finally {
  await lab.close();
}
