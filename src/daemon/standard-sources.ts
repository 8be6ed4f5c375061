import { asyncScheduler } from 'rxjs';
import type { Bus } from '../system/bus/bus.js';
import { systemClock } from '../system/clock.js';
import type { Files } from '../system/files/files.js';
import { createWatch } from '../system/files/watch-files.js';
import { isHostNetwork } from '../system/host-network.js';
import { rtnetlink } from '../system/rtnetlink.js';
import { sourcesOn, type StandardSources } from './sources-on.js';

/** The sources, queries and clock of this host. */
export const standardSources = (bus: Bus, files: Files): StandardSources =>
  sourcesOn({
    bus,
    files,
    rtnetlink,
    clock: systemClock,
    leaseFiles: createWatch(),
    scheduler: asyncScheduler,
    isHostNetwork: isHostNetwork(),
  });
