// make soak [ARGS=MINUTES]: the churn of test/live/links/churn.test.ts for 20 minutes, and its figures; fails where that test does.
import { churn } from '../test/live/links/churn.js';
import { openLab } from '../test/live/lab/lab.js';

const minutes = Number(process.argv[2] ?? 20);
const lab = await openLab();
try {
  const figures = await churn(lab, minutes * 60, Date.now() % 1_000_000);
  const { done, lost, disorder, differences, faults, memory, descriptors, cpu, events, scripts, transitions } = figures;
  const wrong = [...lost, ...disorder, ...differences, ...faults];
  const rows: readonly (readonly [string, string])[] = [
    ['minutes', String(minutes)],
    ...Object.entries(done).map(([what, times]) => [what, String(times)] as const),
    ['events with scripts', String(events)],
    ['scripts', String(scripts)],
    ['transitions of the marked link', String(transitions)],
    ['lost, twice or out of order', String(lost.length + disorder.length)],
    ["states that are not networkd's", String(differences.length)],
    ['errors logged', String(faults.length)],
    ['private memory each minute, MiB', memory.map(each => each.toFixed(0)).join(' ')],
    ['descriptors', descriptors.join(' to ')],
    ['CPU, % of one', (cpu / (minutes * 600)).toFixed(1)],
    ['CPU a script, ms', (cpu / scripts).toFixed(1)],
  ];
  console.log([...rows.map(([what, value]) => `${what.padEnd(34)}${value}`), ...wrong.slice(0, 40)].join('\n'));
  process.exitCode = wrong.length > 0 ? 1 : 0;
} finally {
  await lab.close();
}
