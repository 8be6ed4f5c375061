import type { SimulatedDays, SimulateOptions } from '../simulation/simulate-days.js';

/**
 * Runs the daemon, with extensions of yours, on a simulated host for days of virtual time: kernel, systemd-networkd, D-Bus, dhclient, files, scripts and
 * whatever goes wrong with them are decided by a seed. Ends with the first thing that did not hold, in the fewest events that show it. What an extension
 * waits for by RxJS (`timer`, `debounceTime`) passes in virtual time; Promises and `setTimeout` do not. One day takes one or two seconds.
 *
 * @experimental
 * @example
 * const { failure } = await simulate({ days: 7, extensions: () => [defineExtension({ name: 'mine', stages: [mine] })] });
 * assert.equal(failure?.text, undefined);
 */
export const simulate = async (options: SimulateOptions = {}): Promise<SimulatedDays> => {
  const { simulateDays } = await import('../simulation/simulate-days.js');
  return simulateDays(options);
};
