import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { drawPlan } from '../../../src/simulation/draw.js';
import type { Happening } from '../../../src/simulation/happening.js';
import type { Plan } from '../../../src/simulation/day-plan.js';
import { shrink } from '../../../src/simulation/shrink.js';
import { simulatePlan } from '../../../src/simulation/simulate-plan.js';

const HOUR_MS = 3_600_000;
const CASES = new URL('../../simulation/cases/', import.meta.url);

const happenings = (seed: number): readonly string[] => {
  const all: string[] = [];
  const note = (happening: Happening): void => {
    if (happening.kind === 'run') all.push(`${happening.at} ${happening.path} ${JSON.stringify(happening.env)}`);
    else if (happening.kind !== 'outcome') all.push(`${happening.at} ${happening.kind}`);
  };
  simulatePlan(drawPlan(seed, 2 * HOUR_MS), { see: note });
  return all;
};

describe('a simulation', () => {
  test('of the same seed is the same, to every script and variable', () => {
    expect(happenings(4)).toEqual(happenings(4));
    expect(happenings(4)).not.toEqual(happenings(5));
  });

  test('asks nothing of the real world: no timer, no clock, no chance', () => {
    const { setTimeout, setInterval, setImmediate, Date, Math, queueMicrotask } = globalThis;
    const real = { setTimeout, setInterval, setImmediate, queueMicrotask, now: Date.now, random: Math.random };
    const forbidden = (name: string) => (): never => {
      throw new Error(`${name} is the real world's`);
    };
    const forbid = {
      setTimeout: forbidden('setTimeout'),
      setInterval: forbidden('setInterval'),
      setImmediate: forbidden('setImmediate'),
      queueMicrotask: forbidden('queueMicrotask'),
    };
    try {
      Object.assign(globalThis, forbid);
      Date.now = forbidden('Date.now');
      Math.random = forbidden('Math.random');
      expect(simulatePlan(drawPlan(3, 2 * HOUR_MS)).violations).toEqual([]);
    } finally {
      const { now, random, ...timers } = real;
      Object.assign(globalThis, timers);
      Date.now = now;
      Math.random = random;
    }
  });

  test('that shows something is shrunk to what it takes', () => {
    const plan = drawPlan(3, 4 * HOUR_MS);
    const unplugged = (one: Plan): boolean => {
      let seen = false;
      const see = (happening: Happening): void => {
        seen ||= happening.kind === 'run' && happening.path.includes('no-carrier.d') && happening.env.LINK === 'eth0';
      };
      simulatePlan(one, { oracles: [], see });
      return seen;
    };
    expect(unplugged(plan)).toBe(true);
    const { actions, scripts } = shrink(plan, plan.length, unplugged);
    expect(actions.length).toBeLessThanOrEqual(3);
    expect(scripts).toEqual(['no-carrier.d/10-note']);
  });
});

const cases = readdirSync(CASES).filter(name => name.endsWith('.json'));
if (cases.length > 0)
  describe('what a simulation once found', () => {
    test.each(cases)('%s does not come back', name => {
      const plan = JSON.parse(readFileSync(new URL(name, CASES), 'utf8')) as Plan;
      expect(simulatePlan(plan).violations).toEqual([]);
    });
  });
