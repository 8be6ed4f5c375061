import { expect, test } from '@jest/globals';
import { captured, decode } from './captured.js';

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 20_000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);

/** Numbers in [0, limit), the same for the same seed (mulberry32). */
function random(seed: number): (limit: number) => number {
  let state = seed;
  return limit => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

/** A real message with some bytes changed, cut out, put in, or cut off, or lengths made odd. */
function mutate(bytes: Uint8Array, next: (limit: number) => number): Uint8Array {
  const out = [...bytes];
  for (let n = 1 + next(6); n > 0; n--) {
    const at = next(Math.max(1, out.length));
    const kind = next(6);
    if (kind === 0) out[at] = next(256);
    else if (kind === 1) out[at] = [0, 1, 3, 4, 0x7f, 0x80, 0xff][next(7)]!;
    else if (kind === 2) out.splice(at, 1 + next(8));
    else if (kind === 3) out.splice(at, 0, ...Array.from({ length: 1 + next(8) }, () => next(256)));
    else if (kind === 4) out.length = at;
    else out.splice(at & ~3, 2, next(64), 0);
  }
  // Most mutants keep a true length in the header, so that they reach the decoders behind it.
  const mutant = Uint8Array.from(out);
  if (mutant.length >= 16 && next(4) > 0) new DataView(mutant.buffer).setUint32(0, mutant.length, true);
  return mutant;
}

test(`${INPUTS} mutated messages give messages or errors, never an exception, and no byte from beyond`, () => {
  const next = random(SEED);
  const reached = new Map<string, number>();
  for (let i = 0; i < INPUTS; i++) {
    const mutant = mutate(captured[next(captured.length)]!.bytes, next);
    let messages: ReturnType<typeof decode>;
    try {
      messages = decode(mutant);
      // The same bytes with others around them mean the same: nothing is read out of bounds.
      if (i % 16 === 0) {
        const around = new Uint8Array(mutant.length + 64).fill(0xa5);
        around.set(mutant, 32);
        expect(decode(around.subarray(32, 32 + mutant.length))).toEqual(messages);
      }
    } catch (error) {
      throw new Error(`input ${i} of seed ${SEED}: ${Buffer.from(mutant).toString('hex')}`, { cause: error });
    }
    for (const { kind } of messages) reached.set(kind, (reached.get(kind) ?? 0) + 1);
  }
  // A run that reached only one kind of outcome has tried nothing.
  for (const kind of ['new', 'delete', 'answer', 'malformed', 'unknown']) expect(reached.get(kind)).toBeGreaterThan(10);
}, 600_000);
