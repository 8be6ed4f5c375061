import { asyncScheduler, type OperatorFunction, type SchedulerLike } from 'rxjs';
import type { Input } from '../model/input.js';
import type { World } from '../model/world.js';
import { leaseClock } from './clock/lease-clock.js';
import { networkdLeases } from './networkd/lease-queries.js';
import { networkdUnheard } from './networkd/unheard-queries.js';
import type { Bus } from '../system/bus/bus.js';
import type { Clock } from '../system/clock.js';
import type { Files } from '../system/files/files.js';
import { askNetworkdLeases } from './networkd/ask-leases.js';
import { readNetworkdStates } from './networkd/read-states.js';
import { sleepInputs, sleeps, wakeUps } from './logind/sleep.js';

/** Queries that follow from the World while a broker runs: the clock while leases are bound, networkd's leases, and its state files, for signals that were lost. */
export const standardQueries = (
  bus: Bus,
  files: Files,
  clock: Clock,
  scheduler: SchedulerLike = asyncScheduler,
): readonly OperatorFunction<World, Input>[] => [
  leaseClock(clock, wakeUps(bus, scheduler)),
  networkdLeases(askNetworkdLeases(bus, files, clock), scheduler),
  networkdUnheard(readNetworkdStates(files, scheduler), scheduler),
  sleepInputs(sleeps(bus, scheduler)),
];
