import { configureStatic, plug, unplug } from '../test/live/lab/cables.js';
import type { Lab } from '../test/live/lab/lab.js';
import type { Signal } from '../test/live/lab/bus-clients/signals.js';
import { readMarks } from './mark.js';

/** Something done to eth0, and the state that networkd then reaches. */
interface Step {
  readonly act: (lab: Lab) => Promise<unknown>;
  readonly state: string;
}

/** Two steps, there and back. */
export interface Scenario {
  readonly name: string;
  readonly prepare: (lab: Lab) => Promise<unknown>;
  readonly steps: readonly [Step, Step];
  /** how often in each round */
  readonly times: number;
}

const address = '192.0.2.10/24 dev eth0';

/** One signal at a time, as often as one likes. */
export const addresses: Scenario = {
  name: 'an address comes and goes (one signal each)',
  prepare: () => Promise.resolve(),
  steps: [
    { act: lab => lab.sh(`ip address add ${address}`), state: 'routable' },
    { act: lab => lab.sh(`ip address delete ${address}`), state: 'carrier' },
  ],
  times: 10,
};

/** What people plug in and out: several signals in a row, and no more than one change a second. */
export const carrier: Scenario = {
  name: 'the carrier goes and comes (several signals in a row)',
  prepare: async lab => {
    await configureStatic(lab, 'eth0', '10.0.0.50/24');
    await lab.sh('networkctl reload');
  },
  steps: [
    { act: lab => unplug(lab, ['eth0']), state: 'no-carrier' },
    { act: lab => plug(lab, ['eth0']), state: 'routable' },
  ],
  times: 5,
};

/** Milliseconds in which this process does nothing at all, not even read what others write: with two CPUs it would be measured. */
const sleep = (milliseconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
};

const operational = (signals: readonly Signal[]): readonly Signal[] =>
  signals.filter(({ changed, ifindex }) => ifindex !== undefined && changed.OperationalState !== undefined);

/**
 * Makes real transitions, each when the scripts of the one before have long ended. Gives, for each signal of an operational
 * state, the milliseconds from the signal, as a monitor of the bus sees it, to the first instruction of its script.
 */
export const measure = async (
  lab: Lab,
  { steps, times }: Pick<Scenario, 'steps' | 'times'>,
  signals: () => readonly Signal[],
): Promise<readonly number[]> => {
  const first = { signals: operational(signals()).length, marks: (await readMarks(lab)).length };
  const since = (): readonly Signal[] => operational(signals()).slice(first.signals);
  const marks = async (): Promise<readonly number[]> => (await readMarks(lab)).slice(first.marks);
  for (let n = 0; n < 2 * times; n++) {
    const { act, state } = steps[n % 2 === 0 ? 0 : 1];
    const acted = act(lab);
    sleep(120);
    await acted;
    await lab.until(
      `eth0 to be ${state}`,
      () => since().length > n && since().at(-1)?.changed.OperationalState === state,
    );
    await lab.until('the script of each signal', async () => (await marks()).length >= since().length);
  }
  const began = await marks();
  return since().map(({ at }, n) => (began[n] ?? Number.NaN) - at / 1000);
};
