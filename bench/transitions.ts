import { setTimeout as wait } from 'node:timers/promises';
import type { Lab } from '../test/live/lab/lab.js';
import type { Signal } from '../test/live/lab/signals.js';
import { readMarks } from './mark.js';

const address = '192.0.2.10/24';

/** Makes eth0 routable by an address or, as it has no other, takes that away: networkd tells of it at once. */
const toggle = (lab: Lab, to: 'routable' | 'carrier'): Promise<string> =>
  lab.sh(`ip address ${to === 'routable' ? 'add' : 'delete'} ${address} dev eth0`);

const operational = (signals: readonly Signal[]): readonly Signal[] =>
  signals.filter(({ changed, ifindex }) => ifindex !== undefined && changed.OperationalState !== undefined);

/**
 * Makes real transitions, an even number, each when the scripts of the one before have long ended. Gives for each the
 * milliseconds from networkd's signal, as seen by a monitor of the bus, to the first instruction of its script.
 */
export const measure = async (
  lab: Lab,
  signals: () => readonly Signal[],
  transitions: number,
): Promise<readonly number[]> => {
  const taken: number[] = [];
  for (let n = 0; n < transitions; n++) {
    const before = { signals: operational(signals()).length, marks: (await readMarks(lab)).length };
    await toggle(lab, n % 2 === 0 ? 'routable' : 'carrier');
    const began = await lab.until('the script to run', async () => (await readMarks(lab))[before.marks]);
    const sent = await lab.until('the monitor to tell', () => operational(signals())[before.signals]);
    taken.push(began - sent.at / 1000);
    await wait(120); // until it is at rest: a quicker sequence would measure how it queues
  }
  return taken;
};
