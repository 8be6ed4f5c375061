import { expect, test } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { bundled } from '../lab/packages/bundled.js';
import { type Lab, openLab } from '../lab/lab.js';
import { describeLive } from '../lab/live.js';
import { isLong } from '../lab/long.js';

/** Sequences side by side, each in a network namespace of its own: what they do most is wait for the kernel. */
const workers = 8;

const SEEDS = isLong ? 320 : 96;

/**
 * First seed and number of seeds: so many that are always the same, and as many that are new each time. Whoever looks for a
 * fault runs those of his choice: `POLICY_SEEDS=4711,1`.
 */
const ranges: readonly (readonly [number, number])[] =
  process.env.POLICY_SEEDS === undefined
    ? [
        [1, SEEDS],
        [randomInt(1000, 2 ** 31), SEEDS],
      ]
    : [[Number(process.env.POLICY_SEEDS.split(',')[0]), Number(process.env.POLICY_SEEDS.split(',')[1] ?? 1)]];

interface Said {
  readonly verdict: string;
  /** how many rules and routes were set and deleted */
  readonly changes: number;
}

const runSeeds = async (lab: Lab, program: string, worker: number, first: number, count: number): Promise<Said> => {
  const netns = `model${worker}-${first}`;
  await lab.sh(`ip netns add ${netns}`);
  const model = await lab.start(netns, [process.execPath, program, String(first), String(count)], { netns });
  await model.ended;
  const texts = model.lines.map(({ text }) => text);
  const changes = Number(/^(\d+) changes$/.exec(texts.at(-1) ?? '')?.[1] ?? 0);
  return { verdict: (changes === 0 ? texts : texts.slice(0, -1)).join('\n'), changes };
};

describeLive('policy rules', () => {
  test.each(ranges)(
    'after any sequence of addresses, routes, links and rules the kernel has what is desired (seeds from %i: %i)',
    async (first, count) => {
      process.stderr.write(`sequences of policy rules: seeds ${first} to ${first + count - 1}\n`);
      const lab = await openLab();
      try {
        const program = bundled('policy/model');
        const share = Math.ceil(count / workers);
        const starts = Array.from({ length: Math.ceil(count / share) }, (_, worker) => first + worker * share);
        const said = await Promise.all(
          starts.map((from, worker) => runSeeds(lab, program, worker, from, Math.min(share, first + count - from))),
        );
        expect(said.map(({ verdict }) => verdict).filter(verdict => verdict !== 'ok')).toEqual([]);
        expect(said.filter(({ changes }) => changes === 0)).toEqual([]);
      } finally {
        await lab.close();
      }
    },
    180_000,
  );
});
