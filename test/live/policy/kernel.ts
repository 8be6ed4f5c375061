import { bundled } from '../lab/packages/bundled.js';
import type { Lab } from '../lab/lab.js';

const lines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean);

/** Waits until actual = desired for the links chosen, as a fresh look by the planner has it: nothing lacks, nothing is left over. */
export const untilRight = async (lab: Lab, chosen: string, seconds = 15): Promise<void> => {
  const program = bundled('policy/remaining');
  let rest: readonly string[] = [];
  const look = async (): Promise<boolean> => {
    rest = lines(await lab.sh(`${process.execPath} ${program} '${chosen}'`));
    return rest.length === 0;
  };
  await lab.until('rules and routes to be as desired', look, seconds).catch((error: unknown) => {
    throw new Error(`still to be done:\n${rest.join('\n')}`, { cause: error });
  });
};

const isOurs = (line: string): boolean => line.includes('proto 217');
const rules = async (lab: Lab): Promise<readonly string[]> => lines(await lab.sh('ip -N -4 rule; ip -N -6 rule'));

/** All rules with our mark. */
export const ownRules = async (lab: Lab): Promise<readonly string[]> => (await rules(lab)).filter(isOurs);

/** Everybody else's rules, and the routes of their table 77. */
export const foreign = async (lab: Lab): Promise<readonly string[]> => [
  ...(await rules(lab)).filter(line => !isOurs(line)),
  ...lines(await lab.sh('ip -N route show table 77; ip -N -6 route show table 77')),
];
