/* make simulate: SEED=n DAYS=n */
import { drawPlan } from '../../src/simulation/draw.js';
import { simulatePlan } from '../../src/simulation/simulate.js';

const seed = Number(process.env.SEED ?? 1);
const days = Number(process.env.DAYS ?? 1);
for (let nth = 0; nth < days; nth += 1) {
  const began = performance.now();
  const counts = new Map<string, number>();
  const { violations, steps } = simulatePlan(drawPlan(seed + nth), {
    see: h => {
      const key = h.kind === 'outcome' ? `${h.kind} ${h.outcome.kind === 'fault' ? h.outcome.code : h.outcome.kind}` : h.kind === 'daemon' ? `daemon ${h.is}` : h.kind;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (process.env.VERBOSE) console.log(h.at, JSON.stringify(h, (k, v) => (k === 'world' ? undefined : typeof v === 'bigint' ? String(v) : v)).slice(0, 300));
    },
  });
  console.log(seed + nth, steps, Math.round(performance.now() - began), 'ms', violations, Object.fromEntries(counts));
}
